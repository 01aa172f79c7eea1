"""In a sentence: whether a method differs from its baseline."""

from __future__ import annotations

from .estimate import Difference
from .measures import Measure

__all__ = ["verdict"]


def verdict(measure: Measure, label: str, baseline: str, difference: Difference) -> str:
    """What differs, or that it can't be told."""
    if difference.low is None:
        return f"{measure.title}: whether {label} differs from {baseline} can't be told: their calls show no spread."
    interval = f"{difference.value:+.3g} [{difference.low:+.3g}, {difference.high:+.3g}]"
    if not difference.is_clear:
        return f"{measure.title}: whether {label} differs from {baseline} can't be told at this n ({interval})."
    word = "higher" if difference.value > 0 else "lower"
    good = "" if not measure.better else " (better)" if word == measure.better else " (worse)"
    return f"{measure.title}: {label} is {word}{good} than {baseline} by {interval}."
