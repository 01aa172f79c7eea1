"""Why aligned models collapse to a mode, as numbers: the typicality bias and the sharpening that follows from it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import overload

from ...values.distribution import Distribution
from ..extras import eval_extra

__all__ = ["TypicalityBias", "sharpen", "typicality_bias"]

_STEPS = 100


@dataclass(frozen=True, slots=True)
class TypicalityBias:
    """How much people prefer what a base model finds likely, beyond what is better.

    Attributes:
        alpha: Log-odds of being preferred for each nat of log-likelihood; above 0, typical text is favoured.
        standard_error: Of ``alpha``.
        p_value: The chance of an ``alpha`` as far from 0 if there were no bias.
        n: Pairs.
    """

    alpha: float
    standard_error: float
    p_value: float
    n: int

    def gamma(self, beta: float) -> float:
        """γ = 1 + α/β: the power to which alignment with a KL penalty of weight β raises the reference distribution.

        Raises:
            ValueError: β is not above 0.
        """
        if not beta > 0:
            raise ValueError(f"beta must be above 0, not {beta}")
        return 1.0 + self.alpha / beta


def typicality_bias(pairs: Iterable[tuple[float, float]]) -> TypicalityBias:
    """Estimates α by a Bradley-Terry regression of "preferred" on the difference of log-likelihoods.

    P(first preferred) = 1 / (1 + exp(−α·(l_first − l_second))), fitted by maximum likelihood (Newton's method). Use
    pairs of answers that are equally correct, else α takes in what is better as well.

    Source: arXiv 2510.01171, section 3, which finds α > 0 in human preference data.

    Args:
        pairs: Of each pair of answers, the base model's log-likelihood (nats) of the preferred, then of the other.

    Raises:
        ValueError: There are fewer than two pairs, a number is not finite, or all preferences go one way (likelihood
            has no maximum then).
    """
    differences = [chosen - rejected for chosen, rejected in pairs]
    if len(differences) < 2 or not all(map(math.isfinite, differences)):
        raise ValueError("the regression needs at least two pairs of finite log-likelihoods")
    if min(differences) >= 0 or max(differences) <= 0:
        raise ValueError("all preferences go one way, so that no finite alpha fits best: add pairs")
    with eval_extra():
        import numpy as np
        from scipy.special import erfc, expit
    d = np.array(differences)
    alpha, information = 0.0, 0.0
    for _ in range(_STEPS):
        p = expit(alpha * d)
        information = float(np.sum(d**2 * p * (1 - p)))
        step = float(np.sum(d * (1 - p))) / max(information, 1e-300)
        # A Newton step on a concave likelihood can overshoot from far away; one bounded so cannot run off.
        alpha += math.copysign(min(abs(step), 1.0 + abs(alpha)), step)
        if abs(step) < 1e-12 * (1.0 + abs(alpha)):
            break
    error = 1.0 / math.sqrt(information)
    return TypicalityBias(alpha, error, float(erfc(abs(alpha) / error / math.sqrt(2))), len(d))


@overload
def sharpen(p: Distribution[str], gamma: float) -> Distribution[str]: ...
@overload
def sharpen(p: Mapping[str, float], gamma: float) -> dict[str, float]: ...
def sharpen(p: Distribution[str] | Mapping[str, float], gamma: float) -> Distribution[str] | dict[str, float]:
    """p^γ, renormalised: what alignment does to a reference distribution where answers are equally good.

    Range: γ = 1 changes nothing; above 1 the mode gains; γ = 0 is uniform. Source: arXiv 2510.01171, section 3.

    >>> sharpen({"typical": 0.8, "rare": 0.2}, 2)  # .64 and .04, over .68
    {'typical': 0.9411764705882353, 'rare': 0.058823529411764705}

    Raises:
        ValueError: γ is negative or not finite, or ``p`` has no positive weight.
    """
    if not 0 <= gamma < math.inf:
        raise ValueError(f"gamma must be finite and not negative, not {gamma}")
    if isinstance(p, Distribution):
        peak = max((c.probability for c in p), default=1.0)
        return p.reweight(lambda c: (c.probability / peak) ** gamma if c.probability else 0.0)
    peak = max(p.values(), default=0.0)
    if not peak > 0:
        raise ValueError("a distribution needs at least one positive weight")
    powers = {name: (weight / peak) ** gamma if weight else 0.0 for name, weight in p.items()}
    total = math.fsum(powers.values())
    return {name: power / total for name, power in powers.items()}
