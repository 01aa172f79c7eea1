"""Whether the probabilities that a model states are right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ReliabilityBin", "brier_score", "expected_calibration_error", "reliability_table"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Statements of about the same probability.

    Attributes:
        low: Lower end of the bin.
        high: Upper end, which belongs to it only in the last bin.
        stated: Mean of the probabilities that were stated.
        observed: Mean of what came true.
        count: How many statements.
    """

    low: float
    high: float
    stated: float
    observed: float
    count: int


def reliability_table(stated: Sequence[float], observed: Sequence[float], bins: int = 10) -> list[ReliabilityBin]:
    """Statements by their probability, in bins of equal width, empty ones left out.

    Source: DeGroot and Fienberg (1983); a calibrated model's bins have ``observed`` near ``stated``.

    >>> reliability_table([0.1, 0.2, 0.9], [0, 0, 1], bins=2)[0]
    ReliabilityBin(low=0.0, high=0.5, stated=0.15000000000000002, observed=0.0, count=2)

    Args:
        stated: Probabilities in [0, 1].
        observed: What came of each: 1 or 0, or the true probability where a reference knows it.
        bins: How many bins.

    Raises:
        ValueError: The lengths differ, nothing is there, or a number is outside [0, 1].
    """
    _check(stated, observed)
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    members: dict[int, list[tuple[float, float]]] = {}
    for pair in zip(stated, observed, strict=True):
        members.setdefault(min(int(pair[0] * bins), bins - 1), []).append(pair)
    return [
        ReliabilityBin(
            b / bins,
            (b + 1) / bins,
            math.fsum(p for p, _ in pairs) / len(pairs),
            math.fsum(o for _, o in pairs) / len(pairs),
            len(pairs),
        )
        for b, pairs in sorted(members.items())
    ]


def expected_calibration_error(stated: Sequence[float], observed: Sequence[float], bins: int = 10) -> float:
    """How far stated probabilities are from what came true, on average over bins: Σ (n_b/n)·|observed − stated|.

    Range: 0 (calibrated) to 1. Source: Naeini et al. (AAAI 2015).

    >>> round(expected_calibration_error([0.1, 0.2, 0.9], [0, 0, 1], bins=2), 6)  # 2/3·.15 + 1/3·.1
    0.133333
    """
    table = reliability_table(stated, observed, bins)
    return math.fsum(b.count * abs(b.observed - b.stated) for b in table) / len(stated)


def brier_score(stated: Sequence[float], observed: Sequence[float]) -> float:
    """The mean squared difference of stated probability and outcome.

    Range: 0 (certain and right) to 1 (certain and wrong); always saying 0.5 gives 0.25. Source: Brier (1950).

    >>> round(brier_score([0.1, 0.2, 0.9], [0, 0, 1]), 6)  # (.01 + .04 + .01) / 3
    0.02
    """
    _check(stated, observed)
    return math.fsum((p - o) ** 2 for p, o in zip(stated, observed, strict=True)) / len(stated)


def _check(stated: Sequence[float], observed: Sequence[float]) -> None:
    if len(stated) != len(observed):
        raise ValueError(f"{len(stated)} probabilities were stated, and {len(observed)} outcomes observed")
    if not stated:
        raise ValueError("there are no stated probabilities to compare with what happened")
    if any(not 0 <= number <= 1 for number in (*stated, *observed)):
        raise ValueError("probabilities and outcomes must be between 0 and 1")
