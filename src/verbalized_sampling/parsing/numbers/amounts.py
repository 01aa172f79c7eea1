"""Amounts compared: whether two are the same, whether one is a share, whether several make a whole.

It is the only place where stated amounts are compared, so that each comparison has one tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

__all__ = [
    "WHOLE_IN_PERCENT",
    "are_fractions",
    "are_percentages",
    "is_percentage",
    "is_share",
    "may_be_parts",
    "same",
    "sum_to",
]

_BINARY = 1e-9  # what binary fractions are off by
_ROUNDED = 0.6  # percent points: one of two statements may be rounded to a whole percent
WHOLE_IN_PERCENT = 100.0
_ESTIMATED = 0.05  # of the whole: models don't add up
_MOST_OF_A_WHOLE = 1.5  # of the whole: beyond that, parts of it were never meant


def same(one: float, other: float) -> bool:
    """Whether two amounts are one, stated as a fraction or in percent, exactly or rounded to a whole percent."""
    low, high = sorted((one, other))
    if high - low < _BINARY:
        return True
    return abs(low * 100 - high) < (_ROUNDED if high >= 1 else _BINARY)


def is_share(amount: float) -> bool:
    """Whether an amount is a fraction of 1."""
    return 0.0 <= amount <= 1.0 + _BINARY


def are_fractions(amounts: Collection[float]) -> bool:
    """Whether all amounts are fractions of 1, exactly."""
    return min(amounts) >= 0.0 and max(amounts) <= 1.0


def is_percentage(amount: float) -> bool:
    """Whether an amount, taken for percent, is a fraction of 1."""
    return 0.0 <= amount <= WHOLE_IN_PERCENT


def sum_to(amounts: Collection[float], whole: float = 1.0) -> bool:
    """Whether amounts sum to a whole, as nearly as estimates do."""
    return abs(math.fsum(amounts) - whole) <= _ESTIMATED * whole + _BINARY


def may_be_parts(percentages: Collection[float]) -> bool:
    """Whether percentages can be the shares of one whole, be they estimated ever so freely."""
    return math.fsum(percentages) <= _MOST_OF_A_WHOLE * 100


def are_percentages(amounts: Sequence[float], *, lean: bool) -> bool:
    """Whether bare amounts are percentages together; out of doubt they are if something else says so (``lean``)."""
    all_usable = not amounts or (min(amounts) >= 0.0 and max(amounts) <= WHOLE_IN_PERCENT)
    usable = amounts if all_usable else [*filter(is_percentage, amounts)]
    if not usable or is_share(max(usable)):
        return lean and math.fsum(usable) > 1.0 + _ESTIMATED
    if lean or sum_to(usable, WHOLE_IN_PERCENT):
        return True
    if all(map(float.is_integer, map(float, usable))):
        return True
    return sum(amount > 1.0 for amount in usable) > 1 or (len(usable) > 1 and min(usable) >= 1.0)
