"""Candidates in Markdown tables, whatever the order of their columns."""

from __future__ import annotations

import re

from ...patterns import regex
from ...repairs import Repair
from ..candidate.asked import Asked
from ..candidate.found import Block, Draft
from ..language import names
from ..language.words import TEXT_WORDS, in_all_languages, pattern_of
from ..numbers.amounts import may_be_parts
from ..numbers.labelled import labels_in
from ..numbers.number import Number, number_in
from ..numbers.unlabelled import unlabelled

__all__ = ["table_blocks"]

_DELIMITER = regex(r"[ \t>]*+(?:[|+][ \t]*+)?:?[-=]++:?[ \t]*+(?:[|+][ \t]*+:?[-=]++:?[ \t]*+)*+(?:[|+][ \t]*+)?\Z")
_CORNERS = dict.fromkeys("┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛", "+")
_BOXES = str.maketrans(_CORNERS | dict.fromkeys("│┃║", "|") | dict.fromkeys("─━═", "-"))
_BAR = regex("[|│┃║]")
_BREAK = regex(r"<br\s*/?>", re.IGNORECASE)
_ROW_LABEL = regex(r"(?:[A-Za-z]|\d{1,3}|#\d{1,3}|[①-⑳]|[\w ]{1,14}[ ](?:\d{1,3}|[A-Za-z]))[.)]?\Z")
_SHARE = regex(r"[≈~]?\s?(\d{1,3}(?:[.,]\d{1,6})?)\s?[%％]")
# What percents in a column that nobody calls a probability may measure instead.
_MEASURED = regex(
    r"\b(?:accuracy|precision|recall|f1|growth|change|rate|increase|decrease|discount|margin|coverage|progress|error"
    r"|improvement|gain|loss|return|yield|score|tax|vat|off|battery|humidity|abv)\b|[±Δ+]",
    re.IGNORECASE,
)
_SAYS = regex(r"[^\W\d_]")
_CELL_EDGES = " ()[]（）*_`."
_TOTAL = regex(rf"(?:{pattern_of('total')})\W*")
_PURE = frozenset(map(names.normalised, TEXT_WORDS)) - frozenset(map(names.normalised, in_all_languages("brief")))


_Row = tuple[int, str, list[str]]  # where it stands, as written, and its cells


def table_blocks(text: str, start: int, end: int, _: Asked) -> list[Block]:
    """The tables with a column of probabilities, in order."""
    if not _BAR.search(text, start, end):
        return []
    blocks: list[Block] = []
    rows: list[tuple[int, str]] = []
    at = start
    for raw in text[start:end].splitlines(keepends=True):
        row = raw if raw.isascii() else raw.translate(_BOXES)
        if "|" in row or (row.lstrip().startswith("+-") and _DELIMITER.match(row.strip())):
            rows.append((at, row.strip()))
        elif rows:
            _append(blocks, text, rows)
            rows = []
        at += len(raw)
    _append(blocks, text, rows)
    return blocks


def _append(blocks: list[Block], text: str, rows: list[tuple[int, str]]) -> None:
    first = next((i for i, (_, row) in enumerate(rows) if not _DELIMITER.match(row)), len(rows))
    delimiter = next((i for i in range(first + 1, len(rows)) if _DELIMITER.match(rows[i][1])), None)
    if delimiter is None:
        if len(rows) < first + 2 or not any(map(names.is_probability, _cells(rows[first][1]))):
            return
        delimiter = first  # a header without the line below it
    else:
        first = delimiter - 1
    header = [cell.strip("*_` ") for cell in _cells(rows[first][1])]
    body = [(at, row, _cells(row)) for at, row in rows[delimiter + 1 :] if not _DELIMITER.match(row)]
    body = [(at, row, cells) for at, row, cells in body if any(cells)]
    column = _number_column(header, [cells for _, _, cells in body])
    columns: list[int] | None = None
    if column is None and len(body) > 1 and (column := _split_column(body)) is not None:
        header.insert(column, "probability")
        columns = [column + 1]
    if column is None and (across := _across(header, body)):
        header, body, column = across
    if column is None or not body:
        return
    columns = columns or _text_columns(header, column, [cells for _, _, cells in body])
    block = Block([], rows[first][0], rows[-1][0] + len(rows[-1][1]), repairs={Repair.OTHER_FORMAT: None})
    percent = names.is_percent_name(header[column])
    for i, (at, row, cells) in enumerate(body):
        last = i + 1 == len(body) and at + len(row) >= len(text.rstrip())
        if last and len(cells) <= column and not row.endswith("|"):
            block.complete = False
            block.drop(row, at, Repair.CUT_OFF)
            continue
        written = "\n".join(cells[c] for c in columns if c < len(cells) and cells[c])
        number: Number | None = number_in(cells[column], percent=percent) if column < len(cells) else None
        fault = None if written.strip("-=: \n") else Repair.EMPTY_TEXT
        if last and not row.endswith("|") and body[0][1].endswith("|"):
            block.complete = False
            fault = Repair.CUT_OFF
        elif (number is None or number.stated is None or len(body) > 2) and _TOTAL.fullmatch(written.casefold()):
            continue
        fields = {header[c]: cells[c] for c in range(min(len(header), len(cells))) if c != column}
        block.offer(Draft(written, number, at, at + len(row), fields), row, fault)
    blocks.append(block)


def _cells(row: str) -> list[str]:
    row = row.lstrip("> \t")
    parts = [part.replace("\0", "|") for part in row.replace("\\|", "\0").split("|")]
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [_plain(part) for part in parts]


def _plain(cell: str) -> str:
    cell = _BREAK.sub("\n", cell).strip()
    for mark in ("**", "__", "*", "`"):
        inner = cell[len(mark) : -len(mark)]
        if len(cell) > 2 * len(mark) and cell.startswith(mark) and cell.endswith(mark) and mark not in inner:
            return inner.strip()
    if len(cell) > 2 and cell[0] == '"' == cell[-1] and cell.count('"') == 2:
        return cell[1:-1]
    return cell


def _number_column(header: list[str], rows: list[list[str]]) -> int | None:
    for i, name in enumerate(header):
        if names.is_probability(name.rstrip("%％ ")) and any(_stated(row, i) for row in rows):
            return i
    shares = [
        i for i, name in enumerate(header) if not _MEASURED.search(name) and _are_shares([r[i : i + 1] for r in rows])
    ]
    return shares[0] if len(shares) == 1 and len(rows) > 1 else None


def _across(header: list[str], body: list[_Row]) -> tuple[list[str], list[_Row], int] | None:
    """A table whose columns are the candidates, with their numbers in one of its rows, turned into rows."""
    for at, row, (name, *stated) in (row for row in body if row[2]):
        if names.is_probability(name.rstrip("%％ ")) and len(stated) == len(header) - 1 > 1 and all(header[1:]):
            return ["", name], [(at, row, list(pair)) for pair in zip(header[1:], stated, strict=True)], 1
    return None


def _split_column(body: list[_Row]) -> int | None:
    """Puts the number that stands behind the text in each cell of a column into a column of its own, before it."""
    for column in range(len(body[0][2])):
        split = [_split(cells[column]) if column < len(cells) else None for _, _, cells in body]
        if all(split):
            for (_, _, cells), (number, text) in zip(body, filter(None, split), strict=True):
                cells[column : column + 1] = [number, text]
            return column
    return None


def _split(cell: str) -> tuple[str, str] | None:
    """The number that closes a text, as written, and the text."""
    labels = labels_in(cell)
    marks = labels.marks(cell) if labels else [mark for mark in [unlabelled(cell)] if mark]
    if len(marks) != 1 or cell[marks[0].end :].strip(_CELL_EDGES):
        return None
    number, text = cell[marks[0].start : marks[0].end], cell[: marks[0].start].rstrip(" ,;:–—-")
    return (number.strip(_CELL_EDGES), text) if text.strip(_CELL_EDGES) else None


def _are_shares(cells: list[list[str]]) -> bool:
    """Whether all cells of a column hold percents, and all of them no more than a whole."""
    shares = [_SHARE.fullmatch(cell) for row in cells for cell in row]
    if len(shares) < len(cells) or not all(shares):
        return False
    return may_be_parts([float(share[1].replace(",", ".")) for share in shares if share])


def _stated(row: list[str], column: int) -> bool:
    number = number_in(row[column]) if column < len(row) else None
    return number is not None and number.stated is not None


def _text_columns(header: list[str], number: int, rows: list[list[str]]) -> list[int]:
    columns = [
        i
        for i, name in enumerate(header)
        if i != number
        and not names.is_probability(name.rstrip("%％ "))
        and not _is_index(name, [row[i] for row in rows if i < len(row)])
    ]
    pure = [i for i in columns if names.normalised(header[i]) in _PURE]
    if pure and not all(_ROW_LABEL.match(row[pure[0]]) for row in rows if pure[0] < len(row) and len(columns) > 1):
        return pure[:1]
    described = [i for i in columns if not names.is_reasoning(header[i])]
    if all(_ROW_LABEL.match(row[described[0]]) for row in rows if described and described[0] < len(row)):
        described = [
            i for i in described[1:] if any(map(_SAYS.search, (row[i] for row in rows if i < len(row))))
        ] or described[:1]
    return described or columns or [i for i in range(len(header)) if i != number][:1]


def _is_index(name: str, cells: list[str]) -> bool:
    if names.is_bookkeeping(name or "#"):
        return True
    return (
        bool(cells)
        and all(cell.strip("#.) ").isdigit() for cell in cells)
        and [c.strip("#.) ") for c in cells] == [str(i + 1) for i in range(len(cells))]
        and len(cells) > 1
    )
