"""Numbers as models write them."""

from __future__ import annotations

import math
import re
from enum import Enum, auto
from typing import Any, NamedTuple

from ...patterns import regex
from ...values.repairs import Repair
from ..language import names
from ..language.words import pattern_of
from .spelt import with_digits

__all__ = [
    "MISSING_NUMBER",
    "NUMBER",
    "PERCENT",
    "SPREAD",
    "Number",
    "Unit",
    "number_in",
    "number_in_spread",
    "number_of",
    "plain_digits",
    "states_several",
    "unit_of",
]


class Unit(Enum):
    """What the number itself says about its scale."""

    BARE = auto()
    """Nothing: 0.12 or 12. The block decides."""
    PERCENT = auto()
    """A percent sign or word."""
    FRACTION = auto()
    """Written as a ratio ("1 in 8")."""
    PERCENT_NAME = auto()
    """Bare, in a field whose name says percent."""
    RATING = auto()
    """Bare, in a field whose name rates or weighs."""


class Number(NamedTuple):
    """A stated number.

    Attributes:
        stated: As written; None if it is no finite number.
        unit: What it says about its scale.
        repair: How it deviates from a plain number, or None.
    """

    stated: float | None
    unit: Unit = Unit.BARE
    repair: Repair | None = None


MISSING_NUMBER = Number(None, repair=Repair.NOT_A_NUMBER)
"""What stands for a number that isn't stated where the others are."""

PERCENT = rf"%|％|٪|{pattern_of('percent')}"
"""Pattern of a percent sign or word."""

# Every repetition is possessive or bounded: a digit run is read once, whatever follows it.
_DECIMAL = r"(?:\d++(?:[.,٫·]\d++)?|[.,٫]\d++)"
_TINY = r"10(?:(?:\^|\*\*)[({]?[-−]\d{1,3}[)}]?|⁻[⁰¹²³⁴-⁹]{1,3})"
NUMBER = (
    rf"(?P<lead>(?:[%％]|{pattern_of('per_hundred')})\s{{0,3}})?(?P<number>{_TINY}|[-+−–]?{_DECIMAL}"
    r"(?:[eE][-+−]?\d{1,6}|\s{0,2}[×x*]\s{0,2}10(?:\^|\*\*)?[({]?[-+−]?\d{1,4}[)}]?|\s{0,2}[×x]\s{0,2}10[⁻⁰¹²³⁴-⁹]{1,5})?)"
    r"(?:\s{0,2}(?:±|\+/[-−–])\s{0,2}\d++(?:[.,]\d++)?)?"
    rf"(?:\s{{0,2}}(?P<ratio>/|{pattern_of('out_of')})\s{{0,2}}"
    r"(?P<whole>\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?:\.0{1,3})?)(?![.,]?\d))?"
    rf"(?P<percent>\s{{0,2}}\\?(?:{PERCENT})|\s{{0,2}}‰)?"
)
"""Pattern of a number in any of its forms; ``number_of`` reads its groups."""

SPREAD = (
    rf"(?:(?:[-–～~]|\s[-–]\s|\s?(?:{pattern_of('to')})\s?)"
    r"(?P<upper>\d{1,3}(?:[.,]\d{1,6})?)(?P<unit>\s?[%％])?(?![\d.]*\d)"
    r"|\s?(?:±|\+/-)\s?\d{1,3}(?:[.,]\d{1,6})?\s?[%％]?)?"
)
"""What may follow a number to say how far it may be off: "30-40%", "0.7 ± 0.05"."""

_FIRST_NUMBER = regex(r"(?<![\w.])(?<!\d[.,]\s)" + NUMBER + SPREAD + r"(?!\w|[.,]\s?\d)", re.IGNORECASE)
_SEVERAL_NUMBERS = regex(r"\d[.,]*+[^\d.,][^\d]*+\d")
_PLAIN = regex(r"-?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][-+]?\d{1,6})?\Z", re.ASCII)
_POWER = regex(r"\s*[×x*]\s*10(?:\^|\*\*)?", re.IGNORECASE)
_TEN_TO = regex(r"\A10(?:\^|\*\*)?(?=-)")
_PLAINER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−–٫·,", "-0123456789--...", "(){}")
_FULL_WIDTH = {0xFF10 + i: 0x30 + i for i in range(10)} | {0xFF0E: ".", 0xFF0C: ",", 0xFF05: "%", 0xFF0F: "/"}
# Zero-width spaces, and marks of direction that stand around numbers; joiners are a part of words.
_INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069"
_NO_PLAIN_SIGN = regex(f"[％．，／０-９{_INVISIBLE}]")
_INVISIBLE_SIGN = regex(f"[{_INVISIBLE}]")
_LONGEST_FIELD = 200  # a longer string is a text, not a number with remarks


def unit_of(name: str) -> Unit:
    """What the name of a field says about the scale of a bare number in it."""
    if names.is_percent_name(name):
        return Unit.PERCENT_NAME
    return Unit.RATING if names.is_rating(name) else Unit.BARE


def number_in(value: Any, bare: Unit = Unit.BARE) -> Number | None:
    """Reads a field's value; None if nothing stands there at all.

    Args:
        value: A JSON scalar or the text of a tag, cell or label.
        bare: What the field's name says of a bare number.
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        stated = _float(value)
        return Number(stated, bare, None if stated is not None else Repair.NOT_A_NUMBER)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        return Number(None, bare, Repair.NOT_A_NUMBER)
    text = value.strip(" \t\r\n*_`\"'")
    if _PLAIN.match(text):
        stated = _float(text)
        return Number(stated, bare, None if stated is not None else Repair.NOT_A_NUMBER)
    text = text[:_LONGEST_FIELD]
    match = _FIRST_NUMBER.search(plain_digits(text)) or _FIRST_NUMBER.search(with_digits(text))
    if match is None:
        return Number(None, bare, Repair.NOT_A_NUMBER)
    number = number_in_spread(match, bare)
    return (
        number
        if match[0] == text and "±" not in text
        else Number(number.stated, number.unit, number.repair or Repair.NUMBER_FORMAT)
    )


def number_of(match: re.Match[str], bare: Unit = Unit.BARE) -> Number:
    """What a match of ``NUMBER`` says."""
    written, lead, ratio, percent = match.group("number", "lead", "ratio", "percent")
    plain = _PLAIN.match(written) is not None
    stated = _float(written if plain else _in_plain_signs(written))
    if stated is None:
        return Number(None, bare, Repair.NOT_A_NUMBER)
    if ratio:
        whole = float(match["whole"].replace(",", ""))
        if not whole:
            return Number(None, bare, Repair.NOT_A_NUMBER)
        if not (ratio == "/" and whole == 100):
            return Number(stated / whole, Unit.FRACTION, Repair.NUMBER_FORMAT)
        return Number(stated, Unit.PERCENT, Repair.NUMBER_FORMAT)
    if percent and "‰" in percent:
        return Number(stated / 10, Unit.PERCENT, Repair.NUMBER_FORMAT)
    if percent or lead:
        return Number(stated, Unit.PERCENT)
    return Number(stated, bare, None if plain else Repair.NUMBER_FORMAT)


def number_in_spread(match: re.Match[str], bare: Unit = Unit.BARE) -> Number:
    """The number of a match, or the middle of the two that it lies between."""
    number = number_of(match, bare)
    upper = match["upper"] if "upper" in match.re.groupindex else None
    if upper is None or number.stated is None:
        return number
    highest = float(upper.replace(",", "."))
    if highest <= number.stated:  # a date, a score
        return number
    unit = Unit.PERCENT if match["unit"] else number.unit
    return Number((number.stated + highest) / 2, unit, Repair.NUMBER_FORMAT)


def plain_digits(text: str) -> str:
    """The text with full-width digits and signs as plain ones, and blanks for what is invisible: positions stay."""
    if text.isascii() or not _NO_PLAIN_SIGN.search(text):
        return text
    return _INVISIBLE_SIGN.sub(" ", text).translate(_FULL_WIDTH)


def states_several(text: str) -> bool:
    """Whether there is more than one number in digits in a text; far quicker than to read them."""
    return _SEVERAL_NUMBERS.search(text) is not None


def _in_plain_signs(written: str) -> str:
    text = written.translate(_PLAINER)
    return _TEN_TO.sub("1e", _POWER.sub("e", text))


def _float(value: float | str) -> float | None:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
