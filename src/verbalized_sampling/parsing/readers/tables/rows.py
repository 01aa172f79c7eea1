"""Rows of cells as candidates: which column holds the number, and which the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.asked import Asked
from ...candidate.fields import name_of_texts
from ...candidate.found import Block, Draft
from ...language import names
from ...language.words import pattern_of
from ...numbers.amounts import is_share, may_be_parts, sum_to
from ...numbers.labelled import labels_in
from ...numbers.missing import is_missing
from ...numbers.number import Number, Unit, number_in, unit_of
from ...numbers.unlabelled import unlabelled

__all__ = ["ROW_LABEL", "TOTAL", "Places", "Row", "block_of", "columns_in"]

ROW_LABEL = regex(r"(?:[A-Za-z]|\d{1,3}|#\d{1,3}|[①-⑳]|[\w ]{1,14}[ ](?:\d{1,3}|[A-Za-z]))[.)]?\Z")
_SHARE = regex(r"[≈~]?\s?(\d{1,3}(?:[.,]\d{1,6})?)\s?[%％]")
_PERCENT_OR_BARE = regex(r"[≈~]?\s?(\d{1,3}(?:[.,]\d{1,6})?)\s?[%％]?")
# What percents in a column that nobody calls a probability may measure instead.
_MEASURED = regex(
    r"\b(?:accuracy|precision|recall|f1|growth|change|rate|increase|decrease|discount|margin|coverage|progress|error"
    r"|improvement|gain|loss|return|yield|score|tax|vat|off|battery|humidity|abv)\b|(?-i:[±+Δ])",
    re.IGNORECASE,
)
_SAYS = regex(r"[^\W\d_]")
_SENTENCE = 25  # characters of a cell that says something at length, on average
_LONGEST_TOTAL = 20
_FEWEST_SUMMED = 2
_CELL_EDGES = " ()[]（）*_`."
TOTAL = regex(rf"(?:{pattern_of('total')})\W*")


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        at: Where it stands in the reply.
        text: As written.
        cells: What stands in it.
        whole: Whether something closes it.
    """

    at: int
    text: str
    cells: list[str]
    whole: bool = True

    @property
    def end(self) -> int:
        return self.at + len(self.text)


class Places(NamedTuple):
    """Which columns hold what.

    Attributes:
        number: The one that holds the probabilities.
        texts: Those that hold the texts.
        beside: Those that say something else of the candidates.
    """

    number: int
    texts: list[int]
    beside: list[int]


def columns_in(header: list[str], rows: list[list[str]]) -> Places | None:
    """Which columns of a table hold what; None if none of them holds numbers, or none texts."""
    number = _number_column(header, rows)
    texts = None if number is None else _text_columns(header, number, rows)
    return None if number is None or not texts else _places(header, number, texts, rows)


def _places(header: list[str], number: int, texts: list[int], rows: list[list[str]]) -> Places:
    titles = {header[c] for c in texts}
    others = [c for c, name in enumerate(header) if c != number and name and name not in titles]
    return Places(number, texts, [c for c in others if not _is_index(header[c], rows, c)])


def block_of(text: str, start: int, header: list[str], body: list[Row], asked: Asked) -> Block | None:
    """The candidates in the rows of a table; None if none of its columns holds numbers."""
    header, body, places = _understood(header, body)
    if places is None or not body:
        return None
    block = Block([], start, body[-1].end, repairs={Repair.OTHER_FORMAT: None})
    unit = unit_of(header[places.number])
    numbers: dict[str, Number | None] = {}  # (a table holds few numbers many times)
    finished = len(text.rstrip())
    for i, row in enumerate(body):
        cells = row.cells
        is_cut = i + 1 == len(body) and row.end >= finished and not row.whole
        if is_cut and len(cells) <= places.number:
            block.complete = False
            block.drop(row.text, row.at, Repair.CUT_OFF)
            continue
        stated = cells[places.number] if places.number < len(cells) else ""
        if stated not in numbers:
            numbers[stated] = number_in(stated, unit)
        draft = _draft_of(row, header, places, numbers[stated], asked)
        fault = None if draft.text.strip("-=: \n") or asked.typed else Repair.EMPTY_TEXT
        if is_cut and body[0].whole:
            block.complete = False
            fault = Repair.CUT_OFF
        elif _is_total(draft, len(body)):
            continue
        block.offer(draft, row.text, fault, typed=asked.is_answer(draft.number))
    return block


def _understood(header: list[str], body: list[Row]) -> tuple[list[str], list[Row], Places | None]:
    """A table as rows with a column for their numbers, and which of its columns hold what; None if it has no numbers.

    They may stand behind the texts in the same cells, or in a row of their own.
    """
    rows = [row.cells for row in body]
    whole = [cells for cells in rows if len(cells) >= len(header)]
    places = columns_in(header, whole or rows)
    if places is None and _number_column(header, rows) is None:
        if len(body) > 1 and (column := _split_column(body)) is not None:
            header = [*header[:column], "probability", *header[column:]]
            places = _places(header, column, [column + 1], rows)
        elif across := _across(header, body):
            header, body = across
            places = columns_in(header, [row.cells for row in body])
    return header, body, places


def _draft_of(row: Row, header: list[str], places: Places, number: Number | None, asked: Asked) -> Draft:
    """The candidate in a row."""
    cells, texts = row.cells, places.texts
    if len(texts) == 1:
        written = cells[texts[0]] if texts[0] < len(cells) else ""
    else:
        written = "\n".join(cells[c] for c in texts if c < len(cells) and cells[c])
    draft = Draft(written, number, row.at, row.end)
    if asked.fields:
        draft.fields = {name: cells[c] for c, name in enumerate(header[: len(cells)]) if c != places.number}
    if places.beside:
        draft.beside = {header[c]: cells[c] for c in places.beside if c < len(cells) and cells[c]}
    return draft


def _is_total(draft: Draft, rows: int) -> bool:
    """Whether a row sums up the others; of two rows only one without a number does."""
    stated = draft.number is not None and draft.number.stated is not None
    if stated and rows <= _FEWEST_SUMMED:
        return False
    head = draft.text[:_LONGEST_TOTAL].casefold()
    return TOTAL.match(head) is not None and TOTAL.fullmatch(draft.text.casefold()) is not None


def _are_odds(name: str, cells: list[Number | None]) -> bool:
    """Whether a column holds what a bet pays out, and no shares: "2.8"."""
    stated = [cell.stated for cell in cells if cell is not None and cell.stated is not None and cell.unit is Unit.BARE]
    return names.normalised(name) == "odds" and not (all(map(is_share, stated)) or sum_to(stated, 100.0))


def _number_column(header: list[str], rows: list[list[str]]) -> int | None:
    for i, name in enumerate(header):
        if not names.is_probability(name.rstrip("%％ ")) or not any(_states_number(row, i) for row in rows):
            continue
        if not _are_odds(name, [number_in(row[i]) for row in rows if i < len(row)]):
            return i
    cells = {i: [r[i : i + 1] for r in rows] for i, name in enumerate(header) if not _MEASURED.search(name)}
    shares = [i for i, column in cells.items() if _are_percents(column)]
    return shares[0] if len(shares) == 1 and len(rows) > 1 and _are_shares(cells[shares[0]]) else None


def _across(header: list[str], body: list[Row]) -> tuple[list[str], list[Row]] | None:
    """A table whose columns are the candidates, with their numbers in one of its rows, turned into rows."""
    for row in filter(attrgetter("cells"), body):
        name, *stated = row.cells
        if names.is_probability(name.rstrip("%％ ")) and len(stated) == len(header) - 1 > 1 and all(header[1:]):
            return ["", name], [row._replace(cells=list(pair)) for pair in zip(header[1:], stated, strict=True)]
    return None


def _split_column(body: list[Row]) -> int | None:
    """Puts the number that stands behind the text in each cell of a column into a column of its own, before it."""
    for column in range(len(body[0].cells)):
        split = [_split(cells[column]) if column < len(cells) else None for _, _, cells, _ in body]
        if all(split):
            for (_, _, cells, _), (number, text) in zip(body, filter(None, split), strict=True):
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


def _are_percents(cells: list[list[str]]) -> bool:
    """Whether a column holds percents, one of which may lack its sign, or its number; if several do, none is meant."""
    signed = sum(map(bool, map(_share, cells)))
    return 2 * signed > len(cells) and all(
        row and (_PERCENT_OR_BARE.fullmatch(row[0]) or is_missing(row[0])) for row in cells
    )


def _share(cells: list[str]) -> re.Match[str] | None:
    return _SHARE.fullmatch(cells[0]) if cells else None


def _are_shares(cells: list[list[str]]) -> bool:
    """Whether the percents of a column are no more than a whole."""
    shares = [_PERCENT_OR_BARE.fullmatch(cell) for row in cells for cell in row]
    return may_be_parts([float(share[1].replace(",", ".")) for share in shares if share])


def _states_number(row: list[str], column: int) -> bool:
    number = number_in(row[column]) if column < len(row) else None
    return number is not None and number.stated is not None


def _text_columns(header: list[str], number: int, rows: list[list[str]]) -> list[int]:
    """Which columns hold the texts; the others only stand beside them."""
    others = [i for i in range(len(header)) if i != number]
    said = [
        i for i in others if not names.is_probability(header[i].rstrip("%％ ")) and not _is_index(header[i], rows, i)
    ]
    columns: dict[str, Sequence[str]] = {}
    place: dict[str, int] = {}
    for i in said or others:
        called = header[i] if header[i] not in columns else f"{header[i]}\0{i}"
        place[called] = i
        columns[called] = [row[i] for row in rows if i < len(row)]
    counted = {name for name, cells in columns.items() if all(map(ROW_LABEL.match, cells))}
    if any(_SAYS.search(cell) for name, cells in columns.items() if name not in counted for cell in cells):
        columns = {name: cells for name, cells in columns.items() if name not in counted}
    name = name_of_texts(columns)
    if name is None:
        return []
    if names.text_rank(name) is not None:
        return [place[name]]
    # What only names the answer is followed by what it says.
    told = [other for other, cells in columns.items() if other == name or _is_prose(other, cells, columns[name])]
    return sorted(place[other] for other in told)


def _is_prose(name: str, cells: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a column says at length what another one names, and nothing about it."""
    if names.is_reasoning(name) or names.is_aside(name):
        return False
    return sum(map(len, cells)) > max(_SENTENCE * len(cells), sum(map(len, titles)))


def _is_index(name: str, rows: list[list[str]], column: int) -> bool:
    cells = [row[column] for row in rows if column < len(row)]
    if names.is_bookkeeping(name or "#"):
        return True
    return (
        bool(cells)
        and all(cell.strip("#.) ").isdigit() for cell in cells)
        and [c.strip("#.) ") for c in cells] == [str(i + 1) for i in range(len(cells))]
        and len(cells) > 1
    )
