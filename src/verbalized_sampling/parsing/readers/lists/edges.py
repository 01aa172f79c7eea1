"""Numbers that no word labels: at the edges of a list's items, alone in their lines, or closing them."""

from __future__ import annotations

import math
import re

from ....patterns import regex
from ...language.remarks import is_closing_remark
from ...language.words import pattern_of
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
_LONGEST_LEVEL = 60  # characters of a label with a level in words
_TOTAL_LINE = regex(rf"[\s*_]{{0,8}}(?:{pattern_of('total')})\b", re.IGNORECASE)
_HUNDRED = 100.0
_FEWEST_SUMMED = 2  # lines that a total may sum up


def edges(outline: Outline) -> dict[int, Mark]:
    """Unlabelled numbers, if most items of some list have one."""
    lines = outline.lines
    by_kind: dict[str, dict[int, Mark]] = {}
    count: dict[str, int] = {}
    seen: dict[str, int] = {}
    for i, line in enumerate(lines):
        if not line.openers:
            continue
        first = line.openers[0]
        count[first.kind] = count.get(first.kind, 0) + 1
        if mark := edge_of(line):
            by_kind.setdefault(first.kind, {})[i] = mark
        seen.setdefault(first.kind, count[first.kind])
        if i in by_kind.get(first.kind, ()):
            seen[first.kind] = count[first.kind]
    for kind, found in by_kind.items():
        if kind.startswith("bullet"):
            _drop_remarks(lines, found)
        # Most of all, or each of the first ones: other lists may follow.
        if len(found) > 1 and (2 * len(found) > count[kind] or len(found) == seen[kind]):
            return dict(sorted((found | _below(outline, kind, found)).items()))
    ending = {i: mark for i, line in enumerate(lines) if i not in outline.hidden and (mark := alone(line.text))}
    if len(ending) > 1:
        return ending
    plain = [
        (i, unlabelled(line.text))
        for i, line in enumerate(lines)
        if not (line.blank or i in outline.hidden or is_fence(line.text) or is_rule(line.text.strip()))
    ]
    plain = plain[:-1] if len(plain) > _FEWEST_SUMMED and _TOTAL_LINE.match(lines[plain[-1][0]].text) else plain
    marked = {i: mark for i, mark in plain if mark}
    _drop_remarks(lines, marked)
    plain = [(i, marked.get(i)) for i, _ in plain]
    if len(marked) > 1 and not _stand_together(plain):
        frames = frames_of((lines[i], mark) for i, mark in marked.items())
        low, high = min(marked), max(marked)
        within = [i for i, mark in plain if not mark and low < i < high]
        marked |= {i: left for i in within if (left := frames.missing_in(lines[i]))}
        marked = dict(sorted(marked.items()))
        plain = [(i, marked.get(i)) for i, _ in plain]
    if len(marked) > 1:
        return marked if _stand_together(plain) or _head_paragraphs(outline, list(marked)) else {}
    return _parts_of_hundred(outline)


def edge_of(line: Line) -> Mark | None:
    """The unlabelled number at an edge of a line that opens an item."""
    first, last = line.openers[0], line.openers[-1]
    body = first.body if last.kind == "bold" else last.body
    mark = unlabelled(line.text[body:])
    if mark is None:
        return None
    start = mark.start + body
    level = _LABELLED_LEVEL.search(line.text, max(body, start - _LONGEST_LEVEL), start)
    return mark._replace(start=level.start() if level else start, end=mark.end + body)


def _drop_remarks(lines: list[Line], marked: dict[int, Mark]) -> None:
    """Takes the numbers of closing remarks away; a line that only begins as one has others behind it."""
    while marked and is_closing_remark(lines[max(marked)].text):
        del marked[max(marked)]


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


def _parts_of_hundred(outline: Outline) -> dict[int, Mark]:
    """Whole numbers that close lines one after another, if they sum to 100: then they are shares, whatever says so."""
    closing = [
        (i, hundredth(line.text))
        for i, line in enumerate(outline.lines)
        if not (line.blank or i in outline.hidden or is_fence(line.text) or is_rule(line.text))
    ]
    marked = {i: mark for i, mark in closing if mark and not _TOTAL_LINE.match(outline.lines[i].text)}
    closing = [(i, marked.get(i)) for i, _ in closing if i in marked or not _TOTAL_LINE.match(outline.lines[i].text)]
    stated = [mark.number.stated for mark in marked.values() if mark.number.stated is not None]
    return marked if len(marked) > 1 and _stand_together(closing) and math.fsum(stated) == _HUNDRED else {}


def _below(outline: Outline, kind: str, found: dict[int, Mark]) -> dict[int, Mark]:
    """The numbers that stand alone in a line of an item that has none where the others have theirs."""
    opened = outline.opened(kind)
    below: dict[int, Mark] = {}
    for first, last in zip(opened, [*opened[1:], len(outline.lines)], strict=True):
        if first not in found:
            below |= {i: mark for i in range(first + 1, last) if (mark := alone(outline.lines[i].text))}
    return below


def _stand_together(found: list[tuple[int, Mark | None]]) -> bool:
    """Whether the marked ones stand together."""
    places = [at for at, (_, mark) in enumerate(found) if mark]
    return places[-1] - places[0] == len(places) - 1
