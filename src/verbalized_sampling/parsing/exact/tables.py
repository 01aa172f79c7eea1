"""Markdown tables of plain cells: their columns are taken as they stand."""

from __future__ import annotations

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.columns import Columns
from ..candidate.placeholders import LONGEST, is_placeholder
from ..numbers.number import Number, Unit, number_in, unit_of
from ..readers.tables.rows import TOTAL, columns_in

__all__ = ["read_table"]

# What may decorate a cell, draw a box, or belong to another format.
_NO_PLAIN_CELL = regex("[*_`<{\\[\\\\~◁=\r\v\f\x1c-\x1e\x85\u2028\u2029\u2500-\u257f\ud800-\udfff]")
_BELOW_HEADER = regex(r"\|(?:[ \t]{0,9}:?-{1,80}:?[ \t]{0,9}\|)+")
_FEWEST_LINES = 5  # lines


def read_table(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but one table of plain cells; otherwise None."""
    if text[:1] != "|" or _NO_PLAIN_CELL.search(text):
        return None
    lines = text.rstrip("\n").split("\n")
    if len(lines) < _FEWEST_LINES or _BELOW_HEADER.fullmatch(lines[1]) is None or "" in lines:
        return None
    if {line[:1] + line[-1:] for line in lines} != {"||"} or len({line.count("|") for line in lines}) > 1:
        return None
    header = [cell.strip() for cell in lines[0][1:-1].split("|")]
    rows: list[list[str]] = []
    lines[:] = lines[:1:-1]
    while lines:  # each is let go once it is cut: together they are as large as the reply
        rows.append([*map(str.strip, lines.pop()[1:-1].split("|"))])
    if "" in header or len(set(header)) < len(header) or any(_is_doubtful(row) for row in rows):
        return None
    found = columns_in(header, rows)
    if found is None or len(found.texts) > 1:
        return None
    texts = [row[found.texts[0]] for row in rows]
    unit = unit_of(header[found.number])
    stated = [row[found.number] for row in rows]
    known = {cell: number_in(cell, unit) for cell in set(stated)}
    numbers: list[Number] = []
    for answer, cell in zip(texts, stated, strict=True):
        number = known[cell]
        if number is None or number.stated is None or not answer.strip("-: "):
            return None
        if len(answer) <= LONGEST and (is_placeholder(answer, number) or TOTAL.fullmatch(answer.casefold())):
            return None
        numbers.append(number)
    beside = [{header[c]: row[c] for c in found.beside if row[c]} for row in rows] if found.beside else None
    bare = all(number.unit is Unit.BARE and number.repair is None for number in known.values() if number)
    plain = [number.stated or 0.0 for number in numbers]
    return Columns(texts, plain if bare else numbers, beside=beside, repairs=(Repair.OTHER_FORMAT,))


def _is_doubtful(row: list[str]) -> bool:
    """Whether a cell may be quoted as a whole, or nothing stands in the row."""
    return any(cell[:1] == '"' for cell in row) or not any(row)
