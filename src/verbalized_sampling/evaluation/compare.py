"""Comparing methods on the user's own prompts: a job of the engine, whose outcomes become draws."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bulk import Journal, Limits, Progress, run, wait_for
from ..errors import SettingsError
from ..models import ModelLike, Options
from ..plans.elicitation import Elicitation
from .comparison import Comparison
from .draws import Draw, draws_of
from .judges import Judge, scored
from .measuring import compared
from .metrics.embedders import EmbedderLike, embedder_of
from .plans import METHODS, plans

__all__ = ["acompare", "compare"]


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
    timeout: float | None = None,
    api_key: str | None = None,
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
        timeout: Limit of a request, in seconds; None: 600.
        api_key: The key of the model's address; None takes the one that its address has in the environment.
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
            max_tokens=max_tokens, timeout=timeout, api_key=api_key, embedder=embedder, judge=judge,
            references=references, seed=seed, concurrency=concurrency, journal=journal, max_calls=max_calls,
            max_cost=max_cost, on_progress=on_progress,
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
    timeout: float | None = None,  # noqa: ASYNC109 - of each request
    api_key: str | None = None,
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
    options = Options(temperature=temperature, max_tokens=max_tokens, timeout=timeout, api_key=api_key)
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
        progress=last[0] if last else None,
    )  # fmt: skip
