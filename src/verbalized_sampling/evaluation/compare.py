"""Comparing methods on the user's own prompts: a job of the engine, whose outcomes become draws."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..bulk import Journal, Limits, Outcome, Progress, Task, price, run, wait_for
from ..distribution import Distribution
from ..elicitation import Elicitation
from ..errors import DistributionParseError, RefusalError, SettingsError
from ..models import Caller, ModelLike, Options, resolve
from ..usage import Usage
from .comparison import Comparison, compared
from .contestants import Contestant, contestants
from .draws import Draw
from .embedders import EmbedderLike, embedder_of
from .judges import Judge, scored
from .naming import model_name

__all__ = ["Plans", "acompare", "compare", "plans"]

METHODS = ("direct", "sequence", "standard")


def compare(
    prompts: Sequence[str] | str,
    model: ModelLike | Sequence[ModelLike] | None = None,
    *,
    methods: Sequence[str] | Mapping[str, Elicitation[Any]] = METHODS,
    n: int = 30,
    k: int = 5,
    tau: float | Sequence[float | None] | None = None,
    take: str = "all",
    temperature: float | None = None,
    max_tokens: int | None = None,
    embedder: EmbedderLike | None = None,
    judge: Judge | None = None,
    references: Mapping[str, Mapping[str, float] | Collection[str]] | None = None,
    seed: int | None = 0,
    concurrency: int = 16,
    journal: str | Path | None = None,
    max_calls: int | None = None,
    max_cost: float | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Comparison:
    """Asks the same prompts by several methods and measures what differs.

    All methods have the same settings, and as many answers count: for each prompt, what the method with the fewest
    gave. The first method is the baseline.

    Args:
        prompts: What to ask. Intervals from five prompts on are about prompts like these, below about just these.
        model: As in :func:`verbalize`; several as a list.
        methods: Variants (``direct``, ``sequence``, ``standard``, ``cot``, ``multi``, ``multi_turn``, ``direct_cot``),
            or elicitations of your own by name. The first is the baseline.
        n: Answers a prompt and method.
        k: Answers a call, for methods that ask for several.
        tau: Tail threshold; a list is a sweep, each value a column.
        take: Of each reply with several candidates: ``all``, or ``sample``: one drawn by weight, which takes n calls.
        temperature: The model's sampling temperature.
        max_tokens: Limit of a reply, in tokens.
        embedder: See :func:`embedder_of`.
        judge: A function from (prompt, text) to a score from 0 to 1, sync or async; see :func:`rubric_judge`.
        references: Of a prompt, the right answers, or their probabilities: brings KL, coverage, precision, calibration.
        seed: Of the first run's request; later runs count on from it. None leaves the model unseeded.
        concurrency: Calls at once.
        journal: A file that keeps every reply: run again, the comparison asks only what is missing.
        max_calls: Stops after so many replies; what is there is compared.
        max_cost: Stops at so many US dollars.
        on_progress: Called after each run.

    Returns:
        Estimates with intervals, all draws, tables, plots and the report.

    Raises:
        SettingsError: A setting is unusable, or a library is missing.
        ModelError: There is no such model, or an error that can't mend.
        JobError: The journal is in use or can't be written.
    """
    return wait_for(
        acompare(
            prompts, model, methods=methods, n=n, k=k, tau=tau, take=take, temperature=temperature,
            max_tokens=max_tokens, embedder=embedder, judge=judge, references=references, seed=seed,
            concurrency=concurrency, journal=journal, max_calls=max_calls, max_cost=max_cost, on_progress=on_progress,
        )
    )  # fmt: skip


async def acompare(
    prompts: Sequence[str] | str,
    model: ModelLike | Sequence[ModelLike] | None = None,
    *,
    methods: Sequence[str] | Mapping[str, Elicitation[Any]] = METHODS,
    n: int = 30,
    k: int = 5,
    tau: float | Sequence[float | None] | None = None,
    take: str = "all",
    temperature: float | None = None,
    max_tokens: int | None = None,
    embedder: EmbedderLike | None = None,
    judge: Judge | None = None,
    references: Mapping[str, Mapping[str, float] | Collection[str]] | None = None,
    seed: int | None = 0,
    concurrency: int = 16,
    journal: str | Path | None = None,
    max_calls: int | None = None,
    max_cost: float | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> Comparison:
    """:func:`compare` without blocking the event loop."""
    embed = embedder_of(embedder)  # before anything is asked: what is missing is said now
    options = Options(temperature=temperature, max_tokens=max_tokens)
    job = plans(prompts, model, methods=methods, n=n, k=k, tau=tau, take=take, options=options, seed=seed)
    unknown = set(references or ()) - set(job.prompts)
    if unknown:
        raise SettingsError(f"references are for prompts that are not asked: {min(unknown)!r}")
    limits = Limits(concurrency=concurrency, max_calls=max_calls, max_cost=max_cost)
    draws: list[Draw] = []
    last: list[Progress] = []

    def progressed(progress: Progress) -> None:
        last[:] = [progress]
        if on_progress:
            on_progress(progress)

    with Journal(journal) as kept:
        async for outcome in run(job.tasks(), journal=kept, limits=limits, total=job.total, on_progress=progressed):
            draws += draws_of(outcome, take=take, seed=seed)
        if judge is not None:
            draws = await scored(draws, judge, kept, limits)
    order = {(prompt, c.method, c.model, c.tau): i for i, (prompt, c) in enumerate(job.cells())}
    draws.sort(key=lambda d: (order[d.prompt, d.method, d.model, d.tau], d.call))  # calls end in any order
    return compared(
        draws, job.contestants, prompts=job.prompts, embedder=embed, references=references, take=take,
        progress=last[0] if last else None, seed=seed or 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """All runs of a comparison, before any is made.

    Attributes:
        prompts: What is asked.
        contestants: By what.
        models: The models by name.
        n: Answers a prompt and contestant.
        options: How the models are to generate.
        seed: Of the first run.
        take: See :func:`compare`.
    """

    prompts: tuple[str, ...]
    contestants: tuple[Contestant, ...]
    models: Mapping[str, ModelLike | None]
    n: int
    options: Options
    seed: int | None
    take: str

    def cells(self) -> Iterator[tuple[str, Contestant]]:
        return ((prompt, contestant) for prompt in self.prompts for contestant in self.contestants)

    def runs(self, contestant: Contestant) -> int:
        return self.n if self.take == "sample" else contestant.runs(self.n)

    @property
    def total(self) -> int:
        """How many runs."""
        return len(self.prompts) * sum(self.runs(c) for c in self.contestants)

    @property
    def calls(self) -> int:
        """How many calls, if none has to be made again."""
        each = (self.runs(c) * len(c.elicitation.turns()) for c in self.contestants)
        return len(self.prompts) * sum(each)

    def usage(self) -> dict[str, Usage]:
        """About how many tokens each model will read and write: four characters each, answers of 30 words."""
        spent: dict[str, Usage] = {}
        for prompt, contestant in self.cells():
            request = next(contestant.elicitation.plan(prompt))
            read = sum(len(str(m["content"])) for m in request.messages) // 4
            turns, runs = contestant.elicitation.turns(), self.runs(contestant)
            usage = Usage(len(turns) * runs, read * len(turns) * runs, 60 * sum(turns) * runs)
            spent[contestant.model] = spent.get(contestant.model, Usage()) + usage
        return spent

    def cost(self) -> float | None:
        """About what that costs in US dollars; None if a price is not known."""
        costs = [price(model, usage) for model, usage in self.usage().items()]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    def tasks(self) -> Iterator[Task[Distribution[Any]]]:
        """One task a run; seeds count on from run to run."""
        callers: dict[tuple[str, Options], Caller] = {}  # looking for a model may take a request of its own
        for prompt, contestant in self.cells():
            elicitation = contestant.elicitation
            for call in range(self.runs(contestant)):
                options = replace(self.options, seed=None if self.seed is None else self.seed + call, retries=0)
                if (contestant.model, options) not in callers:
                    callers[contestant.model, options] = resolve(self.models[contestant.model], options)
                yield Task(
                    row=f"{contestant.method} {call}",
                    plan=lambda elicitation=elicitation, prompt=prompt: elicitation.plan(prompt),  # type: ignore[misc]
                    model=contestant.model,
                    caller=callers[contestant.model, options],
                    options=options,
                    context=(prompt, contestant, call),
                )


def plans(
    prompts: Sequence[str] | str,
    model: ModelLike | Sequence[ModelLike] | None,
    *,
    methods: Sequence[str] | Mapping[str, Elicitation[Any]] = METHODS,
    n: int = 30,
    k: int = 5,
    tau: float | Sequence[float | None] | None = None,
    take: str = "all",
    options: Options | None = None,
    seed: int | None = 0,
) -> Plans:
    """The runs that a comparison takes.

    Raises:
        SettingsError: A setting is unusable.
    """
    asked = (prompts,) if isinstance(prompts, str) else tuple(prompts)
    if not asked or any(not isinstance(p, str) or not p.strip() for p in asked):
        raise SettingsError("give at least one prompt, and no empty one")
    if len(set(asked)) < len(asked):
        raise SettingsError("a prompt is given twice: its answers would be the same")
    for name, value, least in (("n", n, 2), ("k", k, 1)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise SettingsError(f"{name} must be a whole number of at least {least}, not {value!r}")
    if take not in ("all", "sample"):
        raise SettingsError(f"take must be 'all' or 'sample', not {take!r}")
    several = list(model) if isinstance(model, list | tuple) else [model]
    models = {model_name(m): m for m in several}
    if len(models) < len(several):
        raise SettingsError(f"two models have one name: {', '.join(map(model_name, several))}")
    return Plans(
        prompts=asked,
        contestants=tuple(contestants(methods, list(models), k, tau)),
        models=models,
        n=n,
        options=options or Options(),
        seed=seed,
        take=take,
    )


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
