"""A list of records as columns, and where each record stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from ...patterns import regex
from ..candidate.columns import ABSENT

__all__ = ["Table", "are_plain", "ragged_table_of", "spans_of", "table_of"]

_LONGEST_KEY = 60
_MOST_KEYS = 20
_ABSENT = {type(ABSENT)}
_QUOTED_OR_BRACKET = regex(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


@dataclass(slots=True)
class Table:
    """Records as columns.

    Attributes:
        columns: By key; ABSENT stands for a field that a record lacks.
        kinds: The types of what stands in each column.
        ragged: Whether some lack a field.
    """

    columns: dict[str, Sequence[Any]]
    kinds: dict[str, set[type]]
    ragged: bool = False


def table_of(items: Sequence[Any]) -> Table | None:
    """The columns of records that have the first one's keys and no others; None if not all have those."""
    try:
        if set(map(len, items)) != {len(items[0])}:
            return None
        # (Rows of their own would be as many objects for the garbage collector to look at.)
        columns: dict[str, Sequence[Any]] = {key: list(map(itemgetter(key), items)) for key in items[0]}
    except (KeyError, TypeError):
        return None
    kinds = {key: set(map(type, column)) for key, column in columns.items()}
    return Table(columns, kinds)


def ragged_table_of(items: Sequence[Any]) -> Table | None:
    """The columns of records that are not all alike; None if there are too many, or other things among them."""
    if set(map(type, items)) != {dict}:
        return None
    keys = tuple(dict.fromkeys(chain.from_iterable(dict.fromkeys(map(tuple, items)))))
    if len(keys) > _MOST_KEYS or not are_plain(keys):
        return None
    columns: dict[str, Sequence[Any]] = {key: [item.get(key, ABSENT) for item in items] for key in keys}
    kinds = {key: set(map(type, column)) - _ABSENT for key, column in columns.items()}
    return Table(columns, kinds, ragged=True)


@lru_cache(maxsize=256)
def are_plain(keys: tuple[str, ...]) -> bool:
    """Whether keys are words that a person may have chosen."""
    return all(len(key) <= _LONGEST_KEY and key.isprintable() for key in keys)


def spans_of(payload: str, at: int, depth: int) -> Sequence[tuple[int, int]]:
    """Where the records of a payload stand in the reply.

    Args:
        payload: JSON.
        at: Where it begins in the reply.
        depth: How many brackets are open where a record begins.
    """
    spans: list[tuple[int, int]] = []
    opened = begin = 0
    for mark in _QUOTED_OR_BRACKET.finditer(payload):
        sign = mark[0]
        if sign in ("{", "["):
            begin = mark.start() if opened == depth else begin
            opened += 1
        elif sign in ("}", "]"):
            opened -= 1
            if opened == depth and sign == "}":
                spans.append((at + begin, at + mark.end()))
    return spans
