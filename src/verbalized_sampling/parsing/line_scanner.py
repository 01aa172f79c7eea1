"""Finding the items of a list that is still being written."""

from __future__ import annotations

from .draft import Draft
from .item_text import draft_of
from .items import Item, closes, ends
from .lines import Line, lines_of
from .marks import Labels, Mark, labels_in

__all__ = ["LineScanner"]

_BEFORE_SURE = 2  # items with one number each that make a list


class LineScanner:
    """Cuts a reply into list items while it arrives: an item has ended when the next one begins.

    Attributes:
        failed: The list has ended, or is none that can be read before its end.
        started: The list was found.
    """

    __slots__ = ("_drafts", "_kind", "_lines", "_marks", "_offset", "_rest", "_starts", "failed")

    def __init__(self) -> None:
        self.failed = False
        self._lines: list[Line] = []
        self._marks: dict[int, list[Mark]] = {}
        self._starts: dict[str, list[int]] = {}
        self._kind: str | None = None
        self._rest: list[str] = []
        self._offset = 0

    @property
    def started(self) -> bool:
        return self._kind is not None

    def scan(self, piece: str) -> list[Draft]:
        """The items that ended in this piece."""
        written, newline, rest = piece.rpartition("\n")
        self._rest.append(written + newline if newline else rest)
        if not newline:
            return []
        text = "".join(self._rest)
        self._rest = [rest]
        drafts: list[Draft] = []
        labels = labels_in(text)
        for line in lines_of(text, 0, len(text)):
            drafts += self._add(Line(line.text, line.start + self._offset, line.openers), labels)
            if self.failed:
                break
        self._offset += len(text)
        return drafts

    def _add(self, line: Line, labels: Labels | None) -> list[Draft]:
        index = len(self._lines)
        self._lines.append(line)
        if labels is not None and (found := labels.marks(line.text)):
            self._marks[index] = found
        for opener in line.openers:
            starts = self._starts.setdefault(opener.kind, [])
            starts.append(index)
            if self._kind is None and len(starts) > _BEFORE_SURE and self._marks:
                pairs = list(zip(starts[-_BEFORE_SURE - 1 :], starts[-_BEFORE_SURE:], strict=False))
                drafts = [self._item(opener.kind, first, last) for first, last in pairs]
                before = any(at < starts[-_BEFORE_SURE - 1] for at in self._marks)
                if all(drafts) and not before:
                    self._kind = opener.kind
                    return [draft for draft in drafts if draft]
            elif opener.kind == self._kind:
                draft = self._item(opener.kind, starts[-2], index)
                self.failed = draft is None
                return [draft] if draft else []
        return []

    def _item(self, kind: str, first: int, last: int) -> Draft | None:
        """The item between two openers, if it is one beyond doubt."""
        opener = next(o for o in self._lines[first].openers if o.kind == kind)
        marks = [(i, mark) for i in range(first, last) for mark in self._marks.get(i, ())]
        if len(marks) != 1:
            return None
        item = Item(first, last, opener, marks)
        if any(ends(self._lines[i], item) or closes(self._lines[i].text) for i in range(first + 1, last)):
            return None
        draft = draft_of(self._lines, item)
        return draft if draft.text else None
