"""Finding candidates that nothing opens, a line each with its number at an edge: "Paris: 45%"."""

from __future__ import annotations

from ....patterns import regex
from ...candidate.found import Draft
from ...candidate.item_text import draft_of
from ...language.remarks import is_closing_remark
from ...numbers.labelled import labels_in
from ...numbers.unlabelled import unlabelled
from ...page.items import Item
from ...page.lines import Line, is_fence, lines_of
from ...page.openers import NO_HEADING, Opener
from ...page.outline import Outline

__all__ = ["PlainLineScanner"]

_DIGIT = regex(r"\d")
_OPENER = Opener("line", NO_HEADING, 0)
_FEWEST_IN_A_ROW = 3  # lines in a row


class PlainLineScanner:
    """Follows lines that stand together, each with a number; one is given when the next is written."""

    __slots__ = ("_run", "failed", "started")
    mark = ""  # any line may complete a candidate

    def __init__(self) -> None:
        self.failed = False
        self.started = False
        self._run = Outline()  # the lines that stand together

    def scan(self, lines: str) -> list[Draft]:
        """The candidates whose lines are followed by another in these lines."""
        if not self._run.lines and _DIGIT.search(lines) is None:
            return []
        drafts: list[Draft] = []
        for line in lines_of(lines, 0, len(lines)):
            if not line.blank:
                drafts += self._read(line)
            if self.failed:
                break
        return drafts

    def _read(self, line: Line) -> list[Draft]:
        labels = labels_in(line.text)
        if labels is not None and labels.marks(line.text):
            self.failed = True  # then other numbers say nothing
            return []
        mark = None if line.openers or is_fence(line.text) else unlabelled(line.text)
        if mark is None or is_closing_remark(line.text):
            self.failed = self.started
            self._run = Outline()
            return []
        run = self._run
        run.add(line, (mark,))
        written = len(run.lines) - 1
        if written + 1 < _FEWEST_IN_A_ROW:
            return []
        given = range(written) if not self.started else (written - 1,)
        self.started = True
        return [draft_of(run, Item(i, i + 1, _OPENER, i, i + 1)) for i in given]
