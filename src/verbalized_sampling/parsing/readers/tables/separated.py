"""Tables whose cells commas, semicolons, tabs or blanks part: CSV, and what a program prints."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Block
from ...language import names
from ...language.words import in_all_languages
from .rows import Row, block_of

__all__ = ["RULED", "Cut", "cut_of", "separated_blocks"]

_HEADER = regex(r"^[^\n\d]{3,200}$", re.MULTILINE)
_PARTED = regex(r"[,;\t]|\S {2,}\S")
_COLUMNS = regex(r" {2,}|\t")
RULED = regex(r"[ \t\-=]+\Z")
_FEWEST_COLUMNS = 2
_SHARES = frozenset(map(str.casefold, in_all_languages("share")))
_LONGEST_COLUMN_NAME = 40
_MOST_SHORT = 3  # rows without their last cells, one below the other
_LONGEST_ROW = 2000  # characters of a row whose quotes are not closed

Cut = Callable[[str], list[str]]


def separated_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The tables whose header names a column of probabilities, in order."""
    blocks: list[Block] = []
    at = start
    for head in _HEADER.finditer(text, start, end):
        if head.start() < at or not _PARTED.search(head[0]) or (cut := cut_of(head[0])) is None:
            continue
        header = cut(head[0])
        body = list(_rows(text, head.end() + 1, end, cut, len(header)))
        if not body:
            continue
        at = body[-1].end
        if len(body[0].cells) > len(header):
            header = ["", *header]  # the rows are counted
        if (block := block_of(text, head.start(), [name.strip("*_` ") for name in header], body, asked)) is not None:
            blocks.append(block)
    return blocks


def cut_of(header: str) -> Cut | None:
    """How a line is cut into the names of columns, one of which is a probability; None if it is no header."""
    for cut in (_by("\t"), _by(","), _by(";"), _by_blanks):
        cells = cut(header)
        if len(cells) >= _FEWEST_COLUMNS and all(_is_name(cell) for cell in cells) and any(map(_is_number, cells)):
            return cut
    return None


def _is_number(cell: str) -> bool:
    """Whether a column of this name holds the number: a probability, or a share."""
    return names.is_probability(cell) or cell.casefold() in _SHARES


def _is_name(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and len(cell) <= _LONGEST_COLUMN_NAME and cell[-1:] not in ".!?:"


def _by(sign: str) -> Cut:
    def cut(line: str) -> list[str]:
        try:
            cells = next(csv.reader(line.splitlines(keepends=True), delimiter=sign, skipinitialspace=True), [])
        except csv.Error:
            return []
        return [cell.strip() for cell in cells]

    return cut


def _by_blanks(line: str) -> list[str]:
    return _COLUMNS.split(line.strip())


def _rows(text: str, start: int, end: int, cut: Cut, columns: int) -> Iterator[Row]:
    """The rows below a header, up to the first line that is none; a row amid others may lack its last cells."""
    at = start
    short: list[Row] = []
    while at < end:
        stop = text.find("\n", at, end)
        while stop >= 0 and text.count('"', at, stop) % 2 and stop - at < _LONGEST_ROW:
            stop = text.find("\n", stop + 1, end)  # a cell in quotes has several lines
        line = text[at : end if stop < 0 else stop].rstrip("\r")
        cells = [] if RULED.match(line) else cut(line)
        if len(cells) > columns + 1 or len(short) > _MOST_SHORT:
            return
        if len(cells) >= columns:
            yield from short
            short.clear()
            yield Row(at, line, cells)
        elif cells and line.strip():
            short.append(Row(at, line, cells))
        elif at > start and not line.strip():
            break
        at = end if stop < 0 else stop + 1
    if cut is _by_blanks:  # (commas stand in remarks, too)
        yield from (row for row in short if len(row.cells) >= _FEWEST_COLUMNS)
