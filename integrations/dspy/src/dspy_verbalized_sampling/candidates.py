"""Candidates as DSPy's completions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from verbalized_sampling import Candidate, Definition, Distribution

from .behind import BEHIND, Behind
from .demos import as_demo
from .fields import Fields
from .found import Found

__all__ = ["Candidates"]


class Candidates(list[dict[str, Any]]):
    """A completion a candidate, the selected one first, with all output fields of the user's signature.

    Attributes:
        distribution: Over the same candidates.
        order: Index of each completion's candidate (``Candidate.index``).
        demo: Gives what a demonstration keeps of the candidates, by the name of its field.
    """

    distribution: Distribution[Any]
    order: list[int]
    demo: Callable[[], dict[str, str]]

    @classmethod
    def of(cls, found: Found, selected: Candidate[Any], fields: Fields, definition: Definition) -> Candidates:
        """The completions of what was found, each with all output fields and what came beside them."""
        distribution = found.distribution
        ranked = [selected, *(candidate for candidate in distribution if candidate is not selected)]
        completions = cls([found.completion(candidate, fields) for candidate in ranked])
        completions.order = [candidate.index for candidate in ranked]
        completions.demo = partial(_demo, distribution, fields, definition)
        completions.distribution = distribution
        return completions

    def self_contained(self) -> list[dict[str, Any]]:
        """The same for a plain ``dspy.Predict``, which makes a prediction of nothing but fields."""
        fields, order = tuple(dict(each) for each in self), tuple(self.order)
        return [{**each, BEHIND: Behind(self.distribution, order, n, fields)} for n, each in enumerate(fields)]


def _demo(distribution: Distribution[Any], fields: Fields, definition: Definition) -> dict[str, str]:
    return {fields.listing: as_demo(distribution, fields, definition)}
