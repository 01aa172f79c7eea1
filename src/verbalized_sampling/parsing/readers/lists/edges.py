"""Numbers that no word labels: at the edges of a list's items, alone in their lines, or whole parts of a hundred."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container

from ....patterns import regex
from ...language.remarks import is_closing_remark
from ...language.words import pattern_of
from ...numbers.amounts import WHOLE_IN_PERCENT
from ...numbers.hedges import LEVEL
from ...numbers.marks import Mark, with_brackets
from ...numbers.unlabelled import alone, hundredth, unlabelled
from ...page.lines import Line, is_fence, is_rule
from ...page.outline import Outline
from .frames import frames_of

__all__ = ["edge_of", "edges", "is_worded", "with_word"]

_WORD_IN_BRACKETS = regex(
    r"[(（\[]\s?[*_]{0,2}(?P<word>[^\W\d](?:[^\s()（）\[\]:：=]|[ ](?=\w)){1,30})[*_]{0,2}\s?[:：=]\Z"
)
_LABELLED_LEVEL = regex(rf"[-–—,;|]\s{{0,2}}(?:{pattern_of('probability')})\s?[:：=]\s?{LEVEL}\s?\Z", re.IGNORECASE)
_COLON_BEHIND_OPENER = regex(r"[*_`]{0,3}\s?[:：][*_`]{0,3}\s{1,3}(?=\S)")
_LONGEST_LEVEL = 60  # characters of a label with a level in words
_TOTAL_LINE = regex(rf"[\s*_]{{0,8}}(?:{pattern_of('total')})\b", re.IGNORECASE)
_FEWEST_SUMMED = 2  # lines that a total may sum up


def edges(outline: Outline) -> dict[int, Mark]:
    """Unlabelled numbers: of items that something opens, else alone in their lines, else at the edges of lines."""
    return _of_opened_items(outline) or _alone_in_lines(outline) or _of_plain_lines(outline)


def _of_opened_items(outline: Outline) -> dict[int, Mark]:
    """The numbers of items that are opened alike, if most have one, or all of the first: other lists may follow."""
    by_kind: dict[str, dict[int, Mark]] = {}
    count: Counter[str] = Counter()
    reached: dict[str, int] = {}  # how many items there are up to the last that has a number
    for i, line in enumerate(outline.lines):
        if not line.openers:
            continue
        kind = line.openers[0].kind
        count[kind] += 1
        if mark := edge_of(line):
            by_kind.setdefault(kind, {})[i] = mark
            reached[kind] = count[kind]
    for kind, found in by_kind.items():
        if kind.startswith("bullet"):
            _drop_remarks(outline.lines, found)
        if len(found) > 1 and (2 * len(found) > count[kind] or len(found) == reached[kind]):
            return dict(sorted((found | _below(outline, kind, found)).items()))
    return {}


def _alone_in_lines(outline: Outline) -> dict[int, Mark]:
    """The numbers that are all of their lines, if there are several."""
    found = {i: mark for i, line in enumerate(outline.lines) if i not in outline.hidden and (mark := alone(line.text))}
    return found if len(found) > 1 else {}


def _of_plain_lines(outline: Outline) -> dict[int, Mark]:
    """The numbers at the edges of lines that stand together, be one of them missing; else whole parts of a hundred."""
    lines = outline.lines
    said = [
        i
        for i, line in enumerate(lines)
        if not (line.blank or i in outline.hidden or is_fence(line.text) or is_rule(line.text.strip()))
    ]
    if len(said) > _FEWEST_SUMMED and _TOTAL_LINE.match(lines[said[-1]].text):
        said.pop()
    marked = {i: mark for i in said if (mark := unlabelled(lines[i].text))}
    _drop_remarks(lines, marked)
    if len(marked) <= 1:
        return _parts_of_hundred(outline, said)
    if not _stand_together(said, marked):
        frames = frames_of((lines[i], mark) for i, mark in marked.items())
        low, high = min(marked), max(marked)
        within = [i for i in said if i not in marked and low < i < high]
        marked |= {i: left for i in within if (left := frames.missing_in(lines[i]))}
        marked = dict(sorted(marked.items()))
    return marked if _stand_together(said, marked) or _head_paragraphs(outline, list(marked)) else {}


def edge_of(line: Line) -> Mark | None:
    """The unlabelled number at an edge of a line that opens an item."""
    first, last = line.openers[0], line.openers[-1]
    body = first.body if last.kind == "bold" else last.body
    mark = unlabelled(line.text[body:])
    if mark is None and (colon := _COLON_BEHIND_OPENER.match(line.text, body)):
        body = colon.end()  # "Response 1: (0.1) Tea"
        mark = unlabelled(line.text[body:])
    if mark is None:
        return None
    start = mark.start + body
    level = _LABELLED_LEVEL.search(line.text, max(body, start - _LONGEST_LEVEL), start)
    return mark._replace(start=level.start() if level else start, end=mark.end + body)


def _drop_remarks(lines: list[Line], marked: dict[int, Mark]) -> None:
    """Takes the numbers of closing remarks away; a line that only begins as one has others behind it."""
    for i in reversed(list(marked)):
        if not is_closing_remark(lines[i].text):
            break
        del marked[i]


def is_worded(line: str, mark: Mark) -> bool:
    """Whether a word stands before a number in brackets: it may be its label."""
    return _WORD_IN_BRACKETS.search(line, 0, mark.start + 1) is not None


def with_word(lines: list[Line], marks: dict[int, Mark]) -> dict[int, Mark]:
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


def _parts_of_hundred(outline: Outline, said: list[int]) -> dict[int, Mark]:
    """Whole numbers that close lines one after another, if they sum to 100: then they are shares, whatever says so."""
    lines = outline.lines
    closing = {i: mark for i in said if (mark := hundredth(lines[i].text))}
    said = [i for i in said if not _TOTAL_LINE.match(lines[i].text)]
    marked = {i: closing[i] for i in said if i in closing}
    stated = [mark.number.stated for mark in marked.values() if mark.number.stated is not None]
    return marked if len(marked) > 1 and _stand_together(said, marked) and math.fsum(stated) == WHOLE_IN_PERCENT else {}


def _below(outline: Outline, kind: str, found: dict[int, Mark]) -> dict[int, Mark]:
    """The numbers that stand alone in a line of an item that has none where the others have theirs."""
    opened = outline.opened(kind)
    below: dict[int, Mark] = {}
    for first, last in zip(opened, [*opened[1:], len(outline.lines)], strict=True):
        if first not in found:
            below |= {i: mark for i in range(first + 1, last) if (mark := alone(outline.lines[i].text))}
    return below


def _stand_together(said: list[int], marked: Container[int]) -> bool:
    """Whether nothing is said between the lines that are marked."""
    places = [at for at, i in enumerate(said) if i in marked]
    return places[-1] - places[0] == len(places) - 1
