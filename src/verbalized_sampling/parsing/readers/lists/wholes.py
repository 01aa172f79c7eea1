"""Candidates in a line whose numbers make a whole: "yes 0.7, no 0.3", "A 45 % B 35 % C 20 %"."""

from __future__ import annotations

import math
import re

from ....patterns import regex
from ...language.words import pattern_of
from ...numbers.amounts import WHOLE_IN_PERCENT, is_share, same
from ...numbers.number import plain_digits, states_several
from ...page.lines import Line

__all__ = ["wholes_in"]

_STATED_SHARE = r"(?P<stated>\d{1,3}(?:\.\d{1,4})?|\.\d{1,4})\s?(?P<percent>[%％])?"
_LAST_NUMBER = regex(rf"\s*+(?P<what>\S.*?)\s{{0,3}}(?:[:：=→≈~]|->|\s)\s{{0,3}}{_STATED_SHARE}[\s.]{{0,3}}\Z")
_BETWEEN_SHARES = regex(rf"\s?[,;，；、|]\s{{0,3}}(?:(?:{pattern_of('joins')})\s)?")
_UP_TO_PERCENT = regex(r"[^%％]{1,80}[%％]\s*+")
_TOPIC = regex(r"[^:：,;\n]{1,60}[:：]\s{1,3}(?=\S)")
_ARGUMENT_OF_P = regex(r"(?:P|Pr)\((?P<what>[^()]+)\)\Z")
_TAG_INSIDE = regex(r"</?[a-zA-Z]")
_LONGEST_WHAT = 40
_LONGEST_WHOLE = 1000


def wholes_in(lines: list[Line]) -> list[Line]:
    """The parts of the first line that holds nothing but texts and their shares of a whole, as "what: number"."""
    for line in lines:
        if len(line.text) > _LONGEST_WHOLE or not states_several(line.text) or _TAG_INSIDE.search(line.text):
            continue
        topic = _TOPIC.match(line.text)
        for start in (topic.end(), 0) if topic else (0,):
            if pieces := _shares(plain_digits(line.text[start:].replace("，", "、")), line.start + start):
                return pieces
    return []


def _shares(text: str, at: int) -> list[Line]:
    up_to_percent = _UP_TO_PERCENT.findall(text)
    for pieces in (_BETWEEN_SHARES.split(text), up_to_percent if "".join(up_to_percent) == text.rstrip() else []):
        found = [_LAST_NUMBER.match(piece) for piece in pieces]
        shares = [match for match in found if match is not None]
        if len(shares) < max(2, len(found)) or max(len(match["what"]) for match in shares) > _LONGEST_WHAT:
            continue
        total = math.fsum(float(match["stated"]) for match in shares)
        if same(total, WHOLE_IN_PERCENT) and len({bool(match["percent"]) for match in shares}) == 1:
            sign = "" if is_share(total) else "%"
            return [Line(f"{_what(match)}: {match['stated']}{sign}", at, ()) for match in shares]
    return []


def _what(match: re.Match[str]) -> str:
    argument = _ARGUMENT_OF_P.match(match["what"])
    return argument["what"] if argument else match["what"]
