"""Judges: how good an answer is, from 0 to 1."""

from __future__ import annotations

import asyncio
import inspect
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..bulk import Journal, Limits, Task, run
from ..errors import SettingsError
from ..models import ModelLike, Options, model_name, resolve
from ..plans.drive import Plan, drive
from ..plans.elicitation import Elicitation
from ..prompts import PromptSet
from ..values.distribution import Distribution
from .draws import Draw

__all__ = ["Judge", "RubricJudge", "rubric_judge", "scored"]

Judge = Callable[[str, str], float] | Callable[[str, str], Awaitable[float]]
"""From (prompt, text) to a score from 0 to 1."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricJudge:
    """A model that judges by a rubric; made by :func:`rubric_judge`, and called as ``judge(prompt, text)``."""

    model: ModelLike | None
    rubric: str
    scale: int
    k: int
    options: Options

    def __call__(self, prompt: str, text: str) -> float:
        """The mean of the elicited distribution over scores, from 0 (the worst) to 1.

        Raises:
            ModelError: The model failed.
            RefusalError: It declined to judge.
            DistributionParseError: It gave no score.
        """
        return self.mean(drive(self.plan(prompt, text), resolve(self.model, self.options).call))

    def plan(self, prompt: str, text: str) -> Plan[Distribution[Any]]:
        """The call that it takes."""
        wording = PromptSet.of(None, "rubric")
        query = wording.render("rubric", prompt=prompt, answer=text, rubric=self.rubric, scale=self.scale)
        return Elicitation(k=self.k).plan(query)

    def mean(self, scores: Distribution[Any]) -> float:
        """The mean score of a distribution, on a scale from 0 to 1; NaN if it holds no score."""
        found = [(m, c.probability) for c in scores if (m := _NUMBER.search(c.text))]
        weighed = [(min(max(float(m[0]), 1.0), float(self.scale)), p) for m, p in found]
        total = math.fsum(p for _, p in weighed)
        if not total:
            return math.nan
        return (math.fsum(s * p for s, p in weighed) / total - 1.0) / (self.scale - 1.0)


def rubric_judge(
    model: ModelLike | None = None,
    *,
    rubric: str,
    scale: int = 10,
    k: int = 5,
    temperature: float | None = None,
    seed: int | None = 0,
    timeout: float | None = None,
    api_key: str | None = None,
) -> RubricJudge:
    """A judge that asks a model for a *distribution over scores* and takes its mean.

    One score is the mode of what a model thinks; a distribution keeps its doubt, so that scores have fewer ties.

    Args:
        model: As in :func:`verbalize`. Better not the one that is judged: models favour their own words.
        rubric: What is good, in plain words.
        scale: The best score; the worst is 1.
        k: Scores to elicit.
        temperature: The judge's sampling temperature.
        seed: The judge's seed.
        timeout: Limit of a request, in seconds; None: 600.
        api_key: The key of the judge's address; None takes the one that its address has in the environment.

    Raises:
        SettingsError: The rubric is empty, or the scale has fewer than two scores.
    """
    if not rubric.strip() or scale < 2:
        raise SettingsError("a judge needs a rubric, and a scale of at least 2")
    options = Options(temperature=temperature, seed=seed, timeout=timeout, api_key=api_key)
    return RubricJudge(model=model, rubric=rubric, scale=scale, k=k, options=options)


async def scored(draws: Sequence[Draw], judge: Judge, journal: Journal, limits: Limits) -> list[Draw]:
    """Draws with their scores; each text is judged once. A rubric judge's calls are journalled like any others."""
    pairs = list(dict.fromkeys((d.prompt, d.text) for d in draws if d.is_answer))
    scores = await (
        _elicited(pairs, judge, journal, limits) if isinstance(judge, RubricJudge) else _asked(pairs, judge, limits)
    )
    return [replace(d, score=scores.get((d.prompt, d.text))) if d.is_answer else d for d in draws]


async def _elicited(
    pairs: Sequence[tuple[str, str]], judge: RubricJudge, journal: Journal, limits: Limits
) -> dict[tuple[str, str], float]:
    caller, name = resolve(judge.model, judge.options), model_name(judge.model)
    tasks = (
        Task(
            row="judge", plan=partial(judge.plan, *pair), model=name, caller=caller, options=judge.options,
            context=pair,
        )
        for pair in pairs
    )  # fmt: skip
    scores: dict[tuple[str, str], float] = {}
    async for outcome in run(tasks, journal=journal, limits=replace(limits, max_calls=None)):
        if outcome.result is not None and not math.isnan(score := judge.mean(outcome.result)):
            scores[outcome.task.context] = score
    return scores


async def _asked(pairs: Sequence[tuple[str, str]], judge: Judge, limits: Limits) -> dict[tuple[str, str], float]:
    is_async = inspect.iscoroutinefunction(judge) or inspect.iscoroutinefunction(type(judge).__call__)
    at_once = asyncio.Semaphore(limits.concurrency)

    async def one(prompt: str, text: str) -> float:
        async with at_once:
            score: Any = await judge(prompt, text) if is_async else await asyncio.to_thread(judge, prompt, text)  # type: ignore[misc]
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise SettingsError(f"a judge has to give a score from 0 to 1, not {score!r}")
        return float(score)

    return dict(zip(pairs, await asyncio.gather(*(one(*pair) for pair in pairs)), strict=True))
