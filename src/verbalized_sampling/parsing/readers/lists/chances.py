"""Candidates in a sentence that says how probable each is: "a 60% chance of rain and a 40% chance of sun"."""

from __future__ import annotations

import re

from ....patterns import regex
from ...language.words import pattern_of
from ...numbers.amounts import WHOLE_IN_PERCENT, sum_to
from ...numbers.hedges import BEHIND
from ...numbers.number import NUMBER, SPREAD, Unit, number_in_spread, plain_digits, states_several
from ...numbers.spelt import with_digits
from ...page.lines import Line

__all__ = ["chances_of"]

_ANY_NUMBER = regex(NUMBER + SPREAD, re.IGNORECASE)
_JOINS_CLAUSES = f"{pattern_of('joins')}|{pattern_of('contrasts')}"
# What stands between the clauses, and what may open one before its percent.
_BOUNDARY = regex(
    rf"(?:[;，；、。!?।]|[,.](?!\d))\s*+(?:(?:{_JOINS_CLAUSES})\s)?|\s(?:{_JOINS_CLAUSES})\s", re.IGNORECASE
)
_BEHIND_CHANCE = regex(
    rf"{BEHIND}\s{{0,2}}(?:(?:{pattern_of('of')}|{pattern_of('possessive')})\s?)?"
    rf"(?:(?:{pattern_of('chance')}|{pattern_of('probability')})[a-zа-я]{{0,2}}\s?)?(?:(?:{pattern_of('that')})\s?){{0,2}}",
    re.IGNORECASE,
)
_SHARE_OF = regex(rf"\s{{1,2}}(?:{pattern_of('of')})\s", re.IGNORECASE)  # "62% of those asked"
_CHANCE = regex(rf"{pattern_of('chance')}|{pattern_of('probability')}", re.IGNORECASE)
_NO_SAYING = regex(
    rf"(?:\s(?:{pattern_of('has')})?\s?(?:{pattern_of('about')}|an?\b)?"
    rf"|(?:{pattern_of('possessive')})?\s?(?:{pattern_of('chance')})(?:{pattern_of('has')}|:|：)?)\s*\Z",
    re.IGNORECASE,
)
_LONGEST_COPULA = 4  # characters: "です", "입니다"
_END_OF_CLAUSES = regex(r"[.!?](?=\s|\Z)|[。！？।]")
_LONGEST_LEAD = 40  # characters of a clause before its percent
_FEWEST_CHANCES = 2


def chances_of(lines: list[Line]) -> list[Line]:
    """The clauses of the first line whose percents make a whole, as "what: percent"."""
    for line in lines:
        if pieces := _clauses(line):
            return pieces
    return []


def _percent_in(match: re.Match[str]) -> float | None:
    number = number_in_spread(match)
    return number.stated * WHOLE_IN_PERCENT if number.stated and number.unit is Unit.FRACTION else number.stated


def _clauses(line: Line) -> list[Line]:
    text = with_digits(plain_digits(line.text.replace("，", "、")))  # (a wide comma parts clauses, no decimals)
    if not states_several(text):
        return []
    found = [
        match
        for match in _ANY_NUMBER.finditer(text)
        if match["percent"] or match["lead"] or match["unit"] or match["ratio"]
    ]
    stated = [share for match in found if (share := _percent_in(match)) is not None]
    if len(found) < _FEWEST_CHANCES or len(stated) < len(found) or not sum_to(stated, WHOLE_IN_PERCENT):
        return []
    is_said = _CHANCE.search(line.text) is not None  # else nothing may stand before any percent
    if not is_said and any(_SHARE_OF.match(text, match.end()) for match in found):
        return []
    pieces: list[tuple[str, str, str, int]] = []  # what stands before a percent and behind it, the percent, its place
    for at, match in enumerate(found):
        before = found[at - 1].end() if at else 0
        begins = max((m.end() for m in _BOUNDARY.finditer(text, before, match.start())), default=before)
        if match.start() - begins > (_LONGEST_LEAD if is_said else 0) or (at and begins == before):
            return []
        behind = _BEHIND_CHANCE.match(text, match.end())
        begin = behind.end() if behind else match.end()
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        if at + 1 < len(found):
            end = max((m.start() for m in _BOUNDARY.finditer(text, begin, end)), default=begin)
        elif stop := _END_OF_CLAUSES.search(text, begin):
            end = stop.start()
        ahead, said = line.text[begins : match.start()], line.text[begin:end].strip(" ,;，；、")
        pieces.append((_NO_SAYING.sub("", ahead), said, match[0].strip(), line.start + begin))
    *others, last = pieces
    leads = len(last[1]) <= _LONGEST_COPULA and not any(piece[1] for piece in others)
    texts = [ahead if leads else said for ahead, said, _, _ in pieces]
    if not all(any(map(str.isalnum, text)) for text in texts):
        return []
    return [Line(f"{text}: {percent}", at, ()) for text, (_, _, percent, at) in zip(texts, pieces, strict=True)]
