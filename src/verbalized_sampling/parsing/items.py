"""Cutting lines into list items: of all ways, the one in which most items carry exactly one number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .lines import Line, is_fence, is_rule
from .number import Number
from .openers import Opener
from .outline import UNMARKED, Outline
from .remarks import closes, is_remark

__all__ = ["Cut", "Item", "best_cut", "ends"]

_MOST_KINDS = 12  # each costs a walk over its items
_ORDINAL = re.compile(r"\d{1,3}")
_TITLE = re.compile(r"[ \t]{0,8}(\*\*|__)[^*_]{1,60}\1:?[ \t]{0,8}\Z")
_MOST_MARKS = 8  # in one item; more can't be one statement repeated

@dataclass(slots=True)
class Item:
    """Some lines that may be a candidate, and which of the outline's marks stand in them."""

    first: int  # index of its first line
    last: int  # index after its last line
    opener: Opener
    low: int  # index of its first mark
    high: int  # index after its last mark

    @property
    def marks(self) -> int:
        return self.high - self.low


class Cut(NamedTuple):
    """A way to cut a reply into items.

    Attributes:
        score: How well it explains the marks: at most their number.
        items: In order.
    """

    score: float
    items: list[Item]


def best_cut(outline: Outline, least: int = 1) -> Cut | None:
    """The best of all ways to cut, if one gives at least so many items with one number each."""
    marked = len(set(outline.places))
    best: Cut | None = None
    for kind in [*outline.kinds()[:_MOST_KINDS], *UNMARKED]:
        if best is not None and (best.score >= marked or (kind == UNMARKED[0] and best.score * 3 >= marked)):
            break  # nothing can be better; without any marker only where the marked lists don't explain the numbers
        if best is not None and kind not in UNMARKED and len(outline.starts[kind]) <= best.score:
            continue
        items = _cut_after(outline) if kind == "after" else _cut(outline, kind)
        if sum(1 for item in items if item.marks == 1) >= (max(2, least) if kind in UNMARKED else least):
            score = _score(outline, items, marked)
            if score > (best.score if best else 0.0):
                best = Cut(score, items)
    return best


def _score(outline: Outline, items: list[Item], marked: int) -> float:
    """How many items hold one number and a text, less what the items leave unexplained."""
    places = outline.places
    text = crowded = covered = unmarked = since = 0
    for item in items:
        if item.marks == 1:
            text += _has_text(outline, item)
            covered += 1
        elif item.marks:
            crowded += 1
            covered += len(set(places[item.low : item.high]))
        else:
            since += covered > 0
            continue
        unmarked, since = unmarked + since, 0
    if unmarked and _counts_up(outline, items):
        unmarked = 0  # one of a numbered list may lack its number
    before = len(set(places[: bisect_left(places, items[0].first)]))
    return text - 1.5 * crowded - 0.9 * before - 0.1 * (marked - covered) - 0.2 * unmarked


def _counts_up(outline: Outline, items: list[Item]) -> bool:
    """Whether items are numbered one after the other; steps within candidates begin anew in each."""
    ordinals = [_ORDINAL.search(outline.lines[item.first].text, 0, item.opener.body) for item in items]
    numbers = [int(match[0]) for match in ordinals if match]
    return len(numbers) == len(items) and all(b == a + 1 for a, b in pairwise(numbers))


def _has_text(outline: Outline, item: Item) -> bool:
    at, mark = outline.places[item.low], outline.marks[item.low]
    for i in range(item.first, item.last):
        line = outline.lines[i].text
        if i == at:
            line = line[: mark.start] + line[mark.end :]
        if i == item.first:
            line = line[min(item.opener.body, len(line)) :]
        if any(map(str.isalnum, line)):
            return True
    return False


def _cut(outline: Outline, kind: str) -> list[Item]:
    """Cuts the lines into items of one kind; each is cut off where something greater begins."""
    lines, breaks = outline.lines, outline.breaks
    opened = outline.opened(kind)
    followed = [i + 1 for i in opened] if kind == "line" else [*opened[1:], len(lines)]
    items: list[Item] = []
    for first, last in zip(opened, followed, strict=False):
        item = Item(first, last, outline.opener(first, kind), *outline.span(first, last))
        if last - first > 1:
            for at in breaks[bisect_right(breaks, first) : bisect_left(breaks, last)] if breaks else ():
                item.high = outline.span(first, at)[1]
                if ends(lines[at], item):
                    item.last = at
                    break
            item.high = outline.span(first, item.last)[1]
        if item.high - item.low > 1:
            _deduplicate(outline, item)
        if item.marks and last - first > 1:
            _cut_tail(outline, item)
            _cut_title(outline, item)
        items.append(item)
    for run in _runs(outline, items):
        _cut_last(outline, run)
    return items


def _runs(outline: Outline, items: list[Item]) -> list[list[Item]]:
    """Items that are counted on, one run for each time the count begins anew."""
    runs: list[list[Item]] = [[]]
    last = 0
    for item in items:
        ordinal = _ORDINAL.search(outline.lines[item.first].text, 0, item.opener.body)
        number = int(ordinal[0]) if ordinal else 0
        if number == 1 and last > 1:
            runs.append([])
        runs[-1].append(item)
        last = number
    return runs


def _cut_after(outline: Outline) -> list[Item]:
    """Items that end with a line that is nothing but their number."""
    lines = outline.lines
    items: list[Item] = []
    first = 0
    opener = Opener("after", 7, 0)
    for i in outline.opened("mark"):
        low = outline.span(i, i + 1)[0]
        items.append(Item(first, i + 1, opener, low, low + 1))
        first = i + 1
    if len(items) > 1:  # what stands before the first one may be an introduction
        most = max(_paragraphs(lines, item.first, item.last) for item in items[1:])
        at, count = items[0].last - 1, 0
        while at >= 0:
            if not lines[at].blank and (at == 0 or lines[at - 1].blank):
                count += 1
                if count == most:
                    items[0].first = at
                    break
            at -= 1
    return items


def ends(line: Line, item: Item) -> bool:
    """Whether a line is a heading that can't belong to an item any more."""
    if line.openers and line.openers[0].rank < 7 and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return False


def _deduplicate(outline: Outline, item: Item) -> None:
    """The same number stated twice in an item is one statement."""
    if item.marks <= _MOST_MARKS:
        one, *others = (mark.number for mark in outline.marks[item.low : item.high])
        if all(_same(other, one) for other in others):
            item.high = item.low + 1


def _same(one: Number, other: Number) -> bool:
    if one.stated is None or other.stated is None:
        return one == other
    return (
        abs(one.stated - other.stated) < 1e-9
        or abs(one.stated * 100 - other.stated) < 0.6
        or abs(one.stated - other.stated * 100) < 0.6
    )


def _cut_tail(outline: Outline, item: Item) -> None:
    """Ends an item before a closing remark after its number."""
    lines = outline.lines
    for i in range(outline.places[item.low] + 1, item.last):
        if lines[i - 1].blank and closes(lines[i].text):
            last, high = item.last, item.high
            item.last, item.high = i, min(high, outline.span(item.first, i)[1])
            if not _has_text(outline, item):  # it was the answer after all
                item.last, item.high = last, high
            return


def _cut_title(outline: Outline, item: Item) -> None:
    """Ends an item before a line in bold that is set off from it: the title of the group that follows."""
    lines = outline.lines
    i = _last_line(lines, item)
    if item.last < len(lines) and i > outline.places[item.high - 1] and lines[i - 1].blank and _TITLE.match(lines[i].text):
        item.last = i


def _cut_last(outline: Outline, items: list[Item]) -> None:
    """Ends the last item where the reply goes on to speak of something else, as the items before it show."""
    lines, places = outline.lines, outline.places
    marked = [item for item in items if item.marks]
    if not marked:
        return
    *others, last = marked
    number = places[last.low]
    if others and all(_last_line(lines, item) == places[item.high - 1] for item in others):
        last.last = number + 1
    else:
        longest = max((_paragraphs(lines, item.first, item.last) for item in others), default=0)
        flat = bool(others) and all(_last_line(lines, item) == item.first for item in others)
        ruled = any(_is_ruled(lines, item) for item in others)
        count, ruled_off = 0, False
        for i in range(last.first, last.last):
            if is_rule(lines[i].text):
                ruled_off = not ruled and i > number
            elif not lines[i].blank and (i == last.first or lines[i - 1].blank or is_rule(lines[i - 1].text)):
                count += 1
                if i > number and (ruled_off or (count > longest and (flat or is_remark(lines[i].text)))):
                    last.last = i
                    break
    last.high = min(last.high, outline.span(last.first, last.last)[1])


def _is_ruled(lines: list[Line], item: Item) -> bool:
    """Whether a rule stands within an item's text, as between the scenes of a story."""
    return any(is_rule(lines[i].text) for i in range(item.first, _last_line(lines, item)))


def _last_line(lines: list[Line], item: Item) -> int:
    i = item.last - 1
    while i > item.first and (lines[i].blank or is_rule(lines[i].text) or is_fence(lines[i].text)):
        i -= 1
    return i


def _paragraphs(lines: list[Line], first: int, last: int) -> int:
    return sum(1 for i in range(first, last) if not lines[i].blank and (i == first or lines[i - 1].blank))
