"""Stretches of a reply, none within another, in order."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["within"]


def within(position: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a position lies in one of the stretches; only the last that begins before it can hold it."""
    at = bisect_left(spans, (position + 1, 0)) - 1
    return at >= 0 and position < spans[at][1]
