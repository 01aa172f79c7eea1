"""Which names the fields of a candidate have in a reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..language import names
from ..numbers.number import Number

__all__ = ["PROBABILITY_FIELD", "TEXT_FIELD", "UNTYPED", "Asked"]

TEXT_FIELD = "text"
PROBABILITY_FIELD = "probability"


@dataclass(frozen=True, slots=True)
class Asked:
    """The names that were asked for.

    Attributes:
        probability: The key of the number.
        fields: The fields of the candidate's own type; empty where the text is the candidate.
        typed: Whether candidates have a type of their own: what they may say, the type knows.
    """

    probability: str = PROBABILITY_FIELD
    fields: frozenset[str] = frozenset()
    typed: bool = False

    def is_probability(self, name: str) -> bool:
        """Whether a field holds the number; a field of the candidate's own type never does."""
        return name == self.probability or (name not in self.fields and names.is_probability(name))

    def is_answer(self, number: Number | None) -> bool:
        """Whether a text is an answer whatever it says: the type decides, unless the number is an example, too."""
        return self.typed and (number is None or number.stated is not None)

    def number_rank(self, name: str) -> int:
        """How surely a field of this name is the number: 0 is what was asked for."""
        return 0 if name == self.probability else 1 + names.probability_rank(name)

    def probability_in(self, keys: Iterable[str]) -> str | None:
        """The key of the number among others: the one that was asked for, or the one that most surely means it."""
        found: list[str] = []
        for key in keys:
            if key == self.probability:
                return key
            if self.is_probability(key):
                found.append(key)
        return min(found, key=names.probability_rank, default=None) if len(found) > 1 else found[0] if found else None


UNTYPED = Asked()
