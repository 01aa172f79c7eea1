"""Cutting lines into list items: of all ways, the one in which most items carry exactly one number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from .lines import Line, Opener, is_fence, is_rule
from .number import Number
from .outline import UNMARKED, Outline

__all__ = ["Item", "best_items", "closes", "ends", "has_text"]

_MOST_KINDS = 12  # each costs a walk over its items
_MOST_MARKS = 8  # in one item; more can't be one statement repeated
_CLOSING = re.compile(
    r"[\s>#*_\-–•✅📌👉⭐🏆➡️\ufe0f\d.)]{0,16}(?:my |the |our |claude's |model's |your )?(?:\w+[ ]){0,1}?"
    r"(?:final\b|selected\b|selection\b|chosen\b|choice\b|choose\b|recommend|sampled\b|winner\b|pick\b"
    r"|decision\b|conclusion\b|rationale\b|reasoning\b|explanation\b|note:|notes?\b|summary\b|total\b|sum\b"
    r"|let me know|i hope|hope |would you|feel free"
    r"|these (?:responses|options|probabilities)"
    r"|se selecciona|decisión|elección|selección|elegid|escolh|seleção|decisão|choix|auswahl|seçim"
    r"|выбор|итог|选定|选择|最终|採用|选中|推荐|选用|采用|選択|決定|選定|선택|최종|추천|결론|الاختيار|النهائي)",
    re.IGNORECASE,
)
_PHRASES = ("let me know", "hope ", "would you", "feel free", "responses", "options", "probabilities", "se selecciona")
_COLON = re.compile(r"[^\n:：]{0,40}[:：]")


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


def best_items(outline: Outline, least: int = 1) -> list[Item] | None:
    places = outline.places
    marked = len(set(places))
    best: list[Item] | None = None
    best_score = 0.0
    for kind in [*outline.kinds()[:_MOST_KINDS], *UNMARKED]:
        if best_score >= marked or (kind == UNMARKED[0] and best is not None and best_score * 3 >= marked):
            break  # nothing can be better; without any marker only where the marked lists don't explain the numbers
        if kind not in UNMARKED and len(outline.starts[kind]) <= best_score:
            continue
        items = _cut_after(outline) if kind == "after" else _cut(outline, kind)
        good = [item for item in items if item.high - item.low == 1]
        if len(good) < (max(2, least) if kind in UNMARKED else least) or len(good) <= best_score:
            continue
        crowded = [item for item in items if item.high - item.low > 1]
        text = sum(1 for item in good if has_text(outline, item))
        covered = len(good) + sum(len(set(places[item.low : item.high])) for item in crowded)
        before = len(set(places[: bisect_left(places, items[0].first)]))
        score = text - 1.5 * len(crowded) - 0.9 * before - 0.1 * (marked - covered)
        if score > best_score:
            best, best_score = items, score
    return best


def has_text(outline: Outline, item: Item) -> bool:
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
        items.append(item)
    _cut_last(outline, items)
    return items


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
    """Whether a line can't belong to an item any more."""
    if line.openers and line.openers[0].rank < 7 and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return item.marks > 0 and item.opener.rank == 7 and is_rule(line.text)


def closes(line: str) -> bool:
    """Whether a line begins a closing remark ("Final choice: …")."""
    match = _CLOSING.match(line)
    if match is None:
        return False
    # A word of choice alone may begin an answer; as a heading, or before a colon, it announces one.
    announced = line.lstrip().startswith(("#", "**", "__", "✅", "📌", "⭐", "🏆", "---"))
    phrase = match[0].casefold().endswith(_PHRASES)
    return announced or phrase or _COLON.match(line, match.end()) is not None


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
            if not has_text(outline, item):  # it was the answer after all
                item.last, item.high = last, high
            return


def _cut_last(outline: Outline, items: list[Item]) -> None:
    """Ends the last item of each run where the items before it show that it ends."""
    lines, places = outline.lines, outline.places
    marked = [item for item in items if item.marks]
    if len(marked) < 2:
        return
    others = marked[:-1]
    last = marked[-1]
    if all(_last_line(lines, item) == places[item.high - 1] for item in others):
        last.last = places[last.low] + 1
    else:
        longest = max(_paragraphs(lines, item.first, item.last) for item in others)
        count, i = 0, last.first
        while i < last.last:
            if not lines[i].blank and (i == last.first or lines[i - 1].blank):
                count += 1
                if count > longest:
                    last.last = i
                    break
            i += 1
    last.high = min(last.high, outline.span(last.first, last.last)[1])


def _last_line(lines: list[Line], item: Item) -> int:
    i = item.last - 1
    while i > item.first and (lines[i].blank or is_rule(lines[i].text) or is_fence(lines[i].text)):
        i -= 1
    return i


def _paragraphs(lines: list[Line], first: int, last: int) -> int:
    return sum(1 for i in range(first, last) if not lines[i].blank and (i == first or lines[i - 1].blank))
