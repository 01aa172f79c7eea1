"""The scale of a block of numbers: fractions, percentages or costs, and what each is as a fraction of 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from ...values.repairs import Repair
from ...values.weights import Definition, fraction_of
from ..language import names
from ..language.words import PROBABILITY_WORDS
from .amounts import WHOLE_IN_PERCENT, are_fractions, are_percentages, is_percentage, is_share, sum_to
from .number import Number, Unit

__all__ = ["fractions", "may_be_anything", "verbalize", "verbalize_one"]

_UNMARKED = (Unit.BARE, Unit.PERCENT_NAME, Unit.RATING)
_ASCII = bytes(range(128))
_HIGHEST_RATING = 10.0  # higher ones are read as percentages


def verbalize(
    numbers: Sequence[Number | None], definition: Definition
) -> tuple[list[float | None], list[Repair | None], bool]:
    """The stated numbers of one block as fractions of 1.

    Bare numbers are fractions or percentages together: percentages if they are whole and one exceeds 1, or if
    they sum to about 100, or if several exceed 1. Numbers under a name that rates or weighs ("score") and that are
    neither fractions nor percentages, 8, 3 and 9, are the parts of their sum.

    Returns:
        The fractions, what is to be said of each, and whether bare or marked percentages were scaled.
    """
    if definition.is_cost:
        return _costs(numbers, definition)
    distinct = dict(zip(map(id, numbers), numbers, strict=True))  # (replies repeat few numbers)
    units = {number.unit for number in distinct.values() if number}
    ratings = _ratings(numbers) if Unit.RATING in units else 0.0
    percent = not units.isdisjoint(_UNMARKED) and are_percentages(
        [n.stated for n in numbers if n and n.stated is not None and n.unit in _UNMARKED],
        lean=definition is Definition.PERCENTAGE or Unit.PERCENT_NAME in units,
    )
    said: dict[int, float | None] = {}
    remarked: dict[int, Repair | None] = {}
    scaled = False
    for key, number in distinct.items():
        if number is None or number.stated is None:
            said[key], remarked[key] = None, _fault(number)
            continue
        if ratings and number.unit is Unit.RATING:
            said[key], remarked[key] = number.stated / ratings, Repair.RATING
            continue
        is_percent = number.unit is Unit.PERCENT or (percent and number.unit is not Unit.FRACTION)
        fraction = _from_percent(number.stated) if is_percent else number.stated
        inside = is_share(fraction)
        scaled = scaled or is_percent
        said[key] = min(fraction, 1.0) + 0.0 if inside else None
        remarked[key] = number.repair if inside else Repair.OUT_OF_RANGE
    keys = [*map(id, numbers)]
    return [*map(said.__getitem__, keys)], [*map(remarked.__getitem__, keys)], scaled


def verbalize_one(number: Number | None, definition: Definition) -> tuple[float | None, Repair | None]:
    """A number that stands alone as a fraction of 1, and what is to be said of it."""
    if number is not None and number.unit is Unit.BARE and number.repair is None and number.stated is not None:
        plain = not definition.is_cost and definition is not Definition.PERCENTAGE
        if plain and is_share(number.stated):
            return min(number.stated, 1.0) + 0.0, None  # (-0.0 is 0)
    (fraction,), (remark,), _ = verbalize([number], definition)
    return fraction, remark


def _ratings(numbers: Sequence[Number | None]) -> float:
    """The sum of numbers that rate or weigh, if they are neither fractions nor percentages; else 0."""
    rated = [n.stated for n in numbers if n and n.stated is not None and n.unit is Unit.RATING]
    if not rated or are_fractions(rated) or sum_to(rated, WHOLE_IN_PERCENT):
        return 0.0
    if min(rated) < 0.0 or max(rated) > _HIGHEST_RATING:
        return 0.0
    return math.fsum(rated)


def fractions(stated: Sequence[float]) -> tuple[Sequence[float | None], list[Repair | None] | None, bool]:
    """Bare numbers that are no costs as fractions of 1; the remarks are None if there is nothing to say."""
    if are_fractions(stated):
        return stated if all(stated) else [number + 0.0 for number in stated], None, False  # -0.0 is 0
    known = set(stated)  # (replies repeat few numbers)
    if not (are_percentages(stated, lean=False) and all(map(is_percentage, known))):
        return verbalize([Number(number) for number in stated], Definition.EXPLICIT)
    scaled = {number: _from_percent(number) for number in known}
    return [*map(scaled.__getitem__, stated)], None, True


def may_be_anything(numbers: Sequence[Number | None], text: str) -> bool:
    """Whether nothing marks numbers as probabilities: no unit, no sum that makes a whole, no word in the text."""
    stated = [number.stated for number in numbers if number is not None and number.stated is not None]
    if not stated or any(number.unit not in (Unit.BARE, Unit.RATING) for number in numbers if number is not None):
        return False
    if len(stated) > 1 and (sum_to(stated) or sum_to(stated, WHOLE_IN_PERCENT)):
        return False
    lowered = text.encode("utf-8", "surrogatepass").lower()  # those of ASCII; (bytes are searched faster)
    beyond = set(lowered.translate(None, _ASCII))
    return not any(letters <= beyond and name in lowered for name, letters in _names())


@cache
def _names() -> tuple[tuple[bytes, frozenset[int]], ...]:
    """How probabilities are called, ASCII in small letters, and the bytes beyond it: few texts hold those of many.

    Those that hold another of them are left out. To look for each takes a small part of the time of a pattern of all.
    """
    # (A score or a weight may measure anything.)
    words = [word for word in PROBABILITY_WORDS if not names.is_rating(word)]
    called = {form.encode().lower() for word in words for form in (word.lower(), word.upper(), word.capitalize())}
    shortest = [word for word in called if not any(other in word for other in called - {word})]
    return tuple((word, frozenset(word.translate(None, _ASCII))) for word in shortest)


def _from_percent(stated: float) -> float:
    # 7 / 100 is 0.07 where 7 * 0.01 is not; repr's shortest digits shifted give 33.3 % as 0.333.
    return float(f"{stated!r}e-2") if "e" not in repr(stated) else stated / 100


def _costs(
    numbers: Sequence[Number | None], definition: Definition
) -> tuple[list[float | None], list[Repair | None], bool]:
    fractions: list[float | None] = []
    remarks: list[Repair | None] = []
    for number in numbers:
        if number is None or number.stated is None:
            fractions.append(None)
            remarks.append(_fault(number))
            continue
        fraction = fraction_of(number.stated, definition)
        fractions.append(fraction)
        remarks.append(number.repair if fraction is not None else Repair.OUT_OF_RANGE)
    return fractions, remarks, False


def _fault(number: Number | None) -> Repair:
    """Why there is nothing to scale."""
    return Repair.MISSING_PROBABILITY if number is None else Repair.NOT_A_NUMBER
