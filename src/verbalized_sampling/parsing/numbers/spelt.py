"""Percents and ratios in words: "sixty percent", "百分之六十", "one in five", "two thirds"."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.numerals import SIGNS, ordinal_of
from ..language.table import LANGUAGES
from ..language.words import in_all_languages, pattern_of

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
_BEGIN_RATIO = "".join(sorted({word[0] for concept in ("out_of", "portions") for word in in_all_languages(concept)}))
# (The first letters are looked for first: a branch of many words takes far longer at each place.)
_RATIO_SAID = regex(
    rf"(?=[{re.escape(_BEGIN_RATIO)}])(?:(?<!\w)(?:{pattern_of('out_of')})\s+\w|{pattern_of('portions')})",
    re.IGNORECASE,
)
_PORTIONS = {word: i for row in LANGUAGES for i, word in enumerate(row.portions.split("|"), 2) if word}
_RATIO = regex(
    rf"(?<![\w-])(?:an?\s(?=(?:{_any(_UNITS)})\s))?(?P<part>{_any(_UNITS)})\s(?:chance\s)?(?:{pattern_of('out_of')})\s"
    rf"(?:every\s)?(?P<whole>{_any(_TENS | _UNITS)})(?![\w-])"
    rf"|(?<![\w-])(?:(?P<many>an?|{_any(_UNITS)})[ -])?(?P<portion>{_any(_PORTIONS)})s?(?![\w-])",
    re.IGNORECASE,
)
_HALF = 2  # the one portion that needs no number before it; a third may be an ordinal
_SPELT = regex(
    rf"(?<![\w-])(?:an?\s)?(?:(?P<tens>{_any(_TENS)})(?:[- ](?P<unit>{_any(_UNITS)}))?"
    rf"|(?P<less>{_any(_TEENS | _UNITS)}))"
    rf"(?=\s{{1,2}}(?:{pattern_of('percent')}))|(?:{pattern_of('per_hundred')})(?P<signs>[{SIGNS}]{{1,3}})",
    re.IGNORECASE,
)


def spells(text: str) -> bool:
    """Whether a percent or a ratio stands in words in a text."""
    return (_PERCENT_SAID.search(text) is not None and _SPELT.search(text) is not None) or (
        _RATIO_SAID.search(text) is not None and any(map(_is_ratio, _RATIO.finditer(text)))
    )


def with_digits(text: str) -> str:
    """The text with its percents and ratios in digits; each takes up as many characters as before."""
    text = _SPELT.sub(_digits, text) if _PERCENT_SAID.search(text) else text
    return _RATIO.sub(_ratio, text) if _RATIO_SAID.search(text) else text


def _is_ratio(match: re.Match[str]) -> bool:
    return match["part"] is not None or match["many"] is not None or _PORTIONS[match["portion"].lower()] == _HALF


def _ratio(match: re.Match[str]) -> str:
    if not _is_ratio(match):
        return match[0]
    part, whole, many, portion = (
        group.lower() if group else "" for group in match.group("part", "whole", "many", "portion")
    )
    counted = _UNITS.get(part or many, 1)
    of = (_TENS | _UNITS).get(whole) or _PORTIONS[portion]
    return f"{counted}/{of}".rjust(len(match[0]), "0")


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
