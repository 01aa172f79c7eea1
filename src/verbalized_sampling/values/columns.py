"""Many candidates as parallel columns, and the sequence that makes objects of them when one is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, repeat
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .candidate import NO_FIELDS, Candidate
from .frozen import FrozenMapping
from .repairs import Repair

__all__ = ["CandidateColumns", "CandidateSequence", "candidates_of"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class CandidateColumns:
    """Candidates in order of arrival, a column for each of their attributes.

    Attributes:
        texts: The answers.
        weights: What they weigh, normalised: finite, not negative, with the sum 1.
        verbalized: What was stated, as fractions of 1.
        stated: What was stated, as written.
        values: What the texts stand for; None if for themselves.
        repairs: What was not as asked for in each; None if nothing was.
        fields: What else was said of each; None if nothing was.
        typed: Whether the values are of a type that was asked for.
    """

    texts: Sequence[str]
    weights: Sequence[float]
    verbalized: Sequence[float | None]
    stated: Sequence[float | None]
    values: Sequence[Any] | None = None
    repairs: Sequence[tuple[Repair, ...]] | None = None
    fields: Iterable[Mapping[str, Any]] | None = None
    typed: bool = False

    def ranked(self) -> tuple[Candidate[Any], ...]:
        """The candidates, the most probable first; ties in order of arrival."""
        made = candidates_of(
            self.texts, self.weights, self.verbalized, self.stated, self.values, self.repairs, self.fields,
            typed=self.typed,
        )  # fmt: skip
        order = sorted(range(len(made)), key=self.weights.__getitem__, reverse=True)
        return tuple(map(made.__getitem__, order))


class CandidateSequence(Sequence[Candidate[T_co]], Generic[T_co]):
    """The candidates of a distribution, made of their columns when the first is read.

    Building them is most of what reading a clean reply costs, and many a distribution is only counted or drawn from.
    """

    __slots__ = ("_columns",)

    _columns: CandidateColumns
    candidates: tuple[Candidate[T_co], ...]

    if not TYPE_CHECKING:  # or it would vouch for any attribute

        def __getattr__(self, name: str) -> Any:
            """What Python asks for a slot that is empty: ``candidates``, until they are read."""
            if name != "candidates" or (columns := getattr(self, "_columns", None)) is None:
                return object.__getattribute__(self, name)  # (another thread may have been faster)
            object.__setattr__(self, "candidates", columns.ranked())
            object.__setattr__(self, "_columns", None)
            return self.candidates

    def __len__(self) -> int:
        columns: CandidateColumns | None = getattr(self, "_columns", None)
        return len(self.candidates if columns is None else columns.texts)

    def __iter__(self) -> Iterator[Candidate[T_co]]:
        return iter(self.candidates)

    @overload
    def __getitem__(self, index: int) -> Candidate[T_co]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate[T_co], ...]: ...
    def __getitem__(self, index: int | slice) -> Candidate[T_co] | tuple[Candidate[T_co], ...]:
        return self.candidates[index]


@dataclass(slots=True)
class _Blank(Generic[T_co]):
    """A candidate before it is frozen: the same slots, set without detours."""

    text: str
    probability: float
    verbalized: float | None
    stated: float | None
    value: T_co
    index: int
    repairs: tuple[Repair, ...] = ()
    count: int = 1
    fields: Mapping[str, Any] = NO_FIELDS
    typed: bool = False


def candidates_of(
    texts: Sequence[str],
    weights: Iterable[float],
    verbalized: Iterable[float | None],
    stated: Iterable[float | None],
    values: Iterable[Any] | None = None,
    repairs: Iterable[tuple[Repair, ...]] | None = None,
    fields: Iterable[Mapping[str, Any]] | None = None,
    *,
    typed: bool = False,
) -> list[Candidate[Any]]:
    """Many candidates at once, indices from 0.

    A frozen dataclass pays for every field it sets; filling blanks and freezing them by their class takes a quarter
    of the time.
    """
    columns: list[Iterable[Any]] = [texts, weights, verbalized, stated, texts if values is None else values, count()]
    if typed or repairs is not None or fields is not None:
        columns += [
            repeat(()) if repairs is None else repairs,
            repeat(1),
            repeat(NO_FIELDS) if fields is None else map(FrozenMapping, fields),
            repeat(typed),
        ]
    blanks = list(map(_Blank, *columns))
    for blank in blanks:
        blank.__class__ = Candidate  # type: ignore[assignment]
    return blanks  # type: ignore[return-value]
