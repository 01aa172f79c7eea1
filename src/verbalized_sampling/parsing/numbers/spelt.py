"""Percents in words: "sixty percent", "twenty-five per cent", "百分之六十"."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.numerals import SIGNS, ordinal_of
from ..language.table import LANGUAGES
from ..language.words import pattern_of

__all__ = ["spells", "with_digits"]

_TENS = {word: 10 * i for row in LANGUAGES for i, word in enumerate(row.tens.split("|"), 1) if word}
_TEENS = {word: i for row in LANGUAGES for i, word in enumerate(row.teens.split("|"), 11) if word}
_UNITS = {
    word: i
    for row in LANGUAGES
    if row.tens
    for i, words in enumerate(row.numerals.split("|")[:9], 1)
    for word in words.split("/")
    if word
}


def _any(words: dict[str, int]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_PERCENT_SAID = regex(rf"{pattern_of('percent')}|{pattern_of('per_hundred')}", re.IGNORECASE)
_SPELT = regex(
    rf"(?<![\w-])(?:an?\s)?(?:(?P<tens>{_any(_TENS)})(?:[- ](?P<unit>{_any(_UNITS)}))?"
    rf"|(?P<less>{_any(_TEENS | _UNITS)}))"
    rf"(?=\s{{1,2}}(?:{pattern_of('percent')}))|(?:{pattern_of('per_hundred')})(?P<signs>[{SIGNS}]{{1,3}})",
    re.IGNORECASE,
)


def spells(text: str) -> bool:
    """Whether a percent stands in words in a text."""
    return _PERCENT_SAID.search(text) is not None and _SPELT.search(text) is not None


def with_digits(text: str) -> str:
    """The text with its percents in digits; each takes up as many characters as before."""
    return _SPELT.sub(_digits, text) if _PERCENT_SAID.search(text) else text


def _digits(match: re.Match[str]) -> str:
    if match["signs"]:
        return f"%{_of_signs(match['signs']):0{len(match[0]) - 1}}"
    tens, unit, less = (part.lower() if part else "" for part in match.group("tens", "unit", "less"))
    said = _TENS.get(tens, 0) + _UNITS.get(unit, 0) + (_TEENS | _UNITS).get(less, 0)
    return f"{said:0{len(match[0])}}"  # (the noughts before it say nothing)


def _of_signs(signs: str) -> int:
    """What Chinese numerals say: "六十五"."""
    tens, ten, units = signs.rpartition("十")
    return (10 * (ordinal_of(tens) if tens else 1) if ten else 0) + (ordinal_of(units) if units else 0)
