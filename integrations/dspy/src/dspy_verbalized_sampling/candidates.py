"""Candidates as DSPy's completions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from verbalized_sampling import Candidate, Definition, Distribution

from .demos import as_demo
from .fields import Fields

__all__ = ["Candidates"]


class Candidates(list[dict[str, Any]]):
    """A completion a candidate, the selected one first, with all output fields of the user's signature.

    Attributes:
        distribution: Over the same candidates, their values without what they share.
        order: Index of each completion's candidate (``Candidate.index``).
        demo: Gives what a demonstration keeps of the candidates, by the name of its field.
    """

    distribution: Distribution[Any]
    order: list[int]
    demo: Callable[[], dict[str, str]]

    @classmethod
    def of(
        cls,
        distribution: Distribution[Any],
        selected: Candidate[Any],
        fields: Fields,
        definition: Definition,
        extras: dict[str, Any],
    ) -> Candidates:
        """The completions of a distribution whose values are all output fields, with what came beside the fields."""
        ranked = [selected, *(candidate for candidate in distribution if candidate is not selected)]
        completions = cls({**candidate.value, **extras} if extras else candidate.value for candidate in ranked)
        completions.order = [candidate.index for candidate in ranked]
        completions.demo = lambda: {fields.listing: as_demo(distribution, fields, definition)}
        own = tuple(
            Candidate(
                c.text,
                c.probability,
                c.verbalized,
                c.stated,
                _own(c.value, fields),
                c.index,
                c.repairs,
                c.count,
                c.fields,
            )
            for c in distribution  # replace() would take three times as long
        )
        completions.distribution = replace(distribution, candidates=own)
        return completions


def _own(value: dict[str, Any], fields: Fields) -> Any:
    return value[fields.only] if fields.only is not None else {name: value[name] for name in fields.own}
