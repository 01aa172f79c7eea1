"""Finding the candidates of a Markdown table that is still being written."""

from __future__ import annotations

from ...candidate.found import Draft
from ...candidate.placeholders import is_placeholder
from ...language import names
from ...numbers.number import Unit, number_in, unit_of
from ...readers.tables.piped import cells_of, is_below_header
from ...readers.tables.rows import TOTAL

__all__ = ["TableScanner"]

_SURELY_A_TEXT = 20  # characters of a cell that neither counts its row nor names it
_DRAWN_BOX = range(0x2500, 0x2580)


class TableScanner:
    """Follows a table whose header says which column holds the texts, and which the numbers: a row ends with its line.

    Where only all rows together tell that, it fails.
    """

    __slots__ = ("_header", "_number", "_rows", "_text", "_unit", "failed")
    mark = ""  # any line may complete a candidate

    def __init__(self) -> None:
        self.failed = False
        self._header: list[str] = []
        self._rows = False  # whether rows follow
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
        if not line.startswith("|") or not line.endswith("|"):
            # What stands before a table may be the list that it sums up; what follows it may be anything.
            self.failed = self._rows or "|" in line or any(map(str.isdigit, line))
            self._header = []
            return None
        if is_below_header(line):
            self._rows = self._rows or bool(self._header)
            return None
        cells = cells_of(line)
        if not self._rows:
            self._header = [cell.strip("*_` ") for cell in cells]
            self.failed = any(map(str.isdigit, line)) or any(ord(sign) in _DRAWN_BOX for sign in line)
            return None
        if self._text < 0:
            self._find_columns(cells)
        if self.failed or len(cells) != len(self._header):
            self.failed = True
            return None
        return self._draft(cells)

    def _find_columns(self, first: list[str]) -> None:
        """Finds the columns by the names in the header and the first row."""
        header = self._header
        numbers = [i for i, name in enumerate(header) if names.is_probability(name.rstrip("%％ "))]
        ranks = [(rank, i) for i, name in enumerate(header) if (rank := names.text_rank(name)) is not None]
        self.failed = len(numbers) != 1 or not ranks or len(set(header)) < len(header) or len(first) != len(header)
        if self.failed:
            return
        self._number, self._text = numbers[0], min(ranks)[1]
        self._unit = unit_of(header[self._number])
        self.failed = self._text == self._number or len(first[self._text]) < _SURELY_A_TEXT

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
