"""Where the items of a list end: before a closing remark, a title, or what only the last of them would have."""

from __future__ import annotations

import re

from .items import Item, has_text
from .lines import Line, is_fence, is_rule
from .openers import NO_HEADING
from .outline import Outline
from .remarks import closes, is_remark, is_sure_remark

__all__ = ["cut_last", "cut_tails", "ends", "paragraphs"]

_HEAD = 12  # characters in which two closing remarks are compared
_TITLE = re.compile(r"[ \t]{0,8}(\*\*|__)[^*_]{1,60}\1:?[ \t]{0,8}\Z")


def ends(line: Line, item: Item) -> bool:
    """Whether a line is a heading that can't belong to an item any more."""
    if line.openers and line.openers[0].rank < NO_HEADING and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return False


def cut_tails(outline: Outline, items: list[Item]) -> None:
    """Takes closing remarks and the titles of groups off, unless the items have them throughout."""
    marked = [item for item in items if item.marks]
    if not marked:
        return
    *others, last = marked
    closing = _closing(outline, last)
    if closing and outline.lines[closing].text[:_HEAD] not in _heads(outline, others):
        _cut_tail(outline, last, closing)
    titled = [item for item in others if _is_titled(outline, item)]
    if 2 * len(titled) < len(marked):
        for item in titled:
            item.last = _last_line(outline.lines, item)


def _closing(outline: Outline, item: Item) -> int:
    """The line after an item's number that begins a closing remark, or 0."""
    lines = outline.lines
    after = range(outline.places[item.low] + 1, item.last)
    return next((i for i in after if _is_set_off(lines, i) and closes(lines[i].text)), 0)


def _is_set_off(lines: list[Line], i: int) -> bool:
    return lines[i - 1].blank or is_rule(lines[i - 1].text)


def _heads(outline: Outline, items: list[Item]) -> set[str]:
    """How the closing remarks of items begin."""
    return {outline.lines[i].text[:_HEAD] for item in items if (i := _closing(outline, item))}


def _cut_tail(outline: Outline, item: Item, closing: int) -> None:
    last, high = item.last, item.high
    item.last, item.high = closing, min(high, outline.span(item.first, closing)[1])
    if not has_text(outline, item):  # it was the answer after all
        item.last, item.high = last, high


def _is_titled(outline: Outline, item: Item) -> bool:
    """Whether an item ends with a line in bold that is set off from it: the title of the group that follows."""
    lines = outline.lines
    i = _last_line(lines, item)
    return i > outline.places[item.high - 1] and lines[i - 1].blank and _TITLE.match(lines[i].text) is not None


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
        longest = max((len(paragraphs(lines, item)) for item in others), default=0)
        flat = bool(others) and all(_last_line(lines, item) == item.first for item in others)
        rule = None
        if not any(_is_ruled(lines, item) for item in others):
            rule = next((i for i in range(number + 1, last.last) if is_rule(lines[i].text)), None)
        begun = paragraphs(lines, last)
        told = len(begun)  # paragraphs before the last that are remarks to the end
        while told and is_remark(lines[begun[told - 1]].text):
            told -= 1
        for count, i in enumerate(begun, 1):
            after_rule = rule is not None and rule < i
            further = count > longest and (flat or count > told)
            if i > number and (after_rule or further or (count > 1 and is_sure_remark(lines[i].text))):
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


def paragraphs(lines: list[Line], item: Item) -> list[int]:
    """Where the paragraphs of an item begin."""
    return [
        i
        for i in range(item.first, item.last)
        if not (lines[i].blank or is_rule(lines[i].text)) and (i == item.first or _is_set_off(lines, i))
    ]
