"""What a stream gives: it can be added up, and a later piece replaces the earlier."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from verbalized_sampling import Candidate, Distribution, StreamedCandidate

__all__ = ["Delta", "GrowingDistribution", "Piece", "streamed"]

T = TypeVar("T")


class GrowingDistribution(Distribution[T]):
    """The distribution so far. It equals a :class:`Distribution` of the same candidates.

    LangChain adds up what streams give, for steps that cannot stream, and inside dicts, whose other keys are lost if
    it can't. Here the sum of two pieces is the later one.
    """

    __slots__ = ()

    @classmethod
    def of(cls, distribution: Distribution[T]) -> GrowingDistribution[T]:
        return cls(*_ALL(distribution))

    def __add__(self, later: Any) -> Any:
        return later if isinstance(later, Distribution) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return _COMPARED(self) == _COMPARED(other) if isinstance(other, Distribution) else NotImplemented

    __hash__ = Distribution.__hash__


_ALL = attrgetter(*(field.name for field in fields(Distribution)))
_COMPARED = attrgetter(*(field.name for field in fields(Distribution) if field.compare))


class Delta(list[StreamedCandidate[Any]]):
    """Candidates that are new. They add up; where indices start again at 0, those before were a draft."""

    def __add__(self, later: list[Any]) -> Delta:  # type: ignore[override]
        return Delta(later if later and later[0].index == 0 else [*self, *later])


Piece = Distribution[Any] | list[StreamedCandidate[Any]]
"""The distribution so far, or the candidates that are new."""


def streamed(candidate: Candidate[Any]) -> StreamedCandidate[Any]:
    """The same candidate without its weight."""
    return StreamedCandidate(
        candidate.text, candidate.verbalized, candidate.stated, candidate.value, candidate.index, candidate.repairs
    )
