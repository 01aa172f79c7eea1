"""Finding the candidates of a table that is still being written, whatever parts its cells."""

from __future__ import annotations

from ....patterns import regex
from ...candidate.found import Draft
from ...candidate.placeholders import is_placeholder
from ...language import names
from ...numbers.number import Unit, number_in, unit_of
from ...readers.tables.piped import cells_of, is_below_header
from ...readers.tables.rows import ROW_LABEL, TOTAL
from ...readers.tables.separated import RULED, Cut, cut_of

__all__ = ["TableScanner"]

_MAY_BE_HEADER = regex(r"[^\n\d]{3,200}\Z")
_DRAWN_BOX = range(0x2500, 0x2580)


class TableScanner:
    """Follows a table whose header says which column holds the texts, and which the numbers: a row ends with its line.

    Where only all rows together tell that, it fails.
    """

    __slots__ = ("_cut", "_header", "_number", "_text", "_unit", "failed")
    mark = ""  # any line may complete a candidate

    def __init__(self) -> None:
        self.failed = False
        self._header: list[str] = []
        self._cut: Cut | None = None  # cuts a row into its cells, once rows follow
        self._number = self._text = -1  # columns
        self._unit = Unit.BARE

    @property
    def started(self) -> bool:
        return self._text >= 0 and not self.failed

    def scan(self, lines: str) -> list[Draft]:
        """The candidates whose rows end in these lines."""
        drafts: list[Draft] = []
        for line in lines.splitlines():
            draft = self._read(line.strip())
            if self.failed:
                break
            drafts += [draft] if draft else []
        return drafts

    def _read(self, line: str) -> Draft | None:
        if self._cut is None:
            self._look_for_header(line)
            return None
        if (line and RULED.match(line)) or (self._cut is cells_of and is_below_header(line)):
            return None
        cells = self._cells(line)
        if self._text < 0:
            if self._cut is not cells_of and len(cells) not in (len(self._header), len(self._header) + 1):
                self._cut, self._header = None, []  # words that looked like a header
                self._look_for_header(line)
                return None
            self._find_columns(cells)
        self.failed = self.failed or len(cells) != len(self._header)
        return None if self.failed else self._draft(cells)

    def _cells(self, line: str) -> list[str]:
        if self._cut is None or (self._cut is cells_of and not (line.startswith("|") and line.endswith("|"))):
            return []
        return self._cut(line) if line.count('"') % 2 == 0 or self._cut is cells_of else []

    def _look_for_header(self, line: str) -> None:
        if line.startswith("|") and line.endswith("|") and not is_below_header(line):
            self._header = [cell.strip("*_` ") for cell in cells_of(line)]
            self.failed = any(map(str.isdigit, line)) or any(ord(sign) in _DRAWN_BOX for sign in line)
        elif self._header and is_below_header(line):
            self._cut = cells_of
        elif not is_below_header(line):
            # What stands before a table may be the list that it sums up.
            self.failed = "|" in line or any(map(str.isdigit, line))
            cut = None if self.failed or not _MAY_BE_HEADER.match(line) else cut_of(line)
            self._cut, self._header = cut, [name.strip("*_` ") for name in cut(line)] if cut else []

    def _find_columns(self, first: list[str]) -> None:
        """Finds the columns by the names in the header and the first row."""
        if self._cut is not cells_of and len(first) > len(self._header):
            self._header = ["", *self._header]  # the rows are counted
        header = self._header
        numbers = [i for i, name in enumerate(header) if names.is_probability(name.rstrip("%％ "))]
        others = [i for i, name in enumerate(header) if i not in numbers and not names.is_bookkeeping(name or "#")]
        ranks = [(rank, i) for i in others if (rank := names.text_rank(header[i])) is not None]
        if not ranks and len(others) == 1:
            ranks = [(0, others[0])]
        self.failed = len(numbers) != 1 or not ranks or len(set(header)) < len(header) or len(first) != len(header)
        if self.failed:
            return
        self._number, self._text = numbers[0], min(ranks)[1]
        self._unit = unit_of(header[self._number])
        self.failed = ROW_LABEL.match(first[self._text]) is not None  # all of them may only count the rows

    def _draft(self, cells: list[str]) -> Draft | None:
        text, number = cells[self._text], number_in(cells[self._number], self._unit)
        if number is None or number.stated is None:
            self.failed = True
            return None
        if not text.strip("-=: \n") or TOTAL.fullmatch(text.casefold()) or is_placeholder(text, number):
            return None
        fields = {
            name: cell for i, (name, cell) in enumerate(zip(self._header, cells, strict=True)) if i != self._number
        }
        return Draft(text, number, 0, 0, fields)
