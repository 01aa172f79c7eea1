"""What surrounds an estimate in prose: "between 30% and 40%", "15% at most", "I'd put this at 50%"."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.words import pattern_of
from .number import states_several

__all__ = ["ABOUT", "BEHIND", "DECORATION", "IN_WORDS", "LEVEL", "SAYING", "said_from", "with_spread"]

ABOUT = rf"(?:[≈~≃∼～]|\+/-|±|{pattern_of('about')}|\\(?:approx|sim)\b)?"
DECORATION = r"[*_`]{0,3}"
LEVEL = (
    r"(?:(?:very|quite|fairly|extremely|highly|most|more|less|least|rather|somewhat|medium)[ -])?"
    rf"(?:{pattern_of('level')})(?!\w)"
)
"""Pattern of a word that stands for a number: "very low"."""
IN_WORDS = rf"(?:{LEVEL}(?:\s(?:{pattern_of('probability')}))?\s?[,;:，；：(（–—-]\s?)?"
"""Pattern of what may stand before a number: "very low, 2%"."""
BEHIND = rf"(?:[,，]?\s(?:{pattern_of('hedges')})|(?:{pattern_of('hedges_joined')}))?"
"""Pattern of what may stand behind an estimate: "15% at most"."""

_RANGE = regex(
    rf"(?<!\w)(?:{pattern_of('between')})\s(?P<low>[\d.,]{{1,9}}(?:\s?[%％])?)\s(?:{pattern_of('joins')}|{pattern_of('to')})\s(?=[\d.,])",
    re.IGNORECASE,
)
SAYING = (
    r"(?:(?:(?<=[.!?…\"”»’'*_)])|[,;:–—-])\s{1,2}(?="
    rf"[^\W\d]{{1,14}}['’ ])|(?<=[。！？」』]))(?:{pattern_of('estimating')})"
    r"(?:\s[^\W\d]{1,14}){0,4}?[\s:≈~]{0,3}"
)
"""Pattern of the words that only say that an estimate follows: "I'd put this at"."""
_SAYING = regex(rf"{SAYING}\Z", re.IGNORECASE)
_ENDS_SAYING = regex(r"[^\x00-@\[-^`{-\x7f][\s:≈~]{0,3}\Z")  # how all that is said there ends
_NO_SENTENCE = ("(", "[", "（", "【", "")  # what such a number begins with
_LONGEST_SAYING = 80  # characters before a number that say who estimates it


def with_spread(line: str) -> str:
    """The line with "between 30% and 40%" as "30% to 40%", in as many characters."""
    return _RANGE.sub(_spread, line) if states_several(line) else line


def _spread(match: re.Match[str]) -> str:
    return match["low"].rjust(len(match[0]) - len(" to "), "0") + " to "


def said_from(line: str, start: int) -> int:
    """Where the words begin that only say that a number follows: "I'd put this at"."""
    if line[start : start + 1] in _NO_SENTENCE:
        return start
    if _ENDS_SAYING.search(line, max(0, start - 4), start) is None:
        return start
    begin = max(0, start - _LONGEST_SAYING)
    said = _SAYING.search(line[begin:start])
    return begin + said.start() if said else start
