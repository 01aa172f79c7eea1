"""What the replies to a signature hold together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from verbalized_sampling import Candidate, Distribution
from verbalized_sampling.adapters import answer_key

from .fields import Fields
from .reading import Reading

__all__ = ["Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the replies to a signature hold together.

    Attributes:
        distribution: Over candidates, a value being the output field or a dict of them.
        shared: The output fields that the candidates of a reply have in common, by the answer that it gave first.
        extras: What the adapter gave beside the fields: as it is of a single reply, a list of those of several.
    """

    distribution: Distribution[Any]
    shared: dict[Hashable, dict[str, Any]]
    extras: dict[str, Any]

    @classmethod
    def of(cls, distribution: Distribution[Any], readings: Iterable[Reading]) -> Found:
        """A distribution with what stood beside it in the replies that it was read from."""
        shared: dict[Hashable, dict[str, Any]] = {}
        extras = []
        for reading in readings:
            if reading.shared:
                for candidate in reading.distribution:
                    shared.setdefault(answer_key(candidate), reading.shared)
            if reading.extras:
                extras.append(reading.extras)
        return cls(distribution, shared, _side_by_side(extras) if len(extras) > 1 else next(iter(extras), {}))

    def columns(self, candidates: Sequence[Candidate[Any]], fields: Fields) -> dict[str, list[Any]]:
        """All output fields of candidates, in the order of the signature, and the extras: a list for each."""
        if fields.only is not None:
            own = {fields.only: [candidate.value for candidate in candidates]}
        else:
            own = {name: [candidate.value[name] for candidate in candidates] for name in fields.own}
        if not (fields.shared or self.extras):
            return own
        beside = [self.shared.get(answer_key(candidate), {}) for candidate in candidates]
        shared = {name: [each.get(name) for each in beside] for name in fields.shared}
        return {**shared, **own, **{name: [extra] * len(candidates) for name, extra in self.extras.items()}}


def _side_by_side(extras: list[dict[str, Any]]) -> dict[str, Any]:
    names = dict.fromkeys(name for each in extras for name in each)
    return {name: [each.get(name) for each in extras] for name in names}
