"""Numbers that no word labels, recognised by their place alone: "Paris (45%)", "0.45 – Paris"."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from ...patterns import regex
from .amounts import is_percentage, is_share
from .drawn_bars import beside_bars
from .hedges import ABOUT, BEHIND, DECORATION, IN_WORDS, LEVEL, SAYING, with_spread
from .marks import SHORT, Mark
from .number import NUMBER, PERCENT, SPREAD, Number, Unit, number_in_spread, number_of, plain_digits
from .spelt import with_digits

__all__ = ["alone", "amid", "hundredth", "unlabelled"]


_DIGIT = regex(r"\d")
_SAID_TO_BE = regex(
    rf"{SAYING}{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{BEHIND}[*_`]{{0,3}}[.!]?[*_`]{{0,3}}\s{{0,5}}\Z", re.IGNORECASE
)
# Between what has the number and what is said of it: "Aurora: 0.25 – evokes dawn".
_BEFORE_MORE = regex(
    rf"[:：\s](?:(?<=[^\s\d][:：])|(?<=[^\s\d]\s)[-–—|:])[*_`]{{0,3}}\s{{1,2}}[*_`]{{0,3}}{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}[*_`]{{0,3}}"
    r"(?=\s{1,2}[-–—|:]\s{1,2}[*_`\"“]{0,3}[^\W\d]|[,;，；]\s?[^\W\d])",
    re.IGNORECASE,
)
_HEADED = regex(
    rf"[*_`]{{0,3}}\s?[\[(（【{{`]\s?{DECORATION}{IN_WORDS}{ABOUT}\s{{0,2}}{NUMBER}{DECORATION}\s{{0,2}}[\])）】}}`]\s?[*_`]{{0,3}}(?=\s{{0,2}}[:：\-–—*])",
    re.IGNORECASE,
)
_LEADING_BRACKETS = regex(
    rf"\s{{0,3}}[*_`]{{0,3}}[\[(（【{{`<]\s?{IN_WORDS}{ABOUT}\s{{0,2}}{NUMBER}\s{{0,2}}[\])）】}}`>][*_`]{{0,3}}\s{{0,2}}[:：\-–—|]?\s?",
    re.IGNORECASE,
)
_LEADING = regex(
    rf"\s{{0,3}}(?:\|\s)?[*_`]{{0,3}}{ABOUT}\s{{0,2}}{NUMBER}[*_`]{{0,3}}"
    r"(?:\s{0,3}[:：\-–—|→]{1,2}[*_`]{0,3}\s|(?:[,;]\s?|\t)(?=[^\s\d,;])|\s{1,3}(?=[\"“«„][^\"“”«»„]{1,400}[\"”»“]\s*\Z))",
    re.IGNORECASE,
)
_LEADING_BOLD = regex(rf"\s{{0,3}}(?P<bold>\*\*|__){ABOUT}\s{{0,2}}{NUMBER}(?P=bold)\s{{1,3}}", re.IGNORECASE)
_TRAILING_BRACKETS = regex(
    rf"[*_`]{{0,3}}[\[(（【{{`]\s?{IN_WORDS}[<≤＜]?\s?{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{BEHIND}\s{{0,3}}[\])）】}}`][*_`]{{0,3}}[.:：]?[*_`]{{0,3}}\s{{0,5}}\Z",
    re.IGNORECASE,
)
_SIGN = r"(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d]?\s{0,2})?"
_TRAILING = regex(
    rf"(?:[:：\-–—‒―|→⇒➜➔➞⟶⇨=,;；…\tـ]|(?<!\d)[·•](?=\s)|(?<=[^\s\d]\s)/(?=\s)|\.{{2,}}+|[\u2b50\u2600-\u26ff\U0001f300-\U0001faff]\ufe0f?|(?<=\w)\s{{2,20}}(?=\S)"
    rf")\s{{0,3}}{_SIGN}[*_`]{{0,3}}[<≤＜]?\s?{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{BEHIND}"
    rf"(?:\s{{0,2}}[(（\[]\s?(?:\d{{1,3}}(?:[.,]\d{{1,6}})?\s?[%％]|{LEVEL})\s?[)）\]])?"
    r"[*_`]{0,3}[.,;:：]?[*_`]{0,3}\s{0,5}\Z",
    re.IGNORECASE,
)
_BEHIND_LETTER = regex(  # "A) 10%"
    rf"(?:(?<=\A[A-Za-z])[.)]|(?<=\A[(（\[][A-Za-z][)）\]]))\s{{1,3}}[*_`]{{0,3}}{ABOUT}\s{{0,2}}{NUMBER}[*_`]{{0,3}}\s{{0,5}}\Z",
    re.IGNORECASE,
)
_WITH_REMARK = regex(
    rf"[(（\[]\s?[<≤＜]?{ABOUT}\s{{0,2}}{NUMBER}\s?[,;，；—–-]\s[^()（）\[\]\n]{{1,160}}[\])）]\s{{0,5}}\Z",
    re.IGNORECASE,
)
_BEFORE_REMARK = regex(
    rf"[:：\-–—|→=,，]\s{{0,3}}[*_`]{{0,3}}[<≤＜]?\s?{ABOUT}\s{{0,2}}{NUMBER}[*_`]{{0,3}}"
    r"\s?[(（\[][^()（）\[\]\n]{1,120}[)）\]]\s{0,5}\Z",
    re.IGNORECASE,
)
_BEHIND_REMARK = regex(
    rf"\s?[,;:，；：—–-][*_]{{0,3}}\s?{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}\s?(?=[\])）]\s{{0,5}}\Z)",
    re.IGNORECASE,
)
_OPENING_BRACKET = regex(r"[(（\[][^()（）\[\]\d]{1,60}\Z")
_ALONE = regex(
    rf"[\s>#]{{0,8}}[*_`]{{0,3}}(?:[(（\[【]\s?|[-–—→=:：]{{1,2}}>?\s{{1,3}})?[*_`]{{0,3}}{ABOUT}\s{{0,2}}{NUMBER}"
    r"\s{0,3}[)）\]】]?[*_`]{0,3}\s{0,5}\Z",
    re.IGNORECASE,
)
_AMID = regex(rf"[\[(（【]\s?{ABOUT}\s{{0,2}}{NUMBER}\s{{0,2}}[\])）】]", re.IGNORECASE)
_DASHED = regex(
    rf"\s[\-–—]\s(?P<set>{DECORATION}){ABOUT}\s{{0,2}}{NUMBER}(?P=set)(?=\s?[*_]{{0,2}}[:：])", re.IGNORECASE
)
_SIGNED = frozenset("+-−–")
_HUNDREDTH = regex(
    r"(?<=\S)(?:\s{0,3}[*_`]{0,3}(?:[:：=|→]|\s[-–—]{1,2}\s|\.{3,8})[*_`]{0,3}\s{0,3}[*_`]{0,3}(?P<number>\d{1,3}(?:\.\d{1,2})?)[*_`]{0,3}"
    r"|\s{1,2}[(\[](?P<bracketed>\d{1,3})[)\]]|\s{1,20}(?P<percent>\d{1,3}(?:[.,]\d{1,2})?)\s?[%％])\s{0,5}\Z"
)
_ENDS_HUNDREDTH = regex(r"\d[\s*_`)\]%％]*+\Z")
_MOST_OF_HUNDREDTH = 40
_SHORT_MATHS = regex(r"\$(?=([^$\n]{1,24})\$)[^$]+\$|\\\((?=([^\\\n]{1,24}(?:\\%)?\s?)\\\))[^\\]+(?:\\%)?\s?\\\)")
_CLOSES_LINE = regex(  # what may stand behind the last digit of a line
    rf"\d[⁻⁰¹²³⁴-⁹)}}]{{0,8}}(?:\s{{0,2}}\\?(?:{PERCENT})|\s{{0,2}}‰)?{BEHIND}"
    rf"(?:\s{{0,2}}[(（\[]\s?{LEVEL})?\s{{0,3}}[\])）】}}`]?[*_`]{{0,3}}[.,;:：!]?[*_`]{{0,3}}\s{{0,5}}\Z",
    re.IGNORECASE,
)
_CLOSES_HEAD = regex(r"[\])）】}`]\s?[*_`]{0,3}\s{0,2}[:：\-–—*]")
_CLOSING_BRACKETS = ")）]"
_BEHIND_A_LETTER = frozenset(".)）]")
_REACH_OF_HEAD = 160
_REACH_OF_END = 200
_SHORT_REACH = 60


def _is_any(_: str) -> bool:
    return True


def _ends_with_number(line: str) -> bool:
    return _CLOSES_LINE.search(line, max(0, len(line) - _REACH_OF_END)) is not None


def _ends_with_bracket(line: str) -> bool:
    return line[-1:] in _CLOSING_BRACKETS


def _has_head(line: str) -> bool:
    return _CLOSES_HEAD.search(line, 0, _REACH_OF_HEAD) is not None


def _begins_with_letter(line: str) -> bool:
    return not _BEHIND_A_LETTER.isdisjoint(line[1:3])


class _Place(NamedTuple):
    """Where in a line a number may stand.

    Attributes:
        pattern: What it looks like there.
        is_likely: Tells in no time that most lines have none there.
        last: How many characters of the line's end are looked at; none of them in its head, or at its start.
        starts: Whether it begins the line.
    """

    pattern: re.Pattern[str]
    is_likely: Callable[[str], bool] = _is_any
    last: int = 0
    starts: bool = False

    def find(self, line: str, stripped: str) -> re.Match[str] | None:
        if self.starts:
            return self.pattern.match(line)
        if self.last:
            return self.pattern.search(stripped, max(0, len(stripped) - self.last))
        return self.pattern.search(stripped, 0, _REACH_OF_HEAD)


_PLACES = (
    _Place(_TRAILING, _ends_with_number, _SHORT_REACH),
    _Place(_TRAILING_BRACKETS, _ends_with_number, _SHORT_REACH),
    _Place(_WITH_REMARK, _ends_with_bracket, _REACH_OF_END),
    _Place(_BEFORE_REMARK, _ends_with_bracket, _REACH_OF_END),
    _Place(_BEHIND_REMARK, _ends_with_number, _SHORT_REACH),
    _Place(_LEADING, starts=True),
    _Place(_LEADING_BOLD, starts=True),
    _Place(_LEADING_BRACKETS, starts=True),
    _Place(_HEADED, _has_head),
    _Place(_DASHED),
    _Place(_SAID_TO_BE, _ends_with_number, _REACH_OF_END),
    _Place(_BEFORE_MORE),
    _Place(_BEHIND_LETTER, _begins_with_letter),
)


def unlabelled(line: str) -> Mark | None:
    """A number at either end of a list item, recognised by its place alone: "Paris (45%)", "0.45 – Paris"."""
    return _known(line) if len(line) <= SHORT else _unlabelled(line)


def _unlabelled(line: str) -> Mark | None:
    line = plain_digits(line)
    if "$" in line or "\\(" in line:
        line = _SHORT_MATHS.sub(_without_maths, line)
    if not _DIGIT.search(line) and not _DIGIT.search(line := with_digits(line)):
        return None
    return beside_bars(with_spread(line), _mark_at_edge)


def _mark_at_edge(line: str) -> Mark | None:
    """A number at either end of a line of plain signs."""
    stripped = line.rstrip()
    likely: dict[Callable[[str], bool], bool] = {}  # several places ask the same
    for place in _PLACES:
        if place.is_likely not in likely:
            likely[place.is_likely] = place.is_likely(stripped)
        if not likely[place.is_likely]:
            continue
        pattern, match = place.pattern, place.find(line, stripped)
        while match is not None:
            number = number_in_spread(match)
            begin = match.start("number")
            signs = stripped[begin - 1 : begin + 1]
            signed = pattern is _TRAILING and match["upper"] and not _SIGNED.isdisjoint(signs)  # a change, no range
            if (
                number.stated is not None
                and not signed
                and (number.unit is not Unit.BARE or _may_be_share(match, number.stated))
            ):
                start, end = match.span()
                if pattern is _BEHIND_REMARK and not _OPENING_BRACKET.search(stripped, max(0, start - 62), start):
                    break
                return Mark(number, start, len(line) if end == len(stripped) else end)
            # What is no share may have taken the share for its upper bound ("at 3:30 - 0.4").
            match = pattern.search(stripped, match.start() + 1) if pattern is _TRAILING else None
    return None


def hundredth(line: str) -> Mark | None:
    """A number up to 100 that closes a line behind a colon, in brackets, or with its percent sign: "2 or 3: 35"."""
    return beside_bars(plain_digits(line), _closing_hundredth) if _DIGIT.search(line) else None


def _closing_hundredth(line: str) -> Mark | None:
    begin = max(0, len(line) - _MOST_OF_HUNDREDTH)
    match = _HUNDREDTH.search(line, begin) if _ENDS_HUNDREDTH.search(line, begin) else None
    if match is None:
        return None
    stated = float((match["number"] or match["bracketed"] or match["percent"]).replace(",", "."))
    unit = Unit.PERCENT if match["percent"] else Unit.BARE
    return Mark(Number(stated, unit), *match.span()) if is_percentage(stated) else None


def amid(line: str) -> Mark | None:
    """The only number in brackets in a line, though words follow it: "Rain (0.5) as ever"."""
    found = [*islice(_AMID.finditer(plain_digits(line)), 2)]
    if len(found) != 1:
        return None
    number = number_of(found[0])
    share = number.stated is not None and (number.unit is not Unit.BARE or _may_be_share(found[0], number.stated))
    return Mark(number, *found[0].span()) if share else None


def alone(line: str) -> Mark | None:
    """A number that is all of a line: it ends or begins a text of several lines."""
    match = _ALONE.match(plain_digits(line)) if len(line) <= SHORT else None
    if match is None:
        return None
    number = number_of(match)
    share = number.stated is not None and (number.unit is not Unit.BARE or _may_be_share(match, number.stated))
    return Mark(number, 0, len(line)) if share else None


_known = lru_cache(maxsize=1024)(_unlabelled)


def _without_maths(match: re.Match[str]) -> str:
    """Maths as plain text, in its place."""
    inner = match[1] or match[2]
    return (inner or "").center(len(match[0]))


def _may_be_share(match: re.Match[str], stated: float) -> bool:
    """Whether a bare number can be one of several shares; a whole one is a count or a year."""
    return is_share(stated) and not match["number"].isdigit()
