"""What is left to ask of a comparison, and about what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..bulk import price
from ..values.usage import Usage

__all__ = ["Left"]


@dataclass(frozen=True, slots=True)
class Left:
    """The calls that are still to be made, if none has to be made again.

    Attributes:
        there: Replies that the journal has already.
        usage: By model, about what the others take: four characters a token, answers of 30 words.
    """

    there: int
    usage: Mapping[str, Usage]

    @property
    def calls(self) -> int:
        """How many calls are left."""
        return sum(usage.calls for usage in self.usage.values())

    @property
    def cost(self) -> float | None:
        """About what they cost in US dollars; None if a price is not known."""
        costs = [price(model, usage) for model, usage in self.usage.items()]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    def __str__(self) -> str:
        tokens = sum(usage.input_tokens + usage.output_tokens for usage in self.usage.values())
        cost = "price unknown" if self.cost is None else f"about ${self.cost:.2g}"
        return f"{self.calls:,} calls to {', '.join(self.usage)}, about {tokens:,} tokens, {cost}"
