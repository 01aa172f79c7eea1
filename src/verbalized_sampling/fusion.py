"""Fusing ranked lists of search results into one."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar, cast

__all__ = ["RRF_CONSTANT", "reciprocal_rank_fusion", "share_with_original"]

T = TypeVar("T")

RRF_CONSTANT = 60
"""The constant c of Cormack, Clarke & Büttcher (SIGIR 2009), who introduced the method."""


def reciprocal_rank_fusion(
    lists: Iterable[tuple[float, Sequence[T]]],
    *,
    key: Callable[[T], Hashable] = cast("Callable[[Any], Hashable]", lambda item: item),  # noqa: B008 - pure
    c: float = RRF_CONSTANT,
) -> list[tuple[T, float]]:
    """Weighted reciprocal rank fusion: an item's score is Σ weight / (rank + c) over the lists that hold it.

    Args:
        lists: Each a weight (finite, not negative; a query's times its retriever's) and its items, best first. An
            item that stands in a list twice counts once there, at its better rank; a list that weighs 0 adds nothing.
        key: What makes two items the same; the first one met is kept.
        c: Added to each rank (from 1), above -1: the larger it is, the less the top ranks stand out.

    Returns:
        The items with their scores, highest first; ties in order of first appearance.

    Raises:
        ValueError: A weight is negative, infinite or NaN, or ``c`` is not above -1.
    """
    if not c > -1:
        raise ValueError(f"c must be above -1, not {c}")
    scores: dict[Hashable, float] = {}
    items: dict[Hashable, T] = {}
    for weight, ranked in lists:
        if not 0.0 <= weight < math.inf:
            raise ValueError(f"the weight of a list must be finite and not negative, not {weight}")
        if not weight:
            continue
        for rank, (name, item) in enumerate(_firsts(ranked, key).items(), 1):
            items.setdefault(name, item)
            scores[name] = scores.get(name, 0.0) + weight / (rank + c)
    order = sorted(scores, key=lambda name: -scores[name])  # stable: ties stay in order of appearance
    return [(items[name], scores[name]) for name in order]


def share_with_original(weights: Sequence[float], original_weight: float = 0.5) -> list[float]:
    """Weights for the original query (first) and its expansions, where the original has a fixed share of the whole.

    Args:
        weights: Of the expansions, finite and not negative, with any sum; all zero makes them equal.
        original_weight: The original query's share, in [0, 1]; without expansions it has all of it.

    Raises:
        ValueError: The share is outside [0, 1], or a weight is unusable.
    """
    if not 0.0 <= original_weight <= 1.0:
        raise ValueError(f"original_weight is a share from 0 to 1, not {original_weight}")
    if not all(0.0 <= weight < math.inf for weight in weights):
        raise ValueError("weights must be finite and not negative")
    if not weights:
        return [1.0]
    total = math.fsum(weights)
    shares = [weight / total for weight in weights] if total else [1.0 / len(weights)] * len(weights)
    return [original_weight, *((1.0 - original_weight) * share for share in shares)]


def _firsts(ranked: Sequence[T], key: Callable[[T], Hashable]) -> dict[Hashable, T]:
    firsts: dict[Hashable, T] = {}
    for item in ranked:
        firsts.setdefault(key(item), item)
    return firsts
