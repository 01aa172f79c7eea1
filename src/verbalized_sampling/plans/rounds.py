"""The calls that ask for lists of candidates: how many to ask for next, by what the calls before have given."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from ..values.candidate import Dropped
from ..values.distribution import Distribution
from ..values.pooling import pool
from ..values.repairs import Repair, unique
from ..values.sameness import answer_key
from ..values.weights import Definition, Weighting

__all__ = ["IDLE_TURNS", "LONGEST_TURN", "Rounds"]

T = TypeVar("T")

LONGEST_TURN = 20  # candidates; longer replies are cut or lose count, so that more are asked for in turns
IDLE_TURNS = 2  # in a row: a model that has nothing new to say twice has nothing left


@dataclass(slots=True)
class Rounds(Generic[T]):
    """The planned turns, then extra calls for what is missing; iterating gives the candidates to ask for in each.

    It ends when two turns in a row have brought nothing new.

    Attributes:
        turns: How many candidates each planned turn asks for.
        extra: Calls beyond the planned turns, at most.
        definition: What the stated numbers are.
        weighting: How weights follow from them.
        wanted: Candidates wanted, if the turns may not be all that it takes; by default what they ask for.
        parts: What could be read so far, a distribution a call; whoever makes the calls adds to it.
    """

    turns: Sequence[int]
    extra: int
    definition: Definition
    weighting: Weighting
    wanted: int | None = None
    parts: list[Distribution[T]] = field(default_factory=list)
    _counted: int = 0  # parts
    _keys: set[Hashable] = field(default_factory=set)  # of the answers in them

    def __iter__(self) -> Iterator[int]:
        found = idle = 0
        for k in self.turns:
            yield k
            before, found = found, self._found()
            idle = 0 if found > before else idle + 1
            if idle == IDLE_TURNS:
                return
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
        return (sum(self.turns) if self.wanted is None else self.wanted) - self._found()

    def result(self, unread: Sequence[Dropped] = ()) -> Distribution[T]:
        """All parts, and on record what is missing and which replies held no candidate."""
        whole = self.pooled()
        repairs = [dropped.reason for dropped in unread] + ([Repair.TOO_FEW] if self.missing > 0 else [])
        if not repairs:
            return whole
        return replace(whole, repairs=unique((*whole.repairs, *repairs)), dropped=(*whole.dropped, *unread))

    def _found(self) -> int:
        """How many answers there are in all parts."""
        if len(self.parts) < 2:  # a distribution holds each answer once
            return sum(map(len, self.parts))
        for part in self.parts[self._counted :]:
            self._keys.update(map(answer_key, part))
        self._counted = len(self.parts)
        return len(self._keys)
