"""What is known of the lines of a reply before they are cut into items: what opens one, and what may end one."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Self

from ...patterns import regex
from ..language.words import PROBABILITY_WORDS
from ..numbers.marks import Mark
from .lines import Line, is_rule
from .openers import NO_HEADING, Opener

__all__ = ["UNMARKED", "Outline"]

_SAID = regex(r"[^\W_]")
_HEAD_ENDS = regex(r"[ \t*_`]{0,4}[:：]")

UNMARKED = ("rule", "paragraph", "line", "mark", "after")  # items that nothing opens but a blank line or their number


class Outline:
    """Lines and the numbers marked in them, gone through once for all the ways to cut them.

    It is kept in columns: a reply may have a line every ten characters, and an object more for each of them is what
    such a reply costs.

    Attributes:
        lines: In order.
        marks: The numbers in them, in order.
        places: The lines that they stand in.
        starts: Which lines open an item of each kind.
        breaks: The headings: lines that may end an item.
        hidden: The lines of code, in which nothing opens an item or states a number.
        asides: The lines that belong to no text: they hold another number of a candidate.
    """

    __slots__ = ("asides", "breaks", "hidden", "lines", "marks", "places", "starts")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.marks: list[Mark] = []
        self.places: list[int] = []
        self.starts: dict[str, list[int]] = {}
        self.breaks: list[int] = []
        self.hidden: set[int] = set()
        self.asides: set[int] = set()

    def add(self, line: Line, marks: Sequence[Mark] = ()) -> None:
        """Puts a line below the others."""
        i = len(self.lines)
        self.lines.append(line)
        for mark in marks:
            self.places.append(i)
            self.marks.append(mark)
        for opener in line.openers:
            if (opened := self.starts.get(opener.kind)) is None:
                opened = self.starts[opener.kind] = []
            opened.append(i)
        if line.openers and line.openers[0].rank < NO_HEADING:
            self.breaks.append(i)

    def marked(self, marks: dict[int, Mark]) -> Self:
        """The same lines with other numbers marked in them, one a line."""
        return self._with(list(marks.items()))

    def with_more(self, marks: dict[int, Mark]) -> Self:
        """The same lines with further numbers marked in lines that have none."""
        pairs = [*zip(self.places, self.marks, strict=True), *marks.items()]
        return self._with(sorted(pairs, key=itemgetter(0)))

    def where(self, holds: Callable[[Line, Mark], bool]) -> Self:
        """The same lines with only the marks for which something holds."""
        pairs = zip(self.places, self.marks, strict=True)
        return self._with([(place, mark) for place, mark in pairs if holds(self.lines[place], mark)])

    def _with(self, marks: list[tuple[int, Mark]]) -> Self:
        other = type(self)()
        other.lines, other.starts, other.breaks = self.lines, self.starts, self.breaks
        other.hidden, other.asides = self.hidden, self.asides
        other.places, other.marks = [place for place, _ in marks], [mark for _, mark in marks]
        return other

    def labels(self) -> list[str]:
        """The words that label the numbers, if there are several: the most frequent first, then the likeliest."""
        count = Counter(mark.label for mark in self.marks)
        known = {word.casefold(): rank for rank, word in enumerate(PROBABILITY_WORDS)}
        return sorted(count, key=lambda label: (-count[label], known.get(label, len(known)))) if len(count) > 1 else []

    def labelled(self, label: str) -> Self:
        """The same lines with only the numbers of one label marked; lines that hold another are asides."""
        pairs = list(zip(self.places, self.marks, strict=True))
        kept: list[tuple[int, Mark]] = []
        said: int | None = None  # where anything is said behind the last one kept, once it is looked for
        for place, mark in pairs:
            if mark.label == label:
                kept.append((place, mark))
                said = None
            elif kept and kept[-1][0] == place:
                said = _first_said(self.lines[place].text, kept[-1][1].end) if said is None else said
                if said >= mark.start:
                    kept[-1] = (place, kept[-1][1]._replace(end=mark.end))  # "Probability: 0.7, typicality: high"
                    said = None
        other = self._with(kept)
        others = {place for place, mark in pairs if mark.label != label}.difference(other.places)
        other.asides = {i for i in others if _alone(self.lines[i], self.marks_in(i, i + 1))}
        return other

    def edged(self) -> Self:
        """The same lines without the numbers that stand in the midst of a sentence."""
        said = {i: _first_said(self.lines[i].text, self.lines[i].body) for i in set(self.places)}  # once a line
        pairs = zip(self.places, self.marks, strict=True)
        return self._with([(i, mark) for i, mark in pairs if _is_at_edge(self.lines[i], [mark], said[i])])

    def opened(self, kind: str) -> list[int]:
        """The lines that open an item of a kind."""
        if kind not in UNMARKED:
            return self.starts[kind]
        lines = self.lines
        if kind == "paragraph":
            return [i for i, line in enumerate(lines) if not line.blank and (i == 0 or lines[i - 1].blank)]
        if kind == "rule":
            begun = [i for i, line in enumerate(lines) if not line.blank and not is_rule(line.text)]
            ruled = {i for i, line in enumerate(lines) if is_rule(line.text)}
            return (
                [*begun[:1], *(b for a, b in pairwise(begun) if not ruled.isdisjoint(range(a + 1, b)))] if ruled else []
            )
        fits = _alone if kind == "mark" else _at_edge
        return [i for i in dict.fromkeys(self.places) if fits(lines[i], self.marks_in(i, i + 1))]

    def outer(self, kind: str) -> list[int]:
        """The lines that end a bullet because they hold what it is a part of: numbers, and bullets less indented."""
        if not kind.startswith("bullet"):
            return []
        indent = int(kind.removeprefix("bullet"))
        found = [at for other, at in self.starts.items() if _may_hold(other, indent)]
        return sorted({i for at in found for i in at})

    def opener(self, line: int, kind: str) -> Opener:
        """How a line opens an item of a kind."""
        for opener in self.lines[line].openers:
            if opener.kind == kind:
                return opener
        return Opener(kind, NO_HEADING, 0)

    def kinds(self) -> list[str]:
        """The kinds of opened items, most frequent first; of two that open the same lines, the outer."""
        kept: list[str] = []
        for kind in sorted(self.starts, key=lambda kind: -len(self.starts[kind])):
            if not any(self.starts[kind] == self.starts[other] for other in kept):
                kept.append(kind)
        return kept

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Which of the marks stand from one line up to another."""
        low = bisect_left(self.places, first)
        return low, bisect_left(self.places, last, low)

    def marks_in(self, first: int, last: int) -> list[Mark]:
        """The marked numbers from one line up to another."""
        low, high = self.span(first, last)
        return self.marks[low:high]


def _may_hold(kind: str, indent: int) -> bool:
    if kind.startswith("bullet"):
        return int(kind.removeprefix("bullet")) < indent
    style, dash, deep = kind.partition("-")
    return style == "number" and dash == "-" and int(deep) <= indent


def _alone(line: Line, marks: Sequence[Mark]) -> bool:
    """Whether a line holds nothing but its numbers."""
    return not _speaks(line.text, 0, marks[0].start) and not _speaks(line.text, marks[-1].end)


def _at_edge(line: Line, marks: Sequence[Mark]) -> bool:
    """Whether a number opens or closes its line, or the head of it ("Plan Red (60%): …"), and not in a sentence."""
    return _is_at_edge(line, marks, _first_said(line.text, line.body))


def _is_at_edge(line: Line, marks: Sequence[Mark], said: int) -> bool:
    """The same, where the place is known at which the line first says anything."""
    if said >= marks[0].start or not _speaks(line.text, marks[-1].end):
        return True
    return len(marks) == 1 and _HEAD_ENDS.match(line.text, marks[0].end) is not None


def _speaks(line: str, start: int, end: int = sys.maxsize) -> bool:
    """Whether a part of a line says anything; a line may hold many numbers, so no part is copied."""
    return _SAID.search(line, start, end) is not None


def _first_said(line: str, start: int) -> int:
    """Where a line first says anything from a place on; its end if nowhere."""
    said = _SAID.search(line, start)
    return said.start() if said else len(line)
