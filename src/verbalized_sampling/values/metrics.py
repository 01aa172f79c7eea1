"""What a set of draws says about what was not drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Any, cast

from .distribution import Distribution
from .sameness import text_key

__all__ = ["unseen_mass"]


def unseen_mass(draws: Iterable[Any], key: Callable[[Any], Hashable] | None = None) -> float:
    """The Good-Turing estimate of the probability that the next draw is one that was not seen yet.

    It is N₁/N: the share of draws that came only once (Good, Biometrika 1953). Draws have to be independent, so
    give it what separate calls or ``sample(n)`` returned, not the list of candidates of one reply.

    Args:
        draws: Texts, candidates or anything else that was drawn; or the distribution over several calls, whose
            candidates count as often as they came.
        key: What makes two draws the same; by default their text, whatever its case and white space.

    Returns:
        From 0 (everything came again) to 1 (nothing did, so the draws say nothing about the rest).

    Raises:
        ValueError: There are no draws.
    """
    counts: Counter[Hashable] = Counter()
    for draw in draws:
        counts[(key or _text)(draw)] += draw.count if isinstance(draws, Distribution) else 1
    if not counts:
        raise ValueError("there are no draws to estimate from")
    return sum(1 for count in counts.values() if count == 1) / counts.total()


def _text(draw: Any) -> Hashable:
    text = getattr(draw, "text", draw)
    return text_key(text) if isinstance(text, str) else cast("Hashable", text)
