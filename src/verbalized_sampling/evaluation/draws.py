"""One answer that a method gave, with all that is known of it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..bulk import Outcome, price
from ..errors import DistributionParseError, RefusalError
from ..values.distribution import Distribution
from ..values.usage import Usage

__all__ = ["Draw", "draws_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One answer to one prompt, or the one call that gave none.

    Attributes:
        prompt: What was asked.
        method: ``standard``, ``direct`` …, or a name of the caller's own.
        model: The model's name.
        tau: The tail threshold that was asked for, or None.
        call: The run it came from, from 0 for each prompt and method; answers of one run depend on each other.
        text: The answer; of a refusal or an unreadable reply, what came instead.
        verbalized: The probability that the model stated, or None.
        weight: Its weight in its run, in [0, 1].
        tokens: Tokens of its run's replies, shared equally among its answers; None if the endpoint counts none.
        seconds: Time that its run's calls took, shared likewise.
        cost: US dollars of its run, shared likewise; None if the model's price is not known.
        refused: Whether the model declined.
        error: Why there is no answer, if it was not a refusal; else None.
        repairs: What was not as asked for.
        score: What the judge gave it, from 0 to 1; None without a judge.
    """

    prompt: str
    method: str
    model: str = ""
    tau: float | None = None
    call: int = 0
    text: str
    verbalized: float | None = None
    weight: float = 1.0
    tokens: float | None = None
    seconds: float | None = None
    cost: float | None = None
    refused: bool = False
    error: str | None = None
    repairs: tuple[str, ...] = ()
    score: float | None = None

    @property
    def is_answer(self) -> bool:
        """Whether the text is an answer."""
        return not self.refused and self.error is None


def draws_of(outcome: Outcome[Distribution[Any]], *, take: str, seed: int | None) -> list[Draw]:
    """What a run gave, as draws; a run that gave nothing is one draw that says why."""
    prompt, contestant, call = outcome.task.context
    about: dict[str, Any] = {
        "prompt": prompt, "method": contestant.method, "model": contestant.model, "tau": contestant.tau, "call": call,
    }  # fmt: skip
    usages = [answer.reply.usage for answer in outcome.answers if answer.reply.usage]
    seconds = sum(answer.seconds for answer in outcome.answers)
    usage = sum(usages, Usage()) if usages else None
    cost = price(contestant.model, usage) if usage else None
    if outcome.result is None:
        error = outcome.error
        text = error.text if isinstance(error, RefusalError | DistributionParseError) else ""
        refused = isinstance(error, RefusalError)
        return [
            Draw(
                **about, text=text, weight=0.0, tokens=usage.output_tokens if usage else None, seconds=seconds,
                cost=cost, refused=refused, error=None if refused else str(error),
            )
        ]  # fmt: skip
    found: Iterable[Any] = sorted(outcome.result, key=lambda c: c.index)
    if take == "sample":
        found = [outcome.result.sample(seed=random.Random(f"{seed} {prompt} {call}").getrandbits(32))]
    answers = [c for c in found for _ in range(getattr(c, "count", 1))]
    share = 1 / len(answers)
    return [
        Draw(
            **about,
            text=c.text,
            verbalized=c.verbalized,
            weight=1.0 if take == "sample" else c.probability / getattr(c, "count", 1),
            tokens=usage.output_tokens * share if usage else None,
            seconds=seconds * share,
            cost=None if cost is None else cost * share,
            repairs=tuple(str(r) for r in c.repairs),
        )
        for c in answers
    ]
