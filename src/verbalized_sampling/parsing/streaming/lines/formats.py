"""The formats that people use, in a reply that is still being written: all of them are read line by line."""

from __future__ import annotations

from ...candidate.found import Draft
from ..scanner import LineScanner
from .list_items import ListScanner
from .plain_lines import PlainLineScanner
from .records import RecordScanner
from .table_rows import TableScanner

__all__ = ["LineFormats"]


class LineFormats:
    """Follows tables, records, lists and plain lines at once until one of them has started, then that one alone.

    It keeps the line that is being written, so that each of them is given whole lines.
    """

    __slots__ = ("_begun", "_scanners", "failed", "started")

    def __init__(self) -> None:
        self.failed = False
        self.started = False
        self._begun: list[str] = []  # pieces of the last line
        # In the order of their readers.
        self._scanners: list[LineScanner] = [TableScanner(), RecordScanner(), ListScanner(), PlainLineScanner()]

    @property
    def wakes(self) -> str:
        if not self.started or self.failed:
            return ""
        mark = self._scanners[0].mark
        # (Once a line's beginning is there, its end is all that is missing.)
        return "\n" if "".join(self._begun).startswith(mark) else "\n" + mark

    @property
    def rest(self) -> None:
        return None  # words may follow any of them

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that the lines complete which end in this piece."""
        whole, newline, begun = piece.rpartition("\n")
        if not newline:
            self._begun.append(piece)
            return []
        lines = "".join((*self._begun, whole, newline))
        self._begun = [begun]
        drafts: list[Draft] = []
        for scanner in self._scanners:
            drafts += scanner.scan(lines)
            if scanner.started and not scanner.failed:
                self.started = True
                self._scanners = [scanner]
                return drafts
        self._scanners = [scanner for scanner in self._scanners if not scanner.failed]
        self.failed = not self._scanners
        return drafts
