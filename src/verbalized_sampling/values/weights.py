"""From the numbers that models state to the weights that candidates are drawn by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, cast

from .repairs import Repair

__all__ = ["Definition", "Weighting", "fraction_of", "weigh"]

Weighting = Literal["verbalized", "uniform", "softmax"]
"""How weights follow from the stated probabilities: in proportion, not at all, or by softmax."""


class Definition(StrEnum):
    """What the prompt says a candidate's number is (the paper's ablation of probability definitions)."""

    EXPLICIT = "explicit"
    """The estimated probability of the response given the prompt, relative to the full distribution."""
    IMPLICIT = "implicit"
    """How likely the response would be."""
    RELATIVE = "relative"
    """Its likelihood relative to the other responses."""
    PERCENTAGE = "percentage"
    """Its share of the full distribution, 0 to 100 %."""
    CONFIDENCE = "confidence"
    """How representative or typical it is, 0 to 1."""
    PERPLEXITY = "perplexity"
    """The exponentiated average negative log likelihood of its tokens, 1 or more."""
    NLL = "nll"
    """The sum of the negative log likelihoods of its tokens, 0 or more, in nats."""

    @property
    def is_cost(self) -> bool:
        """Whether a lower number means a likelier response, and so no percentage can be meant."""
        return self in (Definition.PERPLEXITY, Definition.NLL)


def fraction_of(stated: float, definition: Definition) -> float | None:
    """The probability that a stated cost stands for, or None if the number can't be one."""
    if definition is Definition.NLL:
        return math.exp(-stated) if stated >= 0.0 else None
    return 1.0 / stated if stated >= 1.0 else None


def weigh(
    verbalized: Sequence[float | None],
    stated: Sequence[float | None],
    *,
    definition: Definition = Definition.EXPLICIT,
    weighting: Weighting = "verbalized",
) -> tuple[list[float], Repair | None]:
    """Weights for candidates, in their order; they sum to 1.

    Those without a usable number get the mean of those with one. Without any, or with nothing but zeros, all
    weigh the same.

    Args:
        verbalized: The stated probabilities as fractions of 1; None where there is none.
        stated: The numbers as written; a negative log likelihood is weighed from these, because exp(-900) is 0.
        definition: What the numbers are.
        weighting: How weights follow from them.

    Returns:
        The weights, and what had to be repaired: nothing, MISSING_PROBABILITY or UNIFORM_WEIGHTS.
    """
    count = len(verbalized)
    if not count:
        return [], None
    if weighting == "uniform":
        return [1.0 / count] * count, None
    if weighting == "verbalized" and definition is not Definition.NLL:
        try:
            total = math.fsum(cast("Sequence[float]", verbalized))
        except TypeError:  # one of them is None
            total = 0.0
        if total > 0.0:
            return [p / total for p in cast("Sequence[float]", verbalized)], None
    known = [(i, p) for i, p in enumerate(verbalized) if p is not None]
    if definition is Definition.NLL:
        costs = {i: s for i, _ in known if (s := stated[i]) is not None}
        least = min(costs.values(), default=0.0)
        raw = {i: math.exp(least - cost) for i, cost in costs.items()}
    elif weighting == "softmax":
        raw = {i: math.exp(p) for i, p in known}
    else:
        raw = dict(known)
    mean = math.fsum(raw.values()) / len(raw) if raw else 0.0
    if not mean > 0.0:
        return [1.0 / count] * count, Repair.UNIFORM_WEIGHTS
    total = math.fsum([*raw.values(), mean * (count - len(raw))])
    weights = [raw.get(i, mean) / total for i in range(count)]
    return weights, None if len(raw) == count else Repair.MISSING_PROBABILITY
