"""Finding the items of a list that is still being written."""

from __future__ import annotations

from collections.abc import Sequence

from ...patterns import regex
from ..candidate.common_label import has_label
from ..candidate.found import Draft
from ..candidate.item_fields import labels_of_fields
from ..candidate.item_text import draft_of
from ..exact.lists import UniformItems
from ..language.counting import counted
from ..language.remarks import is_closing_remark
from ..numbers.labelled import Labels, labels_in
from ..numbers.unlabelled import Mark
from ..page.headless import head_of
from ..page.items import Item
from ..page.lines import Line, is_fence, lines_of
from ..page.outline import Outline
from ..readers.lists.edges import edge_of, is_worded
from ..readers.lists.endings import ends

__all__ = ["LineScanner"]

_BLOCK = regex(r"[^\n:]{1,50}:[ \t]{1,9}[|>][-+\d]{0,2}\s*\Z")
_MAY_STATE = regex(r"[\d:：=]")  # what no labelled number lacks
_OPENING_LINES = 4  # that tell whether a list lacks its first number
_BEFORE_SURE = 2  # items with one number each that make a list


class LineScanner:
    """Follows a list to its items: one has ended when the next begins. It fails where the list ends, too."""

    __slots__ = (
        "_fields",
        "_kind",
        "_labelled",
        "_offset",
        "_open",
        "_outline",
        "_placed",
        "_rest",
        "_uniform",
        "failed",
    )

    def __init__(self) -> None:
        self.failed = False
        self._outline = Outline()
        self._kind: str | None = None
        self._fields: frozenset[str] = frozenset()
        self._labelled = self._placed = False  # how numbers were known so far
        self._rest: list[str] = []
        self._offset = 0
        self._uniform: UniformItems | None = UniformItems()  # None once a line was not like the others
        self._open: tuple[str, Draft] | None = None  # the last of the uniform ones, which may go on

    @property
    def started(self) -> bool:
        return self._kind is not None

    @property
    def wakes(self) -> str:
        return ""

    @property
    def rest(self) -> None:
        return None

    def scan(self, piece: str) -> list[Draft]:
        """The candidates whose items end in this piece."""
        written, newline, rest = piece.rpartition("\n")
        self._rest.append(written + newline if newline else rest)
        if not newline:
            return []
        text = "".join(self._rest)
        self._rest = [rest]
        if self._kind is not None and self._uniform is not None:
            quick = self._quickly(text, self._kind, self._uniform)
            if quick is not None:
                return quick
        drafts: list[Draft] = []
        labels = labels_in(text) if _MAY_STATE.search(text) else None
        for line in lines_of(text, 0, len(text)):
            if _BLOCK.match(line.text):  # how far its scalars are indented, and where they end, takes all of it to tell
                self.failed = True
                break
            drafts += self._add(Line(line.text, line.start + self._offset, line.openers), labels)
            if self.failed:
                break
        self._offset += len(text)
        return drafts

    def _quickly(self, text: str, kind: str, uniform: UniformItems) -> list[Draft] | None:
        """The items that end in whole lines which are all alike; None if one is not, from then on."""
        found: list[tuple[str, Draft]] = []
        for line in text.split("\n"):
            if not line:
                continue
            said = uniform.read(line)
            if said is None:
                break
            found.append((line, Draft(said[0], said[1], 0, 0)))
        else:
            if not found:
                return []
            before = self._open
            if before is None:  # what the outline holds so far goes on until here
                draft = self._draft(self._item(kind, self._outline.starts[kind][-1], len(self._outline.lines)))
                self.failed = draft is None
                if draft is None:
                    return []
            else:
                draft = before[1]
            self._open = found[-1]
            return [draft, *(item for _, item in found[:-1])]
        if self._open is not None:
            line = self._open[0]
            labels = labels_in(line)
            for known in lines_of(line, 0, len(line)):
                self._outline.add(known, labels.marks(line) if labels is not None else ())
        self._uniform = self._open = None
        return None

    def _add(self, line: Line, labels: Labels | None) -> list[Draft]:
        outline = self._outline
        index = len(outline.lines)
        outline.add(line, self._marks(line, labels))
        for opener in line.openers:
            starts = outline.starts[opener.kind]
            if self._kind is None and len(starts) > _BEFORE_SURE and outline.places:
                pairs = list(zip(starts[-_BEFORE_SURE - 1 :], starts[-_BEFORE_SURE:], strict=False))
                items = [self._item(opener.kind, first, last) for first, last in pairs]
                before = outline.places[0] < starts[-_BEFORE_SURE - 1]
                if before or not all(items):
                    continue
                if head_of("\n".join(line.text for line in outline.lines[:_OPENING_LINES])) is not None:
                    self.failed = True
                    return []
                self._fields = labels_of_fields(outline, [item for item in items if item])
                drafts = [self._draft(item) for item in items]
                if all(drafts):
                    self._kind = opener.kind
                    return [draft for draft in drafts if draft]
            elif opener.kind == self._kind:
                draft = self._draft(self._item(opener.kind, starts[-2], index))
                self.failed = draft is None
                return [draft] if draft else []
        return []

    def _marks(self, line: Line, labels: Labels | None) -> Sequence[Mark]:
        """The numbers in a line: those with a label, or those known by their place alone if no line has a label."""
        marks = labels.marks(line.text) if labels is not None else []
        if marks:
            self.failed = self._placed
            self._labelled = True
        elif not self._labelled and line.openers and (mark := _edge_of(line)):
            self._placed = True
            return (mark,)
        return marks

    def _item(self, kind: str, first: int, last: int) -> Item | None:
        """The item between two openers, if it is one beyond doubt."""
        outline = self._outline
        low, high = outline.span(first, last)
        if high - low != 1 or not self._is_known(outline.lines[first]):
            return None
        item = Item(first, last, outline.opener(first, kind), low, high)
        further = outline.lines[first + 1 : last]
        if any(ends(line, item) or is_closing_remark(line.text) or is_fence(line.text) for line in further):
            return None
        return item

    def _draft(self, item: Item | None) -> Draft | None:
        draft = draft_of(self._outline, item, self._fields) if item is not None else None
        if item is None or draft is None or not draft.text:
            return None
        return None if self._outline.places[item.low] != item.first and has_label(draft.text) else draft

    @staticmethod
    def _is_known(line: Line) -> bool:
        """Whether a line's opener is known before the reply ends; a word that only this reply counts with is not."""
        return any(opener.label for opener in line.openers) or not counted(line.text)


def _edge_of(line: Line) -> Mark | None:
    """The unlabelled number of a line, if it is one whatever follows."""
    mark = edge_of(line)
    return None if mark is None or is_worded(line.text, mark) or is_closing_remark(line.text) else mark
