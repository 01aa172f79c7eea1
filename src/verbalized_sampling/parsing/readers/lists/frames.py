"""What stands around the numbers of a list: a row that lacks its number is known by what is left of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from ....patterns import regex
from ...language.words import pattern_of
from ...numbers.marks import Mark
from ...numbers.missing import MISSING
from ...numbers.number import MISSING_NUMBER
from ...page.items import Item
from ...page.lines import Line
from ...page.outline import Outline

__all__ = ["Frames", "frames_in", "frames_of"]

_LOOKED_AT = 12  # rows that show how the list writes its numbers
_MOST_FRAMES = 4  # ways in which it does
_LONGEST_AROUND = 80  # characters before or behind a number; more are a text
_WRITTEN_NUMBER = regex(r"\d[\d.,/:]{0,12}")
_AROUND_NUMBER = " \t:：-–—=→≈~|,;，；(（[【*_`\"'"
_PERCENT = regex(rf"\s{{0,2}}\\?(?:[%％٪]|{pattern_of('percent')})", re.IGNORECASE)
_TOKEN = regex(
    r"(?P<bar>[#=*\u2580-\u259f\u25a0-\u25b1\u2b1b\u2b1c][#=*.>\- \u2580-\u259f\u25a0-\u25b1]{1,60})|\s+|\d+|."
)
_REMARK = regex(r"\([^()\n]{1,40}\)")  # "0.7 (high)": each row says another word
_ANY_BAR = "[#=*\u2580-\u259f\u25a0-\u25b1\u2b1b\u2b1c][#=*.>\\- \u2580-\u259f\u25a0-\u25b1\u2b1b\u2b1c]{0,60}"
_IN_QUOTES = r"[\"“«„][^\"“”«»„\n]{1,400}[\"”»“]\s*\Z"
_QUOTED_TEXT = regex(_IN_QUOTES)
_SURE = regex(r"[^\W\d_]|[()（）\[\]【】{}<>\"]")
_ENDS = r"\s{0,9}[.,;。，；]?[*_`\"]{0,3}\s{0,9}\Z"


class Frames:
    """The ways in which the rows of a list write their numbers."""

    __slots__ = ("_patterns",)

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(map(_compiled, patterns))

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def are_in(self, line: Line) -> bool:
        """Whether a line is written as the others are, but for its number."""
        return any(pattern.search(line.text) for pattern in self._patterns)

    def missing_in(self, line: Line) -> Mark | None:
        """What is left of the statement of a number in a line that is written as the others are."""
        found = next(filter(None, (pattern.search(line.text) for pattern in self._patterns)), None)
        return Mark(MISSING_NUMBER, *found.span("left")) if found and found.start("left") >= line.body else None


def frames_of(stated: Iterable[tuple[Line, Mark]]) -> Frames:
    """How the first rows write their numbers."""
    count = Counter(frame for line, mark in islice(stated, _LOOKED_AT) if (frame := _frame(line, mark)) is not None)
    return Frames(frame for frame, _ in count.most_common(_MOST_FRAMES))


def frames_in(outline: Outline, items: Iterable[Item]) -> Frames:
    """How the first items of a list write their numbers, unless these stand apart from them."""
    places, marks = outline.places, outline.marks
    marked = (item for item in items if item.marks and item.first <= places[item.low] < item.last)
    return frames_of((outline.lines[places[item.low]], marks[item.low]) for item in marked)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _frame(line: Line, mark: Mark) -> str | None:
    """The pattern of a row that is written like this one without its number; None if nothing shows that."""
    written = _WRITTEN_NUMBER.search(line.text, mark.start, mark.end)
    for other in _WRITTEN_NUMBER.finditer(line.text, mark.start, mark.end):
        if mark.number.stated is not None and _stated(other[0]) == mark.number.stated:
            written = other
    if written is None:
        return None
    start = mark.start
    while start and line.text[start - 1] in _AROUND_NUMBER:
        start -= 1
    before, after = line.text[start : written.start()], line.text[written.end() : mark.end]
    if percent := _PERCENT.match(after):
        after = after[percent.end() :]
    if len(before) > _LONGEST_AROUND or len(after) > _LONGEST_AROUND:
        return None
    closes = not line.text[mark.end :].strip(" \t.,;*_`")
    opening, closing = _pattern(before.strip(" \t*_")), _pattern(_REMARK.sub("()", after).strip(" \t*_"))
    if not (opening or closing) and _QUOTED_TEXT.match(line.text, mark.end):
        return rf"\A[\s>]{{0,9}}(?P<left>(?:{MISSING})?\s{{0,9}})(?={_IN_QUOTES})"
    if not opening:
        # (A dash at the beginning of a line may be a bullet.)
        begins = r"[\s>*_]{0,9}" if closing.startswith((_ANY_BAR, ":", "：")) else r"[\s>*_]{1,9}"
        gap = rf"(?:{begins}|[\s>*_]{{0,9}}{MISSING}\s{{0,3}})[%％]?[*_\s]{{0,4}}"
        return rf"\A(?P<left>{gap}{closing})" if closing else None
    gap = rf"[*_]{{0,3}}\s{{0,9}}(?:{MISSING}\s{{0,3}})?[%％]?\s{{0,20}}"
    # A line may end with any sign; then only blanks behind it, or what stands there instead, show what is missing.
    if not _SURE.search(before) and not closing and _ANY_BAR not in opening:
        gap = rf"[*_]{{0,3}}(?:\s{{0,9}}{MISSING}\s{{0,3}}|\s{{1,20}}(?=\Z))[%％]?"
    begins = r"\A[\s>#*_\-•–—]{0,12}" if not any(map(str.isalnum, line.text[:start])) else ""
    return rf"{begins}(?P<left>{opening}{gap}{closing}{_ENDS if closes else ''})"


def _stated(written: str) -> float | None:
    try:
        return float(written.strip(".,/:").replace(",", "."))
    except ValueError:
        return None


def _pattern(written: str) -> str:
    parts: list[str] = []
    for token in _TOKEN.finditer(written):
        if token["bar"]:
            parts.append(_ANY_BAR)
        elif token[0].isspace():
            parts.append(r"\s{0,20}")
        else:
            parts.append(r"\d{1,6}" if token[0].isdigit() else re.escape(token[0]))
    return "".join(parts).replace(r"\(\)", r"\([^()\n]{0,40}\)")
