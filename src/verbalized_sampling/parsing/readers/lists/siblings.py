"""Rows that have no number among those that have: which of them go on with the list, and which it leaves out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.found import Block
from ...candidate.item_fields import FIELD_LINE
from ...language.remarks import is_closing_remark
from ...page.items import Item
from ...page.lines import Line, is_fence, is_rule
from ...page.outline import UNMARKED, Outline
from .endings import is_colon_title
from .frames import Frames, frames_in

__all__ = ["Row", "continues", "counts_on", "drop_row", "rows_beside", "rows_within"]

_DANGLING = tuple(":：=(（–—-\t")
"""What stands before a number that has not come."""
_START_OF = attrgetter("start")
_WORDED = ("label:", "title:", "text:")  # kinds that a word opens
_COUNT_AT_BEGINNING = regex(r"[\s>#*_(\[]{0,9}(\d{1,4})[.)\]:]")
_COUNT_ALONE = regex(rf"{_COUNT_AT_BEGINNING.pattern}[*_\s]{{0,9}}\Z")
_FIRST_ORDINAL = regex(r"(?<![\d.])\d{1,4}(?![\d.]*\d)")


class Row(NamedTuple):
    """Lines that are a row of the list, from one up to another."""

    first: int
    last: int


def rows_within(outline: Outline, items: list[Item]) -> list[Row]:
    """Takes the rows without a number out of the candidates that they were read as a part of."""
    frames = frames_in(outline, items)
    found: list[Row] = []
    for item in items:
        if item.last - item.first > 1 and item.marks and item.first <= outline.places[item.low] < item.last:
            found += _cut_out(outline, item, frames)
            if (again := _begins_again(outline, item)) is not None:
                found.append(Row(again, item.last))
                item.last = again
    return found


def _begins_again(outline: Outline, item: Item) -> int | None:
    """The line behind an item's number and a blank that is labelled as its text once more, or only counts on."""
    lines = outline.lines
    known: set[str] = set()
    count = _COUNT_AT_BEGINNING.match(lines[item.first].text)
    for i in range(item.first, item.last):
        kinds = {opener.kind for opener in lines[i].openers if opener.kind.startswith("text:")}
        if i > outline.places[item.low] and lines[i - 1].blank:
            alone = _COUNT_ALONE.match(lines[i].text)
            follows = alone is not None and count is not None and int(alone[1]) == int(count[1]) + 1
            if follows or not known.isdisjoint(kinds):
                return i
        known |= kinds
    return None


def _cut_out(outline: Outline, item: Item, frames: Frames) -> Iterator[Row]:
    """Ends or begins an item where a row without a number does."""
    lines, place = outline.lines, outline.places[item.low]
    marked = set(outline.places[item.low : max(item.high, item.repeats)])
    for i in range(item.first, item.last):
        if (
            i < item.first
            or i in marked
            or lines[i].blank
            or not _may_be_row(outline, i)
            or not frames.are_in(lines[i])
        ):
            continue
        first, last = _paragraph(lines, i, item.first, item.last)
        if first <= place < last:
            first, last = i, i + 1
        if last <= place:
            yield Row(item.first, last)
            item.first = last
        elif first > place and first > item.first:
            yield Row(first, item.last)
            item.last = first
            return


def rows_beside(outline: Outline, items: list[Item], first: int, last: int) -> Iterator[Row]:
    """The rows without a number before the first candidate and behind the last one, in no order."""
    lines = outline.lines
    frames = frames_in(outline, items)
    top, bottom = items[first].first, items[last].last
    if items[first].opener.kind in UNMARKED:
        yield from _plain_rows(outline, items)
    else:
        gapped = _are_gapped(lines, items)
        for at in range(first - 1, -1, -1):
            if not _is_above(outline, items[at], items[at + 1], gapped=gapped):
                break
            top = items[at].first
            yield Row(top, items[at].last)
        for before, item in zip(items[last:], items[last + 1 :], strict=False):
            if not _is_below(outline, item, before, gapped=gapped):
                break
            bottom = item.last
            yield Row(item.first, bottom)
    if frames:
        yield from _framed(outline, frames, range(top - 1, -1, -1))
        yield from _framed(outline, frames, range(bottom, len(lines)))


def _framed(outline: Outline, frames: Frames, places: range) -> Iterator[Row]:
    """The paragraphs that hold a row without a number, from some place on up to the first that doesn't."""
    lines = outline.lines
    passed = False
    edge = places.start - places.step  # the last line of the list so far
    for i in places:
        if passed or _parts(lines[i]):
            passed = passed and not _parts(lines[i])
            continue
        first, last = _paragraph(lines, i, 0, len(lines))
        if places.step > 0:
            first = max(first, places.start)
        else:
            last = min(last, places.start + 1)
        if not all(_may_be_row(outline, at) for at in range(first, last)):
            return
        labelled = places.step > 0 and any(o.kind.startswith("text:") for o in lines[first].openers)
        stated = i == places.start and any(outline.marks_in(first, last)) and not is_closing_remark(lines[first].text)
        framed = any(frames.are_in(lines[at]) for at in range(first, last))
        if not (labelled or stated or framed or _count(lines, first, edge, places.step)):
            return
        yield Row(first, last)
        passed = True


def _parts(line: Line) -> bool:
    """Whether a line parts paragraphs."""
    return line.blank or is_rule(line.text)


def _count(lines: list[Line], first: int, edge: int, step: int) -> bool:
    """Whether a paragraph begins with the ordinal before that of the line below it: "1." alone in its line."""
    one, two = (_COUNT_AT_BEGINNING.match(lines[at].text) for at in (first, edge))
    return step < 0 and one is not None and two is not None and int(one[1]) + 1 == int(two[1])


def _may_be_row(outline: Outline, i: int) -> bool:
    text = outline.lines[i].text
    return not (i in outline.hidden or is_fence(text) or is_rule(text))


def _paragraph(lines: list[Line], i: int, low: int, high: int) -> tuple[int, int]:
    """From where to where lines stand together around one."""
    first, last = i, i + 1
    while first > low and not _parts(lines[first - 1]):
        first -= 1
    while last < high and not _parts(lines[last]):
        last += 1
    return first, last


def _is_above(outline: Outline, item: Item, below: Item, *, gapped: bool) -> bool:
    """Whether an item without a number belongs to the list that goes on below it."""
    lines = outline.lines
    if any(not lines[i].blank for i in range(item.last, below.first)):
        return False
    if not _labels_of(outline, item).isdisjoint(_labels_of(outline, below)):
        return True
    said = [i for i in range(item.first, item.last) if not lines[i].blank]
    if len(said) == 1 and (gapped or below.first == item.first + 1):
        return True
    return counts_on(lines, item, below) and not any(is_colon_title(lines[i]) for i in said[1:])


def _is_below(outline: Outline, item: Item, above: Item, *, gapped: bool) -> bool:
    """Whether an item without a number belongs to the list that stands above it."""
    lines = outline.lines
    if is_closing_remark(lines[item.first].text):
        return False
    if between := [lines[i] for i in range(above.last, item.first) if not lines[i].blank]:
        return all(line.openers or is_colon_title(line) for line in between) and counts_on(lines, above, item)
    return gapped or item.first == above.last or counts_on(lines, above, item)


def _labels_of(outline: Outline, item: Item) -> set[str]:
    """The words that label an item or its lines: "Theme Name", "Outcome"."""
    labels = {opener.kind for opener in outline.lines[item.first].openers if opener.kind.startswith(_WORDED)}
    fields = (FIELD_LINE.match(outline.lines[i].text) for i in range(item.first, item.last))
    return labels | {field["word"].casefold() for field in fields if field}


def _are_gapped(lines: list[Line], items: list[Item]) -> bool:
    """Whether blank lines part the candidates."""
    marked = [item for item in items if item.marks]
    return len(marked) > 1 and all(lines[item.first - 1].blank for item in marked[1:])


def _plain_rows(outline: Outline, items: list[Item]) -> Iterator[Row]:
    """The lines without a number among those that nothing opens, and one at the end that goes no further."""
    if items[0].opener.kind != "line":
        return
    lines = outline.lines
    taken = {item.first for item in items}
    for i in range(items[0].first + 1, items[-1].first):
        line = lines[i]
        if i not in taken and not (line.blank or is_rule(line.text) or is_fence(line.text) or is_colon_title(line)):
            yield Row(i, i + 1)
    below = items[-1].first + 1
    if (
        below < len(lines)
        and lines[below].text.rstrip()[-1:] in _DANGLING
        and all(one.blank for one in lines[below + 1 :])
    ):
        yield Row(below, below + 1)


def counts_on(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item has the number after that of the one before it: no new try begins with it."""
    one, two = (_FIRST_ORDINAL.search(lines[at.first].text) for at in (before, item))
    return one is not None and two is not None and int(two[0]) == int(one[0]) + 1


def continues(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item without a number goes on with the list: it follows at once and is called the same."""
    gap = [line for line in lines[before.last : item.first] if not line.blank and not is_rule(line.text)]
    if gap or item.last < len(lines) or item.opener.kind in ("paragraph", "line", "bold"):
        return False
    labels = [{o.label for o in lines[at.first].openers if o.label} for at in (before, item)]
    numbered = item.opener.kind.startswith(("number", "letter", "label"))
    return bool(labels[0] & labels[1]) or (
        numbered and not is_closing_remark(lines[item.first].text[item.opener.body :])
    )


def drop_row(text: str, lines: list[Line], row: Row, blocks: list[Block], last: Item) -> None:
    """Says that a row of the list is no candidate: its number is missing, or had not come."""
    said = text[lines[row.first].start : lines[row.last - 1].end]
    start, written = lines[row.first].start + len(said) - len(said.lstrip()), said.strip()
    if not written:
        return
    block = next((block for block in blocks if start < block.end), blocks[-1])
    at = bisect_left(block.drafts, start, key=_START_OF)
    if at < len(block.drafts) and block.drafts[at].start < start + len(written):
        return  # it is one after all
    begins = (
        row.last - row.first == 1
        and not text[lines[row.first].end :].strip()
        and (lines[last.first].text.startswith(written) or written[-1:] in _DANGLING)
    )
    block.drop(written, start, Repair.CUT_OFF if begins else Repair.UNREADABLE)
    block.complete = block.complete and not begins
