"""Student's quantile, without a library: the smallest installation that compares has no scipy."""

from __future__ import annotations

import math
from functools import lru_cache

__all__ = ["student_quantile"]

_UPPER = 0.975
_STEPS = 200  # of Simpson's rule


@lru_cache(maxsize=4096)
def student_quantile(freedom: float) -> float:
    """What Student's t stays below in 97.5 % of cases, for at least one degree of freedom, whole or not."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)

    def density(t: float) -> float:
        return scale * math.pow(1 + t * t / freedom, -(freedom + 1) / 2)

    t, step = 1.9, math.inf  # below the quantile, where the density falls: Newton only goes up
    while step > 1e-10 * t:
        width = t / _STEPS
        inner = math.fsum((4 if i % 2 else 2) * density(i * width) for i in range(1, _STEPS))
        below = 0.5 + width / 3 * (density(0.0) + inner + density(t))
        step = (_UPPER - below) / density(t)
        t += step
    return t
