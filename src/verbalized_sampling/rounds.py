"""The calls that ask for lists of candidates: how many to ask for next, by what the calls before have given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from .candidate import Dropped
from .distribution import Distribution, unique
from .pooling import pool
from .repairs import Repair
from .weights import Definition, Weighting

__all__ = ["LONGEST_TURN", "Rounds"]

T = TypeVar("T")

LONGEST_TURN = 20  # candidates; longer replies are cut or lose count, so that more are asked for in turns


@dataclass(slots=True)
class Rounds(Generic[T]):
    """The planned turns, then extra calls for what is missing; iterating gives the candidates to ask for in each.

    Attributes:
        turns: How many candidates each planned turn asks for.
        extra: Calls beyond the planned turns, at most.
        definition: What the stated numbers are.
        weighting: How weights follow from them.
        parts: What could be read so far, a distribution a call; whoever makes the calls adds to it.
    """

    turns: Sequence[int]
    extra: int
    definition: Definition
    weighting: Weighting
    parts: list[Distribution[T]] = field(default_factory=list)

    def __iter__(self) -> Iterator[int]:
        yield from self.turns
        for _ in range(self.extra):
            if self.missing > 0:
                yield min(self.missing, LONGEST_TURN)

    def pooled(self) -> Distribution[T]:
        """All parts as one distribution; empty if there are none."""
        if not self.parts:
            return Distribution()
        return pool(self.parts, definition=self.definition, weighting=self.weighting)

    @property
    def missing(self) -> int:
        """How many candidates fewer than wanted there are."""
        return sum(self.turns) - len(self.pooled())

    def result(self, unread: Sequence[Dropped] = ()) -> Distribution[T]:
        """All parts, and on record what is missing and which replies held no candidate."""
        whole = self.pooled()
        repairs = [dropped.reason for dropped in unread] + ([Repair.TOO_FEW] if self.missing > 0 else [])
        if not repairs:
            return whole
        return replace(whole, repairs=unique((*whole.repairs, *repairs)), dropped=(*whole.dropped, *unread))
