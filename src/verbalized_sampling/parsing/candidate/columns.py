"""Candidates as columns: how the readers that need no repair hand them on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...values.candidate import Dropped
from ...values.repairs import Repair
from ..numbers.number import Number

__all__ = ["Columns", "Records"]


@dataclass(slots=True)
class Columns:
    """Candidates that stand in one block, each with its number, none of them twice.

    Attributes:
        texts: Not empty.
        numbers: As stated: bare numbers, or what a reader made of them.
        values: What they stand for, if they have a type of their own.
        beside: What else is said of each.
        reasoning: What was reasoned before them.
        repairs: What had to be undone.
        truncated: Whether the reply broke off.
        dropped: What was left out.
        unfinished: Whether the last text breaks off.
    """

    texts: Sequence[str]
    numbers: Sequence[float] | Sequence[Number]
    values: Sequence[Any] | None = None
    beside: Iterable[Mapping[str, Any]] | None = None
    reasoning: str | None = None
    repairs: tuple[Repair, ...] = ()
    truncated: bool = False
    dropped: tuple[Dropped, ...] = ()
    unfinished: bool = False


class Records(Iterable[dict[str, Any]]):
    """A table as one record after another, each made anew whenever they are asked for."""

    __slots__ = ("_table",)

    def __init__(self, table: Mapping[str, Sequence[Any]]) -> None:
        self._table = table

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = tuple(self._table)
        if len(names) == 1:
            return ({names[0]: value} for value in self._table[names[0]])
        return (dict(zip(names, row, strict=True)) for row in zip(*self._table.values(), strict=True))
