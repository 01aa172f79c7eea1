"""One answer of a model, and one that was none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from .repairs import Repair

__all__ = ["Candidate", "Dropped"]

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T_co]):
    """One answer the model gave, and how probable it is.

    Attributes:
        text: The answer as written.
        probability: Its weight in its distribution, in [0, 1]; those of a distribution sum to 1.
        verbalized: The probability the model stated, as a fraction of 1; None if it stated none that can be one.
        stated: The number as written: 12 for "12%", 87.43 for a negative log likelihood; None if there is none.
        value: What the text stands for: the text itself, or an object of the type that was asked for.
        index: Order of arrival, from 0, across all calls.
        repairs: What was not as asked for in this candidate.
    """

    text: str
    probability: float
    verbalized: float | None
    stated: float | None
    value: T_co
    index: int
    repairs: tuple[Repair, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of a reply that looked like a candidate and is none.

    Attributes:
        text: The piece, as it stood in the reply.
        position: Its offset in the reply, in characters from 0.
        reason: Why it was dropped.
    """

    text: str
    position: int
    reason: Repair
