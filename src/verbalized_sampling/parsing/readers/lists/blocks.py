"""Candidates in lists: numbered, bulleted, under headings, or line by line, each with its number somewhere.

The reply's own structure decides what an item is: of all the ways to cut it into items, the one in which most
items carry exactly one number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ....patterns import regex
from ....replies.refusal import looks_like_refusal
from ....values.repairs import Repair
from ...candidate.asked import Asked
from ...candidate.common_label import strip_common_label
from ...candidate.found import Block, Draft
from ...candidate.item_fields import labels_of_fields
from ...candidate.item_text import draft_of
from ...language.transitions import has_prose, is_called_example, is_sample, revised, states_format
from ...numbers.hedges import ABOUT
from ...numbers.labelled import Labels, labels_in
from ...numbers.marks import Mark
from ...numbers.number import NUMBER, Number, number_of
from ...numbers.spelt import spells
from ...numbers.unlabelled import amid, unlabelled
from ...page.items import Item
from ...page.lines import Line, inside_fences, lines_of
from ...page.outline import Outline
from .breaks_off import number_breaks_off, text_breaks_off
from .chances import chances_of
from .counts import counted_items, counts
from .cuts import Cut, best_cut
from .edges import edges, with_word
from .frames import frames_in
from .inline import arguments_of, pieces_of
from .numbers_after_list import items_with, numbers_apart
from .siblings import continues, counts_on, drop_row, rows_beside, rows_within
from .single import single_answer
from .wholes import wholes_in

__all__ = ["counted_blocks", "list_blocks", "list_blocks_with"]

_ANNOUNCED_NUMBER = regex(rf"[\s>*_`]{{0,12}}{ABOUT}\s{{0,2}}{NUMBER}[\s*_`.]{{0,6}}\Z", re.IGNORECASE)
_DIGIT = regex(r"\d")
_VARIABLE = regex(r"[\s*_$]{0,3}[pP][\s*_$]{0,3}[=≈]")
_NEAR_VARIABLE = 8  # characters before a number that tell how it is set off
_SURE_SCORE = 2.0  # a list of so many numbers is no accident
_MOST_LABELS = 4  # each is one more walk over the lines


def list_blocks(text: str, start: int, end: int, _: Asked) -> list[Block]:
    """The blocks of candidates written as a list, in order."""
    labels = labels_in(text[start:end])
    if labels is None and not _DIGIT.search(text, start, end) and not spells(text[start:end]):
        return []
    lines = lines_of(text, start, end)
    headed = labels is not None and labels.head_in(text, start, end)
    if labels is not None and headed and (apart := numbers_apart(lines, labels)):
        return _blocks_of(text, *apart)
    inside = inside_fences(lines)
    outline = _outlined(lines, labels, inside, headed)
    found = _best_reading(outline)
    if found is None and inside:  # the fence is around the list
        found = _best_reading(_outlined(lines, labels, set(), headed))
    if (found is None or _is_crowded(outline, found[1])) and (pieces := arguments_of(lines) or pieces_of(lines)):
        parted = _best_reading(_outlined(pieces, labels, set(), False))
        found = parted if found is None or (parted and parted[1].score > found[1].score) else found
    if found is None and (pieces := chances_of(lines) or wholes_in(lines)) and not looks_like_refusal(text[start:end]):
        found = _best_reading(_outlined(pieces, None, set(), False))
    if found is not None:
        return _blocks_of(text, found[0], found[1].items)
    single = single_answer(_outlined(lines, labels, inside, False) if headed else outline)
    return _blocks_of(text, *single) if single else []


def list_blocks_with(text: str, start: int, end: int, numbers: Sequence[Number]) -> list[Block]:
    """The block of the list whose numbers were found elsewhere."""
    found = items_with(lines_of(text, start, end), numbers)
    return _blocks_of(text, *found) if found else []


def counted_blocks(text: str, start: int, end: int) -> list[Block]:
    """The blocks of candidates that a word counts and no number follows: "Response 1: …", "Response 2: …"."""
    if not counts(text, start, end):
        return []
    labels = labels_in(text[start:end])
    lines = lines_of(text, start, end)
    outline = _outlined(lines, None, inside_fences(lines), False)
    if labels is not None:  # a number was to stand there
        outline.asides = {i for i, line in enumerate(lines) if not line.blank and _is_number_of(line, labels)}
    items = counted_items(outline)
    found = _best([outline.marked(items)]) if items else None
    blocks = _blocks_of(text, found[0], found[1].items) if found else []
    for block in blocks:
        for draft in block.drafts:
            draft.number = None
    return blocks


def _outlined(lines: list[Line], labels: Labels | None, hidden: set[int], headed: bool) -> Outline:
    """The lines and the labelled numbers in them; lines of code have neither openers nor numbers."""
    outline = Outline()
    announced, label = False, 0
    for i, line in enumerate(lines):
        if i in hidden:
            outline.hidden.add(i)
            outline.add(Line(line.text, line.start, ()))
        elif states_format(line.text):
            outline.add(Line(line.text, line.start, ()))
        elif announced and (number := _ANNOUNCED_NUMBER.match(line.text)):
            outline.asides.add(label)
            outline.add(line, [Mark(number_of(number), 0, len(line.text), "probability")])
        else:
            outline.add(line, labels.marks(line.text) if labels is not None else ())
        if headed and labels is not None and not line.blank:
            announced, label = labels.announces(line.text), i
    if any(mark.start < mark.end for mark in outline.marks):  # then a number amid a sentence is not the list's
        return outline.where(lambda _, mark: mark.start < mark.end)
    return outline


def _best_reading(outline: Outline) -> tuple[Outline, Cut] | None:
    """The best way to take the numbers and to cut the lines."""
    bare = {i for i in outline.opened("mark") if len(outline.marks_in(i, i + 1)) == 1}  # a label, its number, no more
    if bare and all(i in bare or _is_empty(line) for i, line in enumerate(outline.lines)):
        return None
    found = _best(_readings(outline)) if outline.marks else None
    doubtful = found is not None and all(mark.number.stated is None for mark in found[0].marks)
    if found is None or found[1].score < _SURE_SCORE or doubtful:
        edge = {i: mark for i, mark in edges(outline).items() if i not in bare}  # a label is no text
        if edge:
            labelled, edged = [found[0]] if found else [], [outline.marked(with_word(outline.lines, edge))]
            found = _best(edged + labelled if doubtful else labelled + edged)
    return _filled(found) if found else None


def _is_crowded(outline: Outline, cut: Cut) -> bool:
    """Whether only one candidate was found, and its line holds other numbers."""
    return sum(item.marks > 0 for item in cut.items) == 1 and len(outline.places) > len(set(outline.places)) == 1


def _filled(found: tuple[Outline, Cut]) -> tuple[Outline, Cut]:
    """The same list with the numbers that a few of its items write in another way: "(5%)" among "(p=0.12)"."""
    outline, cut = found
    missing: dict[int, Mark] = {}
    items = cut.items if len(cut.items) > cut.score > 1 else []
    frames = frames_in(outline, items)
    marked = [i for i, item in enumerate(items) if item.marks]
    for i, item in enumerate(items):
        line = outline.lines[item.first]
        if item.marks:
            continue
        if line.openers and (mark := unlabelled(line.text[line.body :]) or amid(line.text[line.body :])):
            missing[item.first] = Mark(mark.number, mark.start + line.body, mark.end + line.body)
        elif marked[0] < i < marked[-1] and frames:
            left = ((at, frames.missing_in(outline.lines[at])) for at in range(item.first, item.last))
            missing.update(islice(((at, mark) for at, mark in left if mark), 1))
    if not missing:
        return found
    filled = outline.with_more(missing)
    again = best_cut(filled)
    return (filled, again) if again is not None and again.score > cut.score else found


def _is_number_of(line: Line, labels: Labels) -> bool:
    """Whether a line is nothing but a label, with its number or without."""
    if labels.announces(line.text):
        return True
    marks = labels.marks(line.text)
    return bool(marks) and not any(map(str.isalnum, line.text[: marks[0].start] + line.text[marks[-1].end :]))


def _is_firm(line: Line, mark: Mark) -> bool:
    """Whether a labelled number is stated, and is no variable amid a text: "we found p = 0.03"."""
    if mark.number.stated is None:
        return False
    if not _VARIABLE.match(line.text, mark.start, mark.end):
        return True
    before = line.text[max(line.body, mark.start - _NEAR_VARIABLE) : mark.start].rstrip(" *_$")
    return not before or not (before[-1].isalnum() or before[-1] == ",")


def _is_empty(line: Line) -> bool:
    """Whether a line is nothing but what opens it."""
    return line.blank or bool(line.openers and not any(map(str.isalnum, line.text[line.openers[-1].body :])))


def _readings(outline: Outline) -> Iterator[Outline]:
    """All labelled numbers; then only those outside of sentences; then those of one label at a time."""
    firm = outline.where(_is_firm)
    if 0 < len(firm.marks) < len(outline.marks):
        yield firm
    yield outline
    edged = outline.edged()
    if len(edged.marks) < len(outline.marks):
        yield edged
    for label in outline.labels()[:_MOST_LABELS]:
        yield outline.labelled(label)


def _best(readings: Iterable[Outline]) -> tuple[Outline, Cut] | None:
    """The reading of the numbers that the lines can be cut by best; no other is tried after one without a flaw."""
    best: tuple[float, Outline, Cut] | None = None
    for reading in readings:
        cut = best_cut(reading)
        if cut is None:
            continue
        fit = cut.score**2 / len(reading.places)  # explains most numbers, leaves fewest unexplained
        if best is None or fit > best[0]:
            best = fit, reading, cut
        if cut.score >= max(_SURE_SCORE, len(reading.places)):
            break
    return best[1:] if best else None


def _blocks_of(text: str, outline: Outline, items: list[Item]) -> list[Block]:
    lines = outline.lines
    blocks: list[Block] = []
    marked = [i for i, item in enumerate(items) if item.marks]
    first, last = marked[0], marked[-1]
    labelled = any(mark.label for mark in outline.marks)
    left = rows_within(outline, items)
    fields = labels_of_fields(outline, items)
    for i, item in enumerate(items):
        continued = first < i < last or (i == last + 1 and continues(lines, items[last], item))
        if not item.marks and not continued:
            continue
        draft = draft_of(outline, item, fields)
        if not draft.text and not item.marks:
            continue
        if not blocks or (
            not counts_on(lines, items[i - 1], item) and _begins_anew(text, blocks[-1], draft, lines[item.first])
        ):
            blocks.append(Block([], draft.start, draft.end, labelled=labelled, repairs={Repair.OTHER_FORMAT: None}))
        block = blocks[-1]
        if has_prose(text, block.end, draft.start):
            block.repairs[Repair.PROSE] = None
        block.end = draft.end
        kept = block.offer(draft, text[draft.start : draft.end])
        if kept and i == len(items) - 1 and item.last == len(lines):
            _mark_cut(text, outline, item, block, draft)
    if all(outline.places[item.low] != item.first for item in items if item.marks):
        for block in blocks:
            strip_common_label(block.drafts)
    for block in blocks[:-1]:
        if is_called_example(text, block.start) or is_sample(text[block.start : block.end]):
            for draft in block.drafts:
                block.drop(text[draft.start : draft.end], draft.start, Repair.EXAMPLE)
            block.drafts = []
    left += rows_beside(outline, items, first, last) if blocks else []
    for row in sorted(set(left)):
        drop_row(text, lines, row, blocks, items[last])
    return blocks


def _begins_anew(text: str, block: Block, draft: Draft, line: Line) -> bool:
    """Whether another list begins with a candidate: the one before was revised, or is an example."""
    if revised(text, block.end, draft.start) or is_called_example(text, block.start):
        return True
    return bool(line.openers) and is_sample(text[block.start : block.end])


def _mark_cut(text: str, outline: Outline, item: Item, block: Block, draft: Draft) -> None:
    """Says of the last candidate that it breaks off with the reply, in its text or in its number."""
    others = block.drafts[:-1]
    unbegun = number_breaks_off(text, outline, item, others)
    if unbegun or text_breaks_off(text, outline, item, draft, others):
        draft.number = None if unbegun else draft.number
        draft.repairs = (*draft.repairs, Repair.CUT_OFF)
        block.repairs[Repair.CUT_OFF] = None
        block.complete = False
