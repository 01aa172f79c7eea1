"""The numbers in a list of records: one column of them, each read once however often it is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...candidate.asked import Asked
from ...candidate.columns import ABSENT
from ...candidate.fields import number_at
from ...language import names
from ...numbers.number import Number
from ..table import Table
from .plain import MAY_BE_JSON, SCALARS

__all__ = ["numbers_in"]

_NUMBERS = frozenset((int, float))


def numbers_in(name: str, table: Table, asked: Asked) -> Sequence[float] | Sequence[Number | None] | None:
    """The numbers of the candidates, taken out of the table; None if there is none, or one is in doubt."""
    column, kinds = table.columns.pop(name), table.kinds[name]
    if kinds <= _NUMBERS and not table.ragged and not (names.is_percent_name(name) or names.is_rating(name)):
        try:
            if math.isfinite(sum(column)):
                return column if kinds == {float} else list(map(float, column))
        except OverflowError:
            return None
    if not kinds <= SCALARS or (table.ragged and asked.probability_in(table.columns) is not None):
        return None
    known: dict[Any, Number | None] = {}  # (a reply writes few numbers many times)
    keys = (
        column if kinds == {str} else list(zip(map(type, column), column, strict=True))
    )  # 1 is True, but not the same
    for key, value in dict(zip(keys, column, strict=True)).items():
        known[key] = None if value is ABSENT else number_at(name, value)
    if not any(number is not None and number.stated is not None for number in known.values()):
        return None
    numbers = list(map(known.__getitem__, keys))
    return None if None in known.values() and _may_say_more(table, numbers) else numbers


def _may_say_more(table: Table, numbers: Sequence[Number | None]) -> bool:
    """Whether what stands beside a missing number may be taken apart for it."""
    if any(map(names.is_reasoning, table.columns)) or not all(kinds <= SCALARS for kinds in table.kinds.values()):
        return True
    return any(
        type(value) is str and value.lstrip()[:1] in MAY_BE_JSON
        for column in table.columns.values()
        for value, number in zip(column, numbers, strict=True)
        if number is None
    )
