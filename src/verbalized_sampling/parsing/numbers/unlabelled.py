"""Marks of numbers in prose, and unlabelled numbers, recognised by their place alone: "Paris (45%)"."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from ...patterns import regex
from ..language import names
from .amounts import is_percentage, is_share
from .hedges import ABOUT, BEHIND, IN_WORDS, LEVEL, SAYING, with_spread
from .number import NUMBER, SPREAD, Number, Unit, number_in_spread, number_of, plain_digits
from .spelt import with_digits

__all__ = ["SHORT", "Mark", "alone", "amid", "hundredth", "unlabelled", "with_brackets"]


SHORT = 40  # characters of a line worth remembering: labels, rules, numbers are written again and again


class Mark(NamedTuple):
    """A marked number and the characters it takes up, brackets and decoration included."""

    number: Number
    start: int
    end: int
    label: str = ""


_MOST_BRACKETS = 6
_DIGIT = regex(r"\d")
_RESTATED = regex(r"\s{0,2}[(（\[]\s?[≈~<≤]?\s?\d{0,3}(?:[.,]\d{1,6})?\s?[%％]?\s?[)）\]]")
_FURTHER_AMID = regex(r"\s?[,;|/·][^()（）\[\]【】\n]{1,60}")
_SAID_TO_BE = regex(
    rf"{SAYING}{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{BEHIND}[*_`]{{0,3}}[.!]?[*_`]{{0,3}}\s{{0,5}}\Z", re.IGNORECASE
)
# Between what has the number and what is said of it: "Aurora: 0.25 – evokes dawn".
_BEFORE_MORE = regex(
    rf"(?<=[^\s\d])(?:[:：]|\s[-–—|:])[*_`]{{0,3}}\s{{1,2}}[*_`]{{0,3}}{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}[*_`]{{0,3}}"
    r"(?=\s{1,2}[-–—|:]\s{1,2}[*_`\"“]{0,3}[^\W\d]|[,;，；]\s?[^\W\d])",
    re.IGNORECASE,
)
_HEADED = regex(
    rf"[*_`]{{0,3}}\s?[\[(（【{{`]\s?{IN_WORDS}{ABOUT}\s{{0,2}}{NUMBER}\s{{0,2}}[\])）】}}`]\s?[*_`]{{0,3}}(?=\s{{0,2}}[:：\-–—*])",
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
    rf"(?:[:：\-–—|→⇒➜➔➞⟶⇨=,;；…\tـ]|(?<!\d)[·•](?=\s)|(?<=[^\s\d]\s)/(?=\s)|\.{{3,}}+|\s\.\.(?=\s)|(?<=\w)\s{{2,20}}(?=\S)"
    rf"|(?<=\A[A-Za-z])[.)](?=\s)|(?<=\A[(（\[][A-Za-z][)）\]])\s)\s{{0,3}}{_SIGN}[*_`]{{0,3}}[<≤＜]?\s?{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{BEHIND}"
    rf"(?:\s{{0,2}}[(（\[]\s?(?:\d{{1,3}}(?:[.,]\d{{1,6}})?\s?[%％]|{LEVEL})\s?[)）\]])?"
    r"[*_`]{0,3}[.,;:：]?[*_`]{0,3}\s{0,5}\Z",
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
# A bar that draws the number which stands beside it: "█████", "[====    ]", "| ### |".
_DRAWN = "\u2580-\u259f\u25a0\u25a1\u25aa-\u25b1\u2b1b\u2b1c\U0001f7e5-\U0001f7eb"
_DRAWN_BAR = regex(
    rf"`?(?:[{_DRAWN}]{{1,60}}+(?:[ ]?[{_DRAWN}]){{0,60}}+"
    rf"|[\[|(] {{0,3}}([#=*]|[{_DRAWN}])\1{{0,60}}+[>.\-_ {_DRAWN}]{{0,60}}+"
    r"[\])|]|([#=*])\2{3,60}+)`?(?P<last>\s*\Z)?"
)
_NUMBER_BEFORE = regex(r"[\d%％)\]][ \t]{0,3}\Z")
_BAR_SIGN = regex(rf"[{_DRAWN}]|[\[|(] {{0,3}}[#=*]|([#=*])\1{{3}}")
_AMID = regex(rf"[\[(（【]\s?{ABOUT}\s{{0,2}}{NUMBER}\s{{0,2}}[\])）】]", re.IGNORECASE)
_DASHED = regex(rf"\s[\-–—]\s{ABOUT}\s{{0,2}}{NUMBER}(?=\s?[*_]{{0,2}}[:：])", re.IGNORECASE)
_SIGNED = frozenset("+-−–")
_HUNDREDTH = regex(
    r"(?<=\S)(?:\s{0,3}[*_`]{0,3}(?:[:：=|→]|\s[-–—]{1,2}\s|\.{3,8})[*_`]{0,3}\s{0,3}[*_`]{0,3}(?P<number>\d{1,3}(?:\.\d{1,2})?)[*_`]{0,3}"
    r"|\s{1,2}[(\[](?P<bracketed>\d{1,3})[)\]]|\s{1,20}(?P<percent>\d{1,3}(?:[.,]\d{1,2})?)\s?[%％])\s{0,5}\Z"
)
_MOST_OF_HUNDREDTH = 40
_CLOSES_BRACKET = regex(r"[\s*_]{0,3}[)）\]】]")
_WORDS_IN_BRACKET = regex(
    r"[(（\[【]\s?(?P<words>[*_]{0,3}(?:[^\W\d]++['’-]?){1,6}+(?:[ ](?:[^\W\d]++['’-]?){1,6}+){0,3}[ ])\Z"
)
_A_FURTHER = r"[^\W\d][\w -]{0,30}(?:\s?[:=]\s?|\s(?=[01]?\.\d|\d{1,3}\s?[%％]))[~≈-]?\d{1,6}(?:\.\d{1,6})?\s?[%％]?"
_FURTHER_BEHIND = regex(
    r"[*_]{0,2}\s?[,;|]\s?[*_]{0,2}(?P<word>[^\W\d][\w -]{0,30}?)[*_]{0,2}\s?[:=][*_]{0,2}\s?"
    rf"[~≈-]?\d{{1,6}}(?:\.\d{{1,6}})?\s?[%％]?(?:\s?[,;|]\s?{_A_FURTHER}){{0,9}}(?=\s*\Z)"
)
_FURTHER_BEFORE = regex(rf"[(（\[]\s?(?P<numbers>(?:{_A_FURTHER}\s?[,;|/·]\s?)+)\Z")
_CLOSES_MATHS = regex(r"\s{0,2}\\\)")
_SHORT_MATHS = regex(r"\$(?=([^$\n]{1,24})\$)[^$]+\$|\\\((?=([^\\\n]{1,24}(?:\\%)?\s?)\\\))[^\\]+(?:\\%)?\s?\\\)")
_PLACES = (
    _TRAILING,
    _TRAILING_BRACKETS,
    _WITH_REMARK,
    _BEFORE_REMARK,
    _BEHIND_REMARK,
    _LEADING,
    _LEADING_BOLD,
    _LEADING_BRACKETS,
    _HEADED,
    _DASHED,
    _SAID_TO_BE,
    _BEFORE_MORE,
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
    return _beside_bars(with_spread(line), _mark_at_edge)


def _beside_bars(line: str, find: Callable[[str], Mark | None]) -> Mark | None:
    """What is found in a line without the bars that draw its number; they go with it."""
    plain = _DRAWN_BAR.sub(_without_bar, line) if _BAR_SIGN.search(line) else line
    mark = find(plain if plain == line else plain.rstrip())
    if mark is None or plain == line:
        return mark
    start, end = len(plain[: mark.start].rstrip()), len(plain) - len(plain[mark.end :].lstrip())
    return mark._replace(start=start, end=end)


def _mark_at_edge(line: str) -> Mark | None:
    """A number at either end of a line of plain signs."""
    stripped = line.rstrip()
    for pattern in _PLACES:
        if pattern in (_LEADING, _LEADING_BOLD, _LEADING_BRACKETS):
            match = pattern.match(line)
        elif pattern in (_HEADED, _DASHED, _BEFORE_MORE):
            match = pattern.search(stripped, 0, 160)
        else:
            match = pattern.search(
                stripped,
                max(0, len(stripped) - (200 if pattern in (_WITH_REMARK, _BEFORE_REMARK, _SAID_TO_BE) else 60)),
            )
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
    return _beside_bars(plain_digits(line), _closing_hundredth)


def _closing_hundredth(line: str) -> Mark | None:
    match = _HUNDREDTH.search(line, max(0, len(line) - _MOST_OF_HUNDREDTH))
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


def _without_bar(match: re.Match[str]) -> str:
    """Blanks for a bar; one that parts a text from its number leaves a sign of that."""
    blanks = " " * (len(match[0]) - 1)
    if match["last"] is not None:
        return blanks + " "
    return (
        "|" + blanks if _NUMBER_BEFORE.search(match.string, max(0, match.start() - 4), match.start()) else blanks + "|"
    )


def _may_be_share(match: re.Match[str], stated: float) -> bool:
    """Whether a bare number can be one of several shares; a whole one is a count or a year."""
    return is_share(stated) and not match["number"].isdigit()


def with_brackets(line: str, start: int, end: int) -> tuple[int, int]:
    """Takes the brackets and the decoration around a mark into it, and what repeats it ("0.333 (33.3%)")."""
    if start == 0 and end == len(line):
        return start, end
    if (behind := _FURTHER_BEHIND.match(line, end)) and not names.is_probability(behind["word"]):
        end = behind.end()  # "Probability: 0.1, novelty: 0.9"
    if _CLOSES_BRACKET.match(line, end) and (ahead := _FURTHER_BEFORE.search(line, max(0, start - SHORT), start)):
        start = ahead.start("numbers")  # "(raw: 1.2, probability: 0.6)"
    if aside := _RESTATED.match(line, end):
        end = aside.end()
    if _CLOSES_BRACKET.match(line, end) and (words := _WORDS_IN_BRACKET.search(line, max(0, start - SHORT), start)):
        start = words.start("words")  # "(there is a 60% chance)"
    if (maths := _CLOSES_MATHS.match(line, end)) and line[max(0, start - 4) : start].rstrip().endswith("\\("):
        start, end = line.rindex("\\(", 0, start), maths.end()
    for _ in range(_MOST_BRACKETS):
        before, after = start, end
        while before and line[before - 1] in " \t" and start - before < _MOST_BRACKETS:
            before -= 1
        while after < len(line) and line[after] in " \t" and after - end < _MOST_BRACKETS:
            after += 1
        opened, closed = line[before - 1 : before], line[after : after + 1]
        if opened not in _PAIRED and closed not in _PAIRED and closed not in _FURTHERING:
            break
        inner = line[start:end]
        if opened and _CLOSER_OF.get(opened) == closed and not (closed in _EMPHASIS and _is_open(inner, closed, 1)):
            start, end = before - 1, after + 1
        elif closed and closed in _EMPHASIS and (run := _repeated(line, after, 1)) and _is_open(inner, closed, run):
            end = after + run
        elif (
            opened and opened in _EMPHASIS and (run := _repeated(line, before - 1, -1)) and _is_open(inner, opened, run)
        ):
            start = before - run
        elif closed in _OPENER_OF and inner.count(_OPENER_OF[closed]) > inner.count(closed):
            end = after + 1
        elif opened in _CLOSER_OF and opened not in _EMPHASIS and (further := _FURTHER_AMID.match(line, end)):
            if line[further.end() : further.end() + 1] != _CLOSER_OF[opened]:
                break
            start, end = before - 1, further.end() + 1  # (p=0.1, novelty 0.9)
        else:
            break
    return start, end


def _repeated(line: str, at: int, step: int) -> int:
    """How many times a character is repeated from a place on."""
    length = 1
    while length < 3 and 0 <= at + step * length < len(line) and line[at + step * length] == line[at]:
        length += 1
    return length


def _is_open(inner: str, markup: str, run: int) -> bool:
    """Whether decoration of this length is opened and not closed, or closed and not opened."""
    return inner.count(markup) % (2 * run) == run


_OPENER_OF = {")": "(", "]": "[", "）": "（", "】": "【", ">": "<"}
_EMPHASIS = "*_`$"
_CLOSER_OF = (
    {opened: closed for closed, opened in _OPENER_OF.items()}
    | {"{": "}", "〔": "〕"}
    | {mark: mark for mark in _EMPHASIS}
)
_PAIRED = frozenset((*_CLOSER_OF, *_CLOSER_OF.values()))
_FURTHERING = ",;|/·"
