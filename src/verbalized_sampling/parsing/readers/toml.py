"""Candidates in TOML: ``[[responses]]`` above each, its fields as ``text = "…"`` below."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import Asked
from ..candidate.fields import number_at, text_of
from ..candidate.found import Block, Draft
from ..language.words import MARKS

__all__ = ["toml_blocks"]

# A table of an array, or one whose name counts it: [[responses]], [response.1].
_HEAD = regex(
    r"^[ \t]*\[(?:\[[ \t]*[\w.-]{1,60}[ \t]*\]|[ \t]*[\w.-]{1,40}[._-]\d{1,3}[ \t]*)\][ \t]*(?:#.*)?$", re.MULTILINE
)
_FIELD = regex(rf"^[ \t]*[\"']?[\w{MARKS}-]{{1,60}}[\"']?[ \t]*=", re.MULTILINE)
_FENCE = regex(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_BLANK_LINE = regex(r"\n[ \t]*\n")


def toml_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The block of candidates written as an array of tables; none if no table has a number."""
    heads = list(_HEAD.finditer(text, start, end)) if "[" in text[start:end] else []
    if not heads or _FIELD.search(text, heads[0].end(), end) is None:
        return []
    fence = _FENCE.search(text, heads[-1].end(), end)
    edges = [*(head.start() for head in heads), fence.start() if fence else end]
    block = Block([], heads[0].start(), heads[0].start(), repairs={Repair.OTHER_FORMAT: None})
    for first, last in pairwise(edges):
        table, block.end = _table(text, first, last)
        piece = text[first : block.end]
        if not table:  # nothing after it can be told from its text
            block.complete = last < edges[-1]
            block.drop(piece, first, Repair.UNREADABLE if block.complete else Repair.CUT_OFF)
            continue
        key = asked.probability_in(table)
        fields = {name: value for name, value in table.items() if name != key}
        number = number_at(key, table[key]) if key else None
        block.offer(
            Draft(text_of(fields)[0] or "", number, first, block.end, fields),
            piece,
            typed=bool(asked.fields) or asked.is_answer(number),
        )
    return [block] if block.has_numbers else []


def _table(text: str, start: int, end: int) -> tuple[dict[str, Any], int]:
    """The fields of a table and where it ends: words behind it may follow a blank line."""
    import tomllib

    blank = _BLANK_LINE.search(text, start, end)
    for stop in (end, blank.start() if blank else end):
        piece = text[start:stop]
        try:
            (tables,) = tomllib.loads(piece).values()
        except (tomllib.TOMLDecodeError, ValueError, RecursionError):
            continue
        while isinstance(tables, dict) and all(isinstance(value, dict | list) for value in tables.values()):
            (tables,) = tables.values()  # [[reply.responses]]
        return tables if isinstance(tables, dict) else tables[0], start + len(piece.rstrip())
    return {}, start + len(text[start:end].rstrip())
