"""Candidates as DSPy's completions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from verbalized_sampling import Candidate, Definition, Distribution

from .behind import BEHIND, Behind
from .demos import as_demo
from .fields import Fields
from .found import Found

__all__ = ["Candidates"]


@dataclass(slots=True)
class Candidates:
    """A completion a candidate, the selected one first, with all output fields of the user's signature.

    Attributes:
        distribution: Over the same candidates.
        order: Index of each completion's candidate (``Candidate.index``).
        columns: What the completions hold, a list for each field.
        fields: Those of the signature.
        definition: What the stated numbers are.
    """

    distribution: Distribution[Any]
    order: tuple[int, ...]
    columns: dict[str, list[Any]]
    fields: Fields
    definition: Definition

    @classmethod
    def of(cls, found: Found, selected: Candidate[Any], fields: Fields, definition: Definition) -> Self:
        """The completions of what was found, each with all output fields and what came beside them."""
        ranked = [selected, *[candidate for candidate in found.distribution if candidate is not selected]]
        order = tuple([candidate.index for candidate in ranked])
        return cls(found.distribution, order, found.columns(ranked, fields), fields, definition)

    def completion(self, place: int = 0) -> dict[str, Any]:
        """One of them, by default that of the selected candidate."""
        return {name: column[place] for name, column in self.columns.items()}

    def self_contained(self) -> list[dict[str, Any]]:
        """All of them for a plain ``dspy.Predict``, which makes a prediction of nothing but fields."""
        every = tuple(map(self.completion, range(len(self.order))))
        return [{**each, BEHIND: Behind(self.distribution, self.order, n, every)} for n, each in enumerate(every)]

    def demo(self) -> dict[str, str]:
        """What a demonstration keeps of the candidates, by the name of its field."""
        return {self.fields.listing: as_demo(self.distribution, self.fields, self.definition)}

    def kept(self) -> Callable[[], dict[str, str]]:
        """Gives :meth:`demo` as it is now: bare texts can be written later, other values a program may change."""
        if not self.fields.typed:
            return self.demo
        demo = self.demo()
        return lambda: demo
