"""Candidates in lists: numbered, bulleted, under headings, or line by line, each with its number somewhere.

The reply's own structure decides what an item is: of all the ways to cut it into items, the one in which most
items carry exactly one number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from ....patterns import regex
from ....repairs import Repair
from ...candidate.asked import Asked
from ...candidate.found import Block
from ...candidate.item_text import draft_of, labels_of_fields
from ...language.remarks import is_closing_remark
from ...language.transitions import has_prose, is_example, revised, states_format
from ...numbers.labelled import Labels, labels_in
from ...numbers.number import NUMBER, Number, number_of
from ...numbers.unlabelled import ABOUT, Mark, alone, hundredth, unlabelled, with_brackets
from ...page.items import Item
from ...page.lines import Line, inside_fences, is_fence, is_rule, lines_of
from ...page.outline import UNMARKED, Outline
from .breaks_off import number_breaks_off, text_breaks_off
from .counts import counted_items, counts
from .cuts import Cut, best_cut
from .inline import arguments_of, pieces_of
from .numbers_after_list import items_with, numbers_apart
from .single import single_answer

__all__ = ["counted_blocks", "list_blocks", "list_blocks_with"]

_ANNOUNCED_NUMBER = regex(rf"[\s>*_`]{{0,12}}{ABOUT}\s{{0,2}}{NUMBER}[\s*_`.]{{0,6}}\Z", re.IGNORECASE)
_DIGIT = regex(r"\d")
_FIRST_ORDINAL = regex(r"(?<![\d.])\d{1,4}(?![\d.]*\d)")
_WORD_IN_BRACKETS = regex(
    r"[(（\[]\s?[*_]{0,2}(?P<word>[^\W\d](?:[^\s()（）\[\]:：=]|[ ](?=\w)){1,30})[*_]{0,2}\s?[:：=]\Z"
)
_VARIABLE = regex(r"[\s*_$]{0,3}[pP][\s*_$]{0,3}[=≈]")
_NEAR_VARIABLE = 8  # characters before a number that tell how it is set off
_SURE_SCORE = 2.0  # a list of so many numbers is no accident
_HUNDRED = 100.0
_MOST_LABELS = 4  # each is one more walk over the lines


def list_blocks(text: str, start: int, end: int, _: Asked) -> list[Block]:
    """The blocks of candidates written as a list, in order."""
    labels = labels_in(text[start:end])
    if labels is None and not _DIGIT.search(text, start, end):
        return []
    lines = lines_of(text, start, end)
    headed = labels is not None and labels.head_in(text, start, end)
    if labels is not None and headed and (apart := numbers_apart(lines, labels)):
        return _blocks(text, *apart)
    inside = inside_fences(lines)
    found = _read(_outlined(lines, labels, inside, headed))
    if found is None and inside:  # the fence is around the list
        found = _read(_outlined(lines, labels, set(), headed))
    if found is None and (pieces := arguments_of(lines) or pieces_of(lines)):
        found = _read(_outlined(pieces, labels, set(), False))
    if found is not None:
        return _blocks(text, found[0], found[1].items)
    single = single_answer(_outlined(lines, labels, inside, False))
    return _blocks(text, *single) if single else []


def list_blocks_with(text: str, start: int, end: int, numbers: Sequence[Number]) -> list[Block]:
    """The block of the list whose numbers were found elsewhere."""
    found = items_with(lines_of(text, start, end), numbers)
    return _blocks(text, *found) if found else []


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
    blocks = _blocks(text, found[0], found[1].items) if found else []
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


def _read(outline: Outline) -> tuple[Outline, Cut] | None:
    """The best way to take the numbers and to cut the lines."""
    bare = {i for i in outline.opened("mark") if len(outline.marks_in(i, i + 1)) == 1}  # a label, its number, no more
    if bare and all(i in bare or _is_empty(line) for i, line in enumerate(outline.lines)):
        return None
    found = _best(_readings(outline)) if outline.marks else None
    doubtful = found is not None and all(mark.number.stated is None for mark in found[0].marks)
    if found is None or found[1].score < _SURE_SCORE or doubtful:
        edges = {i: mark for i, mark in _edges(outline).items() if i not in bare}  # a label is no text
        if edges:
            labelled, edged = [found[0]] if found else [], [outline.marked(_with_word(outline.lines, edges))]
            found = _best(edged + labelled if doubtful else labelled + edged)
    return _filled(found) if found else None


def _filled(found: tuple[Outline, Cut]) -> tuple[Outline, Cut]:
    """The same list with the numbers that a few of its items write in another way: "(5%)" among "(p=0.12)"."""
    outline, cut = found
    missing: dict[int, Mark] = {}
    for item in cut.items if len(cut.items) > cut.score > 1 else ():
        line = outline.lines[item.first]
        if not item.marks and line.openers and (mark := unlabelled(line.text[line.body :])):
            missing[item.first] = Mark(mark.number, mark.start + line.body, mark.end + line.body)
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


def _edges(outline: Outline) -> dict[int, Mark]:
    """Unlabelled numbers, if most items of some list have one."""
    lines = outline.lines
    by_kind: dict[str, dict[int, Mark]] = {}
    count: dict[str, int] = {}
    seen: dict[str, int] = {}
    for i, line in enumerate(lines):
        if not line.openers:
            continue
        first, last = line.openers[0], line.openers[-1]
        body = first.body if last.kind == "bold" else last.body
        count[first.kind] = count.get(first.kind, 0) + 1
        if (mark := unlabelled(line.text[body:])) and not (
            first.kind.startswith("bullet") and is_closing_remark(line.text)
        ):
            by_kind.setdefault(first.kind, {})[i] = Mark(mark.number, mark.start + body, mark.end + body)
        seen.setdefault(first.kind, count[first.kind])
        if i in by_kind.get(first.kind, ()):
            seen[first.kind] = count[first.kind]
    for kind, found in by_kind.items():
        # Most of all, or each of the first ones: other lists may follow.
        if len(found) > 1 and (2 * len(found) > count[kind] or len(found) == seen[kind]):
            return dict(sorted((found | _below(outline, kind, found)).items()))
    ending = {i: mark for i, line in enumerate(lines) if i not in outline.hidden and (mark := alone(line.text))}
    if len(ending) > 1:
        return ending
    plain = [
        (i, unlabelled(line.text))
        for i, line in enumerate(lines)
        if not (line.blank or i in outline.hidden or is_fence(line.text) or is_rule(line.text))
    ]
    plain = [(i, None if mark and is_closing_remark(lines[i].text) else mark) for i, mark in plain]
    marked = {i: mark for i, mark in plain if mark}
    if len(marked) > 1:
        return marked if _run(plain) or _head_paragraphs(outline, list(marked)) else {}
    return _parts_of_hundred(outline)


def _with_word(lines: list[Line], marks: dict[int, Mark]) -> dict[int, Mark]:
    """The marks with the word before each number, if all numbers stand in brackets behind the same one: it is a label.

    So a label need not be known: "(uwezekano: 0.4)".
    """
    heads = {i: _WORD_IN_BRACKETS.search(lines[i].text, 0, mark.start + 1) for i, mark in marks.items()}
    called = {head["word"].casefold() if head else None for head in heads.values()}
    if len(called) > 1 or None in called:
        return marks
    named: dict[int, Mark] = {}
    for i, mark in marks.items():
        if (head := heads[i]) is not None:
            start, end = with_brackets(lines[i].text, head.start("word"), mark.end)
            named[i] = Mark(mark.number, start, end, head["word"].casefold())
    return named


def _head_paragraphs(outline: Outline, marked: list[int]) -> bool:
    """Whether paragraphs from the first marked line to the last begin with a marked one, and no other is marked."""
    return [i for i in outline.opened("paragraph") if marked[0] <= i <= marked[-1]] == marked


def _parts_of_hundred(outline: Outline) -> dict[int, Mark]:
    """Whole numbers that close lines one after another, if they sum to 100: then they are shares, whatever says so."""
    closing = [
        (i, hundredth(line.text))
        for i, line in enumerate(outline.lines)
        if not (line.blank or i in outline.hidden or is_fence(line.text) or is_rule(line.text))
    ]
    marked = {i: mark for i, mark in closing if mark}
    stated = [mark.number.stated for mark in marked.values() if mark.number.stated is not None]
    return marked if len(marked) > 1 and _run(closing) and math.fsum(stated) == _HUNDRED else {}


def _below(outline: Outline, kind: str, found: dict[int, Mark]) -> dict[int, Mark]:
    """The numbers that stand alone in a line of an item that has none where the others have theirs."""
    opened = outline.opened(kind)
    below: dict[int, Mark] = {}
    for first, last in zip(opened, [*opened[1:], len(outline.lines)], strict=True):
        if first not in found:
            below |= {i: mark for i in range(first + 1, last) if (mark := alone(outline.lines[i].text))}
    return below


def _run(found: list[tuple[int, Mark | None]]) -> bool:
    """Whether the marked ones stand together."""
    places = [at for at, (_, mark) in enumerate(found) if mark]
    return places[-1] - places[0] == len(places) - 1


def _blocks(text: str, outline: Outline, items: list[Item]) -> list[Block]:
    lines = outline.lines
    blocks: list[Block] = []
    marked = [i for i, item in enumerate(items) if item.marks]
    first, last = marked[0], marked[-1]
    labelled = any(mark.label for mark in outline.marks)
    fields = labels_of_fields(outline, items)
    for i, item in enumerate(items):
        continued = first < i < last or (i == last + 1 and _continues(lines, items[last], item))
        if not item.marks and not continued:
            continue
        draft = draft_of(outline, item, fields)
        if not draft.text and not item.marks:
            continue
        if not blocks or (
            not _counts_on(lines, items[i - 1], item)
            and (revised(text, blocks[-1].end, draft.start) or is_example(text, blocks[-1].start))
        ):
            blocks.append(Block([], draft.start, draft.end, labelled=labelled, repairs={Repair.OTHER_FORMAT: None}))
        block = blocks[-1]
        if has_prose(text, block.end, draft.start):
            block.repairs[Repair.PROSE] = None
        block.end = draft.end
        kept = block.offer(draft, text[draft.start : draft.end])
        if kept and i == len(items) - 1 and item.last == len(lines):
            others = block.drafts[:-1]
            unbegun = number_breaks_off(text, outline, item, others)
            if unbegun or text_breaks_off(text, outline, item, draft, others):
                draft.number = None if unbegun else draft.number
                draft.repairs = (*draft.repairs, Repair.CUT_OFF)
                block.repairs[Repair.CUT_OFF] = None
                block.complete = False
    for block in blocks[:-1]:
        if is_example(text, block.start):
            for draft in block.drafts:
                block.drop(text[draft.start : draft.end], draft.start, Repair.EXAMPLE)
            block.drafts = []
    for block, sibling in _siblings(lines, items, first, last, blocks):
        row = lines[sibling.first]
        begins = not text[row.end :].strip() and lines[items[last].first].text.startswith(row.text.rstrip())
        block.drop(row.text, row.start, Repair.CUT_OFF if begins else Repair.UNREADABLE)
        block.complete = block.complete and not begins
    return blocks


def _siblings(
    lines: list[Line], items: list[Item], first: int, last: int, blocks: list[Block]
) -> Iterator[tuple[Block, Item]]:
    """The rows without a number right before the first candidate and right behind the last one, line by line."""
    if not blocks or items[first].opener.kind in UNMARKED:
        return
    for at in range(first - 1, -1, -1):
        if items[at].last - items[at].first > 1:
            break
        yield blocks[0], items[at]
    for before, item in zip(items[last:], items[last + 1 :], strict=False):
        if item.first != before.last or is_closing_remark(lines[item.first].text):
            break
        if lines[item.first].start >= blocks[-1].end:
            yield blocks[-1], item


def _counts_on(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item has the number after that of the one before it: no new try begins with it."""
    one, two = (_FIRST_ORDINAL.search(lines[at.first].text) for at in (before, item))
    return one is not None and two is not None and int(two[0]) == int(one[0]) + 1


def _continues(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item without a number goes on with the list: it follows at once and is called the same."""
    gap = [line for line in lines[before.last : item.first] if not line.blank and not is_rule(line.text)]
    if gap or item.last < len(lines) or item.opener.kind in ("paragraph", "line", "bold"):
        return False
    labels = [{o.label for o in lines[at.first].openers if o.label} for at in (before, item)]
    numbered = item.opener.kind.startswith(("number", "letter", "label"))
    return bool(labels[0] & labels[1]) or (
        numbered and not is_closing_remark(lines[item.first].text[item.opener.body :])
    )
