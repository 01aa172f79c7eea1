"""Chance of the calls: the jackknife, for means over pairs too (Arvesen, Annals of Mathematical Statistics 1969)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

__all__ = ["jackknife"]

_ROUNDING = 1e-9
_GROUPS = 30  # of calls, each left out once
_FEWEST, _IN_PAIRS = 4, 20  # calls that are left out in pairs too; of more the pairs take long, and matter little


def jackknife(measure: Callable[[Sequence[int]], float], calls: Sequence[int]) -> tuple[float, float]:
    """The standard error of ``measure`` by chance of the calls, and its degrees of freedom.

    Leaving out one call at a time counts twice what chance does to pairs of calls (Efron and Stein, Annals of
    Statistics 1981). That shows where calls are few and hardly differ, as lists of different answers do. So up to
    twenty calls are left out in pairs as well, and what was counted twice is taken off: at most half, as of a mean over
    pairs no more can be. Calls beyond thirty are left out in thirty groups.

    Args:
        measure: Gives the number for a choice of draws, named by their positions.
        calls: The call of each draw.

    Returns:
        NaN and 0 if there are fewer than two calls; an error of 0 if all came out alike. Numbers that differ only
        because some calls gave more answers than others came out alike.
    """
    names = list(dict.fromkeys(calls))
    n = min(len(names), _GROUPS)
    if n < 2:
        return math.nan, 0.0
    group_of = {name: i % n for i, name in enumerate(names)}
    groups: list[list[int]] = [[] for _ in range(n)]
    for i, call in enumerate(calls):
        groups[group_of[call]].append(i)

    def without(*out: int) -> float:
        return measure([i for g, members in enumerate(groups) if g not in out for i in members])

    left = [without(g) for g in range(n)]
    if _alike(left, list(map(len, groups))):
        return 0.0, n - 1.0
    variance = (n - 1) / n * _squares(left)
    if _FEWEST <= n <= _IN_PAIRS:
        whole = measure(range(len(calls)))
        pairs = [
            n * whole - (n - 1) * (left[a] + left[b]) + (n - 2) * without(a, b) for a, b in combinations(range(n), 2)
        ]
        twice = _squares(pairs) / (n * (n - 1))
        variance -= min(twice, variance / 2) if math.isfinite(twice) else 0.0
    return math.sqrt(variance), n - 1.0


def _alike(left: Sequence[float], sizes: Sequence[int]) -> bool:
    """Whether no two groups of one size differ; where there are no such two, whether none differ at all."""
    pairs = list(combinations(zip(sizes, left, strict=True), 2))
    alike = [(a, b) for (size, a), (other, b) in pairs if size == other] or [(a, b) for (_, a), (_, b) in pairs]
    return all(abs(a - b) <= _ROUNDING * max(1.0, abs(a)) for a, b in alike)


def _squares(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((x - mean) ** 2 for x in values)
