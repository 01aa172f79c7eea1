"""Estimates with intervals: what can be told from so many prompts and calls, and what can't.

With five prompts or more, whole prompts are resampled: a bootstrap, paired (the same prompts for every method) and
studentised, for percentiles alone are too narrow where prompts are few (Davison and Hinkley, Bootstrap Methods, 1997,
section 5.2). Their calls come along, so that both levels of chance are in it: resampling the calls once more would
count the inner one twice (section 3.8).

With fewer prompts the numbers are about just these prompts, and chance comes from the calls: the jackknife
over them. It leaves out and never copies. A bootstrap over texts makes pairs of a text with its own copy, at distance
0, and its interval then misses the estimate itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .extras import eval_extra

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ENOUGH_PROMPTS", "Difference", "Estimate", "PromptValues", "estimates"]

ENOUGH_PROMPTS = 5
_REPLICATES = 10_000
_LEVEL = (97.5, 2.5)  # percentiles, of what is taken off


@dataclass(frozen=True, slots=True)
class Difference:
    """A method's value minus the baseline's, with a 95 % interval; None where there is too little to tell."""

    value: float
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and how sure it is.

    Attributes:
        value: The mean over prompts.
        low: Lower end of the 95 % interval; None if one call a prompt is all there is.
        high: Its upper end.
        n: Answers a prompt, the same for all methods; their mean, if it differs from prompt to prompt.
        prompts: How many prompts.
        difference: To the baseline; None for the baseline itself.
        embedder: What saw the meaning of the texts, for metrics of meaning; else None.
    """

    value: float
    low: float | None
    high: float | None
    n: float
    prompts: int
    difference: Difference | None = None
    embedder: str | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3g}"
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True, slots=True)
class PromptValues:
    """A metric of one method, prompt by prompt.

    Attributes:
        values: One a prompt; NaN where it is undefined.
        errors: Standard errors by chance of the calls; NaN where one call is all there is.
        freedom: Degrees of freedom of those errors: groups of calls, less one.
    """

    values: Sequence[float]
    errors: Sequence[float]
    freedom: Sequence[float]


def estimates(
    methods: dict[str, PromptValues],
    baseline_of: dict[str, str],
    n: Sequence[float],
    *,
    bounds: tuple[float, float],
    embedder: str | None = None,
    seed: int = 0,
) -> dict[str, Estimate]:
    """The estimate of each method, and its difference to its baseline.

    Args:
        methods: Values by method, all over the same prompts.
        baseline_of: The baseline of each method.
        n: Answers behind each prompt's values.
        bounds: The metric's range; intervals are cut to it.
        embedder: See :class:`Estimate`.
        seed: Of the resampling.
    """
    with eval_extra():
        import numpy as np
    found: dict[str, Estimate] = {}
    for name, own in methods.items():
        values, errors = np.array(own.values, float), np.array(own.errors, float)
        defined = np.isfinite(values)
        if not defined.any():
            continue
        value = float(values[defined].mean())
        low, high = _interval(values[defined], errors[defined], np.array(own.freedom, float)[defined], bounds, seed)
        baseline = baseline_of[name]
        difference = None
        if name != baseline and baseline in methods:
            difference = _difference(own, methods[baseline], (bounds[0] - bounds[1], bounds[1] - bounds[0]), seed)
        counted = [count for count, is_defined in zip(n, defined, strict=True) if is_defined]
        answers = math.fsum(counted) / len(counted)
        found[name] = Estimate(value, low, high, answers, int(defined.sum()), difference, embedder)
    return found


def _difference(own: PromptValues, other: PromptValues, bounds: tuple[float, float], seed: int) -> Difference | None:
    import numpy as np

    values = np.array(own.values, float) - np.array(other.values, float)
    defined = np.isfinite(values)
    if not defined.any():
        return None
    squares = np.array([own.errors, other.errors], float) ** 2
    freedom = np.array([own.freedom, other.freedom], float)
    errors = np.sqrt(squares.sum(axis=0))
    low, high = _interval(values[defined], errors[defined], _welch(squares, freedom)[defined], bounds, seed)
    return Difference(float(values[defined].mean()), low, high)


def _interval(
    values: np.ndarray[Any, Any],
    errors: np.ndarray[Any, Any],
    freedom: np.ndarray[Any, Any],
    bounds: tuple[float, float],
    seed: int,
) -> tuple[float | None, float | None]:
    import numpy as np

    rng = np.random.default_rng(seed)
    p, value = len(values), float(values.mean())
    if p >= ENOUGH_PROMPTS:
        error = values.std(ddof=1) / math.sqrt(p)
        chosen = values[rng.integers(0, p, (_REPLICATES, p))]
        spread = chosen.std(axis=1, ddof=1) / math.sqrt(p)
        away = (chosen.mean(axis=1) - value)[spread > 0] / spread[spread > 0]
    elif np.isfinite(errors).all():
        error = math.sqrt(float((errors**2).sum())) / p
        away = rng.standard_t(float(_welch(errors[:, None] ** 2, freedom[:, None])[0]), _REPLICATES)
    else:
        return None, None
    if not error > 0:
        return value, value
    low, high = value - np.percentile(away, _LEVEL) * error
    return float(max(low, bounds[0])), float(min(high, bounds[1]))


def _welch(squares: np.ndarray[Any, Any], freedom: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Degrees of freedom of sums of squared errors, down the first axis (Welch 1947, Satterthwaite)."""
    import numpy as np

    weight = (squares**2 / np.maximum(freedom, 1.0)).sum(axis=0)
    return np.where(weight > 0, squares.sum(axis=0) ** 2 / np.where(weight > 0, weight, 1.0), 1.0)
