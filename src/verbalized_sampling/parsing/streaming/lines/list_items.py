"""Finding the items of a list that is still being written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ....patterns import regex
from ...candidate.common_label import has_label
from ...candidate.found import Draft
from ...candidate.item_fields import labels_of_fields
from ...candidate.item_text import draft_of
from ...exact.headed import UniformHeads
from ...exact.lists import UniformItems
from ...exact.percents import UniformPercents
from ...language.counting import counted
from ...language.remarks import is_closing_remark
from ...numbers.labelled import Labels, labels_in
from ...numbers.marks import Mark
from ...numbers.number import Number
from ...page.headless import head_of
from ...page.items import Item
from ...page.lines import Line, is_fence, lines_of
from ...page.outline import Outline
from ...readers.lists.edges import edge_of, is_worded
from ...readers.lists.endings import ends, is_colon_title

__all__ = ["ListScanner"]

_BLOCK = regex(r"[^\n:]{1,50}:[ \t]{1,9}[|>][-+\d]{0,2}\s*\Z")
_MAY_STATE = regex(r"[\d:：=]")  # what no labelled number lacks
_OPENING_LINES = 4  # that tell whether a list lacks its first number
_BEFORE_SURE = 2  # items with one number each that make a list


class Uniform(Protocol):
    """Reads the items of a list that are alike.

    Attributes:
        mark: What every line begins with that opens one; "" if lines that don't are to be looked at, too.
    """

    @property
    def mark(self) -> str: ...
    def opens(self, line: str, *, next_one: bool) -> bool: ...
    def goes_on(self, line: str) -> bool: ...
    def read(self, lines: list[str]) -> tuple[str, Number] | None: ...


class ListScanner:
    """Follows a list to its items: one has ended when the next begins. It fails where the list ends, too."""

    __slots__ = (
        "_fields",
        "_kind",
        "_labelled",
        "_offset",
        "_open",
        "_outline",
        "_placed",
        "_uniform",
        "failed",
    )

    def __init__(self) -> None:
        self.failed = False
        self._outline = Outline()
        self._kind: str | None = None
        self._fields: frozenset[str] = frozenset()
        self._labelled = self._placed = False  # how numbers were known so far
        self._offset = 0
        self._uniform: Uniform | None = None  # once two items were alike
        self._open: list[str] = []  # the lines of the last of those, which may go on

    @property
    def started(self) -> bool:
        return self._kind is not None

    @property
    def mark(self) -> str:
        return self._uniform.mark if self._uniform is not None and self._open else ""

    def scan(self, lines: str) -> list[Draft]:
        """The candidates whose items end in these lines."""
        if self._uniform is None:
            return self._with_care(lines)
        drafts: list[Draft] = []
        for line in lines[:-1].split("\n"):
            drafts += self._quickly(line, self._uniform)
            if self.failed:
                break
        return drafts

    def _quickly(self, line: str, uniform: Uniform) -> list[Draft]:
        """The items that end with a line; read with care unless they are like the others."""
        opens = uniform.opens(line, next_one=bool(self._open))
        if self._open and not opens and uniform.goes_on(line):
            self._open.append(line)
            return []
        drafts: list[Draft] = []
        if not self._open:  # what the outline holds so far ends here, or goes on
            if not opens:
                return self._with_care(line + "\n")
            drafts = self._last_of_outline()
        elif opens and (read := uniform.read(self._open)) is not None:
            drafts = [Draft(*read, 0, 0)]
        else:
            self._put_into_outline(self._open)
            self._open = []
            return [] if self.failed else self._with_care(line + "\n")
        self._open = [line]
        return drafts

    def _put_into_outline(self, lines: list[str]) -> None:
        """Adds lines that were kept as they are: they are not like the others."""
        for line in lines:
            labels = labels_in(line)
            for known in lines_of(line, 0, len(line)):
                self._outline.add(known, self._marks(known, labels))

    def _last_of_outline(self) -> list[Draft]:
        """The item that was read with care and ends here."""
        kind = self._kind or ""
        draft = self._draft(self._item(kind, self._outline.starts[kind][-1], len(self._outline.lines)))
        self.failed = draft is None
        return [draft] if draft else []

    def _with_care(self, text: str) -> list[Draft]:
        """The items that end in whole lines."""
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
                    self._uniform = _uniform(outline, pairs[-1], drafts[-1])
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
        at = last - 1
        while at > first and outline.lines[at].blank:
            at -= 1
        if high > low and at > outline.places[high - 1] and is_colon_title(outline.lines[at]):
            last = at  # it names the group that follows
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


def _uniform(outline: Outline, lines: tuple[int, int], draft: Draft | None) -> Uniform | None:
    """What reads items like the one in some lines quickly; None if it can't, or would read that one otherwise."""
    written = [line.text for line in outline.lines[lines[0] : lines[1]]]
    found = UniformItems.like(written[0]) or UniformPercents.like(written[0]) or UniformHeads.like(written[0])
    read = None if found is None else found.read(written)
    if found is None or draft is None or read not in (None, (draft.text, draft.number)):
        return None
    return found


def _edge_of(line: Line) -> Mark | None:
    """The unlabelled number of a line, if it is one whatever follows."""
    mark = edge_of(line)
    return None if mark is None or is_worded(line.text, mark) or is_closing_remark(line.text) else mark
