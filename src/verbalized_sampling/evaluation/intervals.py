"""Estimates with intervals: what can be told from so many prompts and calls, and what can't.

With five prompts or more they are about all prompts like these, and whole prompts are what varies; differences are
taken prompt by prompt. With fewer they are about just these, and chance comes from the calls: the jackknife over them.
It leaves out and never copies: a bootstrap over texts makes pairs of a text with its own copy, at distance 0, and its
interval then misses the estimate itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .chance import Bounds, Chance, of_prompts, together
from .estimate import Difference, Estimate

__all__ = ["ENOUGH_PROMPTS", "PromptValues", "estimates"]

ENOUGH_PROMPTS = 5


@dataclass(frozen=True, slots=True)
class PromptValues:
    """A metric of one method, prompt by prompt.

    Attributes:
        values: One a prompt; NaN where it is undefined.
        chance: What chance of the calls does to the value at a position. Costly, and asked only where prompts are few.
    """

    values: Sequence[float]
    chance: Callable[[int], Chance]


def estimates(
    methods: dict[str, PromptValues],
    baseline_of: dict[str, str],
    n: Sequence[float],
    *,
    bounds: Bounds,
    embedder: str | None = None,
) -> dict[str, Estimate]:
    """The estimate of each method, and its difference to its baseline.

    Args:
        methods: Values by method, all over the same prompts.
        baseline_of: The baseline of each method.
        n: Answers behind each prompt's values.
        bounds: The metric's range; intervals are cut to it.
        embedder: See :class:`Estimate`.
    """
    found: dict[str, Estimate] = {}
    for name, own in methods.items():
        defined = _defined(own)
        if not defined:
            continue
        values = [own.values[i] for i in defined]
        chance = of_prompts(values, bounds) if len(values) >= ENOUGH_PROMPTS else _of_these(own, defined)
        low, high = chance.interval(_mean(values), bounds)
        baseline = baseline_of[name]
        found[name] = Estimate(
            value=_mean(values),
            low=low,
            high=high,
            n=_mean([n[i] for i in defined]),
            prompts=len(defined),
            difference=_difference(own, methods[baseline], bounds) if name != baseline else None,
            embedder=embedder,
            spread_seen=not chance.unseen,
        )
    return found


def _difference(own: PromptValues, other: PromptValues, bounds: Bounds) -> Difference | None:
    defined = [i for i in _defined(own) if i in _defined(other)]
    if not defined:
        return None
    values = [own.values[i] - other.values[i] for i in defined]
    span = bounds[1] - bounds[0]
    if len(defined) < ENOUGH_PROMPTS:
        chance = together([_of_these(own, defined), -_of_these(other, defined)])
    else:
        chance = of_prompts(values, (-span, span))
        if not chance.unseen:  # where one side is alike for all prompts, the differences show the other's spread only
            alone = [of_prompts([side.values[i] for i in defined], bounds) for side in (own, other)]
            chance = together([chance, *(side for side in (alone[0], -alone[1]) if side.unseen)])
    low, high = chance.interval(_mean(values), (-span, span))
    return Difference(_mean(values), low, high, not chance.unseen)


def _of_these(method: PromptValues, positions: Sequence[int]) -> Chance:
    """Of the mean over just these prompts."""
    return together([method.chance(i) for i in positions]).over(len(positions))


def _defined(method: PromptValues) -> list[int]:
    return [i for i, value in enumerate(method.values) if math.isfinite(value)]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
