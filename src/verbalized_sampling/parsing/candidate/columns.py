"""Candidates as columns: how the readers that need no repair hand them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...candidate import Dropped
from ...repairs import Repair
from ..numbers.number import Number

__all__ = ["Columns"]


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
    """

    texts: list[str]
    numbers: Sequence[float | Number]
    values: Sequence[Any] | None = None
    beside: Sequence[Mapping[str, Any]] | None = None
    reasoning: str | None = None
    repairs: tuple[Repair, ...] = ()
    truncated: bool = False
    dropped: tuple[Dropped, ...] = ()
