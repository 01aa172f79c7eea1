"""What is known of the lines of a reply before they are cut into items: what opens one, and what may end one."""

from __future__ import annotations

from bisect import bisect_left

from .lines import Line, Opener, is_rule
from .marks import Mark

__all__ = ["UNMARKED", "Outline", "alone"]

UNMARKED = ("paragraph", "line", "mark", "after")  # items that nothing opens but a blank line or their number


class Outline:
    """Lines and the numbers marked in them, gone through once for all the ways to cut them.

    Attributes:
        starts: Which lines open an item of each kind, and how.
        breaks: The lines that may end an item: headings and rules.
        marked: The lines that hold a number, in order.
    """

    __slots__ = ("breaks", "lines", "marked", "marks", "starts")

    def __init__(self, lines: list[Line], marks: dict[int, list[Mark]]) -> None:
        self.lines, self.marks = lines, marks
        self.marked = sorted(marks)
        self.starts: dict[str, list[tuple[int, Opener]]] = {}
        self.breaks: list[int] = []
        for i, line in enumerate(lines):
            if line.openers:
                if line.openers[0].rank < 7:
                    self.breaks.append(i)
                for opener in line.openers:
                    self.starts.setdefault(opener.kind, []).append((i, opener))
            if is_rule(line.text) and (not self.breaks or self.breaks[-1] != i):
                self.breaks.append(i)

    def opened(self, kind: str) -> list[tuple[int, Opener]]:
        """The lines that open an item of a kind."""
        if kind not in UNMARKED:
            return self.starts[kind]
        lines, marks = self.lines, self.marks
        opener = Opener(kind, 7, 0)
        if kind == "line":
            return [(i, opener) for i in self.marked if _at_edge(lines[i], marks[i])]
        if kind == "mark":
            return [(i, opener) for i in self.marked if alone(lines[i], marks[i])]
        return [(i, opener) for i, line in enumerate(lines) if not line.blank and (i == 0 or lines[i - 1].blank)]

    def kinds(self) -> list[str]:
        """The kinds of opened items, most frequent first; of two that open the same lines, the outer."""
        kept: list[str] = []
        seen: set[tuple[int, ...]] = set()
        for kind in sorted(self.starts, key=lambda kind: -len(self.starts[kind])):
            opened = tuple(i for i, _ in self.starts[kind])
            if opened not in seen:
                seen.add(opened)
                kept.append(kind)
        return kept

    def marks_in(self, first: int, last: int) -> list[tuple[int, Mark]]:
        """The marked numbers from one line up to another."""
        low = bisect_left(self.marked, first)
        return [(at, mark) for at in self.marked[low : bisect_left(self.marked, last, low)] for mark in self.marks[at]]


def alone(line: Line, marks: list[Mark]) -> bool:
    """Whether a line holds nothing but its numbers."""
    return not _says(line.text[: marks[0].start]) and not _says(line.text[marks[-1].end :])


def _at_edge(line: Line, marks: list[Mark]) -> bool:
    """Whether a number opens or closes its line, as it does in a list, and not in a sentence."""
    return not _says(line.text[: marks[0].start]) or not _says(line.text[marks[-1].end :])


def _says(text: str) -> bool:
    return bool(text) and any(map(str.isalnum, text))
