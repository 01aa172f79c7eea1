"""Tables drawn with bars, in Markdown or in boxes."""

from __future__ import annotations

import re

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Block
from ...language import names
from .rows import Row, block_of

__all__ = ["cells_of", "is_below_header", "piped_blocks"]

_DELIMITER = regex(r"[ \t>]*+(?:[|+][ \t]*+)?:?[-=]++:?[ \t]*+(?:[|+][ \t]*+:?[-=]++:?[ \t]*+)*+(?:[|+][ \t]*+)?\Z")
_CORNERS = dict.fromkeys("┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛", "+")
_BOXES = str.maketrans(_CORNERS | dict.fromkeys("│┃║", "|") | dict.fromkeys("─━═", "-"))
_BAR = regex("[|│┃║]")
_BOX_SIGN = regex("[\u2500-\u257f]")
_WRAPPING = ("*", "_", "`", '"')
_QUOTE_MARKS = regex(r"\A(?:>(?=[>|\s])[ \t]*)+")  # (">10%" is a bound)
_BREAK = regex(r"<br\s*/?>", re.IGNORECASE)


def piped_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The tables with a column of probabilities, in order."""
    if not _BAR.search(text, start, end):
        return []
    blocks: list[Block] = []
    rows: list[tuple[int, str]] = []
    at = start
    boxed = _BOX_SIGN.search(text, start, end) is not None
    for raw in text[start:end].splitlines(keepends=True):
        row = raw.translate(_BOXES) if boxed else raw
        if "|" in row or (row.lstrip().startswith(("+-", "+=")) and is_below_header(row.strip())):
            rows.append((at, row.strip()))
        elif rows:
            _append(blocks, text, rows, asked)
            rows = []
        at += len(raw)
    _append(blocks, text, rows, asked)
    return blocks


def _append(blocks: list[Block], text: str, rows: list[tuple[int, str]], asked: Asked) -> None:
    first = next((i for i, (_, row) in enumerate(rows) if not is_below_header(row)), len(rows))
    delimiter = next((i for i in range(first + 1, len(rows)) if is_below_header(rows[i][1])), None)
    if delimiter is None:
        if len(rows) < first + 2 or not any(map(names.is_probability, cells_of(rows[first][1]))):
            return
        delimiter = first  # a header without the line below it
    else:
        first = delimiter - 1
    header = [cell.strip("*_` ") for cell in cells_of(rows[first][1])]
    written = [(at, row) for at, row in rows[delimiter + 1 :] if not is_below_header(row)]
    body = [Row(at, row, cells, row.endswith("|")) for at, row in written if any(cells := cells_of(row))]
    framed = all(is_below_header(row) for _, row in rows[:first])
    if (block := block_of(text, rows[0 if framed else first][0], header, body, asked)) is not None:
        block.end = rows[-1][0] + len(rows[-1][1])
        blocks.append(block)


def is_below_header(row: str) -> bool:
    """Whether a line only parts a header from its rows."""
    return _DELIMITER.match(row) is not None


def cells_of(row: str) -> list[str]:
    """What stands in the cells of a row, undecorated."""
    row = _QUOTE_MARKS.sub("", row.lstrip(" \t"))
    if "\\|" in row:
        parts = [part.replace("\0", "|") for part in row.replace("\\|", "\0").split("|")]
    else:
        parts = row.split("|")
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [_plain(part) for part in parts]


def _plain(cell: str) -> str:
    cell = (_BREAK.sub("\n", cell) if "<" in cell else cell).strip()
    if cell[-1:] not in _WRAPPING:
        return cell
    for mark in ("**", "__", "*", "`"):
        inner = cell[len(mark) : -len(mark)]
        if len(cell) > 2 * len(mark) and cell.startswith(mark) and cell.endswith(mark) and mark not in inner:
            return inner.strip()
    if len(cell) > 2 and cell[0] == '"' == cell[-1] and cell.count('"') == 2:
        return cell[1:-1]
    return cell
