"""What a job would take, before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingsError, VerbalizedSamplingError
from ..values.usage import Usage
from .files.rows import Rows
from .job import Job
from .price import price

__all__ = ["Estimate", "estimate_of", "refuse_a_budget_below_one_call"]

_CHARACTERS = 4  # a token, about
_ANSWER = 60  # tokens of an answer, about: 30 words and what stands around them


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """About what a job takes: four characters a token, answers of 30 words unless ``words`` says otherwise.

    Attributes:
        prompts: Prompts that can be asked.
        bad: Rows that can't.
        usage: The calls, if none has to be made again, and their tokens.
        max_calls: The most calls.
        cost: US dollars; None if the model's price is not known.
    """

    prompts: int
    bad: int
    usage: Usage
    max_calls: int
    cost: float | None

    def __str__(self) -> str:
        tokens = self.usage.input_tokens + self.usage.output_tokens
        cost = "price unknown" if self.cost is None else f"about ${self.cost:.2g}"
        bad = f" ({self.bad:,} rows can't be asked)" if self.bad else ""
        most = f" to {self.max_calls:,}" if self.max_calls > self.usage.calls else ""
        return f"{self.prompts:,} prompts{bad}, {self.usage.calls:,}{most} calls, about {tokens:,} tokens, {cost}"


def estimate_of(job: Job, rows: Rows) -> Estimate:
    """Goes through all rows, and asks nothing."""
    prompts = bad = characters = 0
    for row in rows:
        try:
            characters += len(str(job.prompting.of(row)))
            prompts += 1
        except VerbalizedSamplingError:
            bad += 1
    least, most = job.requests
    usage = _of_one(job, characters / max(1, prompts))
    whole = Usage(prompts * least, prompts * usage.input_tokens, prompts * usage.output_tokens)
    return Estimate(prompts=prompts, bad=bad, usage=whole, max_calls=prompts * most, cost=price(job.name, whole))


def refuse_a_budget_below_one_call(job: Job) -> None:
    """Whether the ceilings leave room for anything.

    Raises:
        SettingsError: They don't.
    """
    limits = job.limits
    one = _of_one(job, 1.0, turns=1)
    tokens, cost = one.input_tokens + one.output_tokens, price(job.name, one)
    if limits.max_tokens is not None and limits.max_tokens < tokens:
        raise SettingsError(f"max_tokens={limits.max_tokens} is less than a single call takes: about {tokens}")
    if limits.max_cost is not None and cost is None:
        raise SettingsError(f"the price of {job.name} is not known: set max_tokens= instead of max_cost=")
    if limits.max_cost is not None and cost is not None and limits.max_cost < cost:
        raise SettingsError(f"max_cost={limits.max_cost:g} is less than a single call costs: about ${cost:.2g}")


def _of_one(job: Job, length: float, turns: int | None = None) -> Usage:
    """About what one prompt of so many characters takes."""
    elicitation = job.elicitation
    messages = job.first_request("?").messages
    prompt = (sum(len(str(message["content"])) for message in messages) - 1 + length) / _CHARACTERS
    answer = 2 * elicitation.words if elicitation.words else _ANSWER
    asked = elicitation.turns() if elicitation.asks_for_lists else [1] * elicitation.requests
    asked = asked[:turns]
    read = written = 0.0
    for k in asked:
        read += prompt + (0 if elicitation.asks_independently else written)  # a later turn reads the earlier ones
        written += k * answer
    rounds = 1 if job.unseen is None or turns else min(2, job.max_rounds)
    return Usage(len(asked) * rounds, round(read * rounds), round(written * rounds))
