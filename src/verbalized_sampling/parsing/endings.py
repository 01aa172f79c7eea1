"""Where the items of a list end: before a closing remark, a title, or what only the last of them would have."""

from __future__ import annotations

import re

from .items import Item, has_text
from .lines import Line, is_fence, is_rule
from .outline import Outline
from .remarks import closes, is_remark

__all__ = ["cut_last", "cut_tail", "ends", "paragraphs"]

_TITLE = re.compile(r"[ \t]{0,8}(\*\*|__)[^*_]{1,60}\1:?[ \t]{0,8}\Z")


def ends(line: Line, item: Item) -> bool:
    """Whether a line is a heading that can't belong to an item any more."""
    if line.openers and line.openers[0].rank < 7 and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return False


def cut_tail(outline: Outline, item: Item) -> None:
    """Ends an item before a closing remark after its number."""
    lines = outline.lines
    for i in range(outline.places[item.low] + 1, item.last):
        if lines[i - 1].blank and closes(lines[i].text):
            last, high = item.last, item.high
            item.last, item.high = i, min(high, outline.span(item.first, i)[1])
            if not has_text(outline, item):  # it was the answer after all
                item.last, item.high = last, high
            break
    _cut_title(outline, item)


def _cut_title(outline: Outline, item: Item) -> None:
    """Ends an item before a line in bold that is set off from it: the title of the group that follows."""
    lines = outline.lines
    i = _last_line(lines, item)
    if item.last == len(lines) or i <= outline.places[item.high - 1]:
        return
    if lines[i - 1].blank and _TITLE.match(lines[i].text):
        item.last = i


def cut_last(outline: Outline, items: list[Item]) -> None:
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
        longest = max((paragraphs(lines, item.first, item.last) for item in others), default=0)
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


def paragraphs(lines: list[Line], first: int, last: int) -> int:
    return sum(1 for i in range(first, last) if not lines[i].blank and (i == first or lines[i - 1].blank))
