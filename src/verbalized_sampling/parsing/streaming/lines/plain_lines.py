"""Finding candidates that nothing opens, a line each with its number at an edge: "Paris: 45%"."""

from __future__ import annotations

from ....patterns import regex
from ...candidate.found import Draft
from ...candidate.item_text import draft_of
from ...exact.percents import UniformPercents
from ...language.remarks import is_closing_remark
from ...numbers.labelled import labels_in
from ...numbers.unlabelled import unlabelled
from ...page.items import Item
from ...page.lines import is_fence, lines_of
from ...page.openers import NO_HEADING, Opener
from ...page.outline import Outline
from ...readers.tables.separated import cut_of

__all__ = ["PlainLineScanner"]

_DIGIT = regex(r"\d")
_OPENER = Opener("line", NO_HEADING, 0)
_PARTED_NAMES = regex(r"[^\n.!?]{1,60}(?:[,;\t]|\S {2,}\S)[^\n.!?]{1,140}\Z")
_FEWEST_IN_A_ROW = 3  # lines in a row
_LONGEST_LETTER = 3  # characters of a letter in brackets


class PlainLineScanner:
    """Follows lines that stand together, each with a number; one is given when the next is written."""

    __slots__ = ("_announced", "_held", "_uniform", "failed", "started")
    mark = ""  # any line may complete a candidate

    def __init__(self) -> None:
        self.failed = False
        self.started = False
        self._announced = False  # by a line that only says that numbers follow
        self._held: list[Draft] = []  # of the lines that stand together, those that were not given
        self._uniform: UniformPercents | None = None  # once a line was read that others may be like

    def scan(self, lines: str) -> list[Draft]:
        """The candidates whose lines are followed by another in these lines."""
        if not self._held and _DIGIT.search(lines) is None:
            for line in lines.splitlines():
                self._note(line)
            return []
        drafts: list[Draft] = []
        for line in lines.splitlines():
            if line.strip():
                drafts += self._follow(line)
            if self.failed:
                break
        return drafts

    def _follow(self, line: str) -> list[Draft]:
        """The candidates before a line, if that is one, too."""
        draft = self._quickly(line, self._uniform) if self._uniform is not None else None
        draft = draft or self._with_care(line)
        if draft is None:
            self.failed = self.failed or self.started
            self._held.clear()
            return []
        self._held.append(draft)
        if not self.started and len(self._held) < _FEWEST_IN_A_ROW:
            return []
        self.started = True
        given, self._held = self._held[:-1], self._held[-1:]
        return given

    @staticmethod
    def _quickly(line: str, uniform: UniformPercents) -> Draft | None:
        read = uniform.read([line]) if uniform.opens(line, next_one=False) else None
        return None if read is None else Draft(*read, 0, 0)

    def _note(self, line: str) -> None:
        """Remembers what a line without a number says of those below: that numbers follow, or the rows of a table."""
        labels = labels_in(line)
        self._announced = self._announced or (labels is not None and labels.announces(line))
        # (To cut a line is slow.)
        self.failed = self.failed or (_PARTED_NAMES.match(line) is not None and cut_of(line.strip()) is not None)

    def _with_care(self, written: str) -> Draft | None:
        line = lines_of(written, 0, len(written))[0]
        labels = labels_in(line.text)
        if labels is not None and labels.marks(line.text):
            self.failed = True  # then other numbers say nothing
            return None
        if _DIGIT.search(line.text) is None:
            self._note(written)
        parted = line.text.count("|") > 1  # a row of a table, it may be
        mark = None if line.openers or parted or is_fence(line.text) else unlabelled(line.text)
        if mark is None or is_closing_remark(line.text):
            return None
        outline = Outline()
        outline.add(line, (mark,))
        draft = draft_of(outline, Item(0, 1, _OPENER, 0, 1))
        if self._announced and len(draft.text) <= _LONGEST_LETTER:
            self.failed = True  # the number may be that of an item above
            return None
        uniform = UniformPercents.like(written)
        if uniform is not None and uniform.read([written]) == (draft.text, draft.number):
            self._uniform = uniform
        return draft
