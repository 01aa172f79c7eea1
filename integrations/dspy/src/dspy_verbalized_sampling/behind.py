"""What is behind a prediction that DSPy has made by itself, of nothing but fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from verbalized_sampling import Distribution

__all__ = ["BEHIND", "Behind"]

BEHIND = "dspy_candidates"
"""The field that holds it. No signature's is called so: names that begin with ``dspy_`` are DSPy's, whose predictions
leave them out of their items."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind one completion of a plain prediction.

    Attributes:
        distribution: Over all candidates.
        order: Index of each completion's candidate.
        place: Of this completion among them.
        completions: Their fields.
    """

    distribution: Distribution[Any] = field(hash=False)  # its values may be anything
    order: tuple[int, ...]
    place: int
    completions: tuple[dict[str, Any], ...] = field(hash=False, repr=False)

    def toDict(self) -> dict[str, Any]:  # noqa: N802 - as DSPy calls it
        """As plain JSON values."""
        return dict(json.loads(self.distribution.to_json()))
