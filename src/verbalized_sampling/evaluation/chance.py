"""What chance does to a number, as far as the data show it.

A standard error and a skewness make an interval by Hall's transformation (On the removal of skewness by transformation,
Journal of the Royal Statistical Society B, 1992), with Student's quantiles for normal ones. Its longer side is taken
both ways: few prompts often don't show their tail, and then the other side is the one that is too short.

Where everything came out alike, the error is not 0 but unknown, and the interval is what may have gone unseen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .jackknife import jackknife
from .student import student_quantile
from .unseen import Unseen, most_unseen

__all__ = ["Bounds", "Chance", "of_calls", "of_prompts", "together"]

Bounds = tuple[float, float]

_ROUNDING = 1e-9
_FLAT = 0.05  # nearer to 0 the root is so steep that intervals run away, and hold the truth no more often


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance does to a number.

    Attributes:
        error: Its standard error; NaN where that can't be told.
        freedom: Degrees of freedom of the error.
        skewness: Of the number, over all data sets that might have come.
        unseen: Parts of it of which the data show no spread.
    """

    error: float
    freedom: float
    skewness: float = 0.0
    unseen: tuple[Unseen, ...] = ()

    def interval(self, value: float, bounds: Bounds) -> tuple[float, float] | tuple[None, None]:
        """The 95 % interval around ``value``, cut to ``bounds``; None twice where chance can't be told."""
        reach = self.error * _quantile(self.freedom, abs(self.skewness)) if self.error else 0.0
        below = reach + most_unseen([(part.below, part.times) for part in self.unseen])
        above = reach + most_unseen([(part.above, part.times) for part in self.unseen])
        if not math.isfinite(below + above):
            return None, None
        return max(value - below, bounds[0]), min(value + above, bounds[1])

    def __neg__(self) -> Chance:
        """Of the number with the other sign."""
        unseen = tuple(Unseen(part.above, part.below, part.times) for part in self.unseen)
        return replace(self, skewness=-self.skewness, unseen=unseen)

    def over(self, count: int) -> Chance:
        """Of the number divided by ``count``."""
        unseen = tuple(Unseen(part.below / count, part.above / count, part.times) for part in self.unseen)
        return replace(self, error=self.error / count, unseen=unseen)


def together(parts: Sequence[Chance]) -> Chance:
    """Of a sum of independent numbers; the degrees of freedom are Welch's (Biometrika 1947)."""
    unseen = tuple(part for chance in parts for part in chance.unseen)
    error = math.sqrt(math.fsum(part.error**2 for part in parts))
    if not error > 0:  # NaN too
        return Chance(error, 1.0, unseen=unseen)
    weight = math.fsum(part.error**4 / part.freedom for part in parts if part.error)
    skewness = math.fsum(part.skewness * part.error**3 for part in parts) / error**3
    return Chance(error, error**4 / weight, skewness, unseen)


def of_prompts(values: Sequence[float], bounds: Bounds) -> Chance:
    """Of a mean over prompts, for all prompts like these.

    Whole prompts are what varies, and their calls with them, so that both levels of chance are in it: to resample the
    calls once more would count the inner one twice (Davison and Hinkley, Bootstrap Methods, 1997, section 3.8). Of a
    mean the bootstrap's error and skewness have closed forms, here with n − 1 for n, and take no replicates.
    """
    p = len(values)
    mean = math.fsum(values) / p
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (p - 1))
    if spread <= _ROUNDING * max(1.0, abs(mean)):
        return Chance(0.0, p - 1.0, unseen=(_unseen(mean, bounds, p),))
    skewness = math.fsum(((x - mean) / spread) ** 3 for x in values) / p
    return Chance(spread / math.sqrt(p), p - 1.0, skewness / math.sqrt(p))


def of_calls(value: float, measure: Callable[[Sequence[int]], float], calls: Sequence[int], bounds: Bounds) -> Chance:
    """Of the number of one prompt, by its calls.

    Args:
        value: The number.
        measure: Gives it for a choice of draws, named by their positions.
        calls: The call of each draw.
        bounds: The number's range.
    """
    error, freedom = jackknife(measure, calls)
    if error:
        return Chance(error, freedom)
    pairs = len(set(calls)) / 2  # many numbers are means over pairs, and either of a pair may be another
    return Chance(0.0, freedom, unseen=(_unseen(value, bounds, pairs),))


def _unseen(value: float, bounds: Bounds, times: float) -> Unseen:
    return Unseen(value - bounds[0], bounds[1] - value, times)


def _quantile(freedom: float, skewness: float) -> float:
    t = student_quantile(freedom)
    if skewness < _ROUNDING:
        return t
    return 3 / skewness * (1 - math.cbrt(max(1 - skewness * t - skewness**2 / 6, _FLAT)))
