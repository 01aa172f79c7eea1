"""Candidates as columns: how the readers that need no repair hand them on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final, cast

from ...values.candidate import Dropped
from ...values.repairs import Repair
from ..numbers.number import Number

__all__ = ["ABSENT", "Columns", "Records"]

ABSENT: Final = object()
"""What a record that lacks a field has in its column."""


@dataclass(slots=True)
class Columns:
    """Candidates that stand in one block.

    Attributes:
        texts: Not empty.
        numbers: As stated: bare numbers, or what a reader made of them; None where there is none.
        values: What they stand for, if they have a type of their own.
        beside: What else is said of each.
        reasoning: What was reasoned before them.
        repairs: What had to be undone.
        truncated: Whether the reply broke off.
        dropped: What was left out.
        unfinished: Whether the last text breaks off.
        spans: Tells where each stands in the reply; None if nobody can.
    """

    texts: Sequence[str]
    numbers: Sequence[float] | Sequence[Number | None]
    values: Sequence[Any] | None = None
    beside: Iterable[Mapping[str, Any]] | None = None
    reasoning: str | None = None
    repairs: tuple[Repair, ...] = ()
    truncated: bool = False
    dropped: tuple[Dropped, ...] = ()
    unfinished: bool = False
    spans: Callable[[], Sequence[tuple[int, int]]] | None = None

    def leave_out(self, dropped: Mapping[int, Dropped]) -> None:
        """Takes candidates out, by their place, and says so."""
        kept = [place not in dropped for place in range(len(self.texts))]
        self.texts = list(compress(self.texts, kept))
        self.numbers = cast("Sequence[float] | Sequence[Number | None]", list(compress(self.numbers, kept)))
        self.values = None if self.values is None else list(compress(self.values, kept))
        self.beside = None if self.beside is None else list(compress(self.beside, kept))
        self.dropped = tuple(sorted((*self.dropped, *dropped.values()), key=lambda piece: piece.position))
        self.repairs = tuple(dict.fromkeys((*self.repairs, *(piece.reason for piece in dropped.values()))))
        if (spans := self.spans) is not None:
            self.spans = lambda: list(compress(spans(), kept))


class Records(Iterable[dict[str, Any]]):
    """A table as one record after another, each made anew whenever they are asked for."""

    __slots__ = ("_ragged", "_table")

    def __init__(self, table: Mapping[str, Sequence[Any]], *, ragged: bool = False) -> None:
        self._table = table
        self._ragged = ragged  # some lack a field

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = tuple(self._table)
        rows = zip(*self._table.values(), strict=True)
        if self._ragged:
            return (
                {name: value for name, value in zip(names, row, strict=True) if value is not ABSENT} for row in rows
            )
        if len(names) == 1:
            return ({names[0]: value} for value in self._table[names[0]])
        return (dict(zip(names, row, strict=True)) for row in rows)
