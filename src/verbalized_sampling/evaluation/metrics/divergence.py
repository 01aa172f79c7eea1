"""How far a distribution is from a reference.

Distributions are mappings from a name to a weight: counts, probabilities or percents, normalised here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ...values.distribution import Distribution
from ..extras import eval_extra

__all__ = [
    "ChiSquare",
    "average_distribution",
    "chi_square_uniform",
    "kl_divergence",
    "kl_to_uniform",
    "ks_distance",
    "l1_distance",
]

Weights = Mapping[str, float]
_EPSILON = 1e-10
_LEAST_TOTAL = 100  # of the published evaluator, which was written for 100 draws


def kl_divergence(
    p: Weights, q: Weights, support: Literal["matched", "union"] = "matched", *, epsilon: float = _EPSILON
) -> float:
    """Kullback-Leibler divergence KL(p ‖ q) = Σ p·ln(p/q), in nats.

    Range: 0 (the same) upward; infinite if ``matched`` and no name is in both.
    Source: the paper's "KL to the pre-training reference" is KL(reference ‖ generated) with matched support.

    >>> round(kl_divergence({"heads": 3, "tails": 1}, {"heads": 1, "tails": 1}), 12)  # .75·ln 1.5 + .25·ln .5
    0.130812035941

    Args:
        p: What is averaged over.
        q: What it is compared with.
        support: ``matched``: the names in both with a positive weight, both renormalised over them. ``union``: all
            names; a zero of ``q`` becomes ``epsilon``, and ``q`` is renormalised.
        epsilon: See ``support``.

    Raises:
        ValueError: A weight is negative or not finite, or one side has none.
    """
    p, q = _positive(p), _positive(q)
    if support == "matched":
        names = p.keys() & q.keys()
        if not names:
            return math.inf
        p, q = {n: p[n] for n in names}, {n: q[n] for n in names}
    elif support == "union":
        q = _normalised(q)
        q = {name: q.get(name, epsilon) for name in p.keys() | q.keys()}
    else:
        raise ValueError(f"support must be 'matched' or 'union', not {support!r}")
    p, q = _normalised(p), _normalised(q)
    return max(0.0, math.fsum(weight * math.log(weight / q[name]) for name, weight in p.items()))


def kl_to_uniform(counts: Weights, n_truth: int) -> float:
    """KL of what was seen to a uniform distribution over ``n_truth`` right answers, in nats: the published evaluator.

    p = counts / max(100, Σ counts) over the right answers that were seen; + 1e-10; renormalised; Σ p·ln(p·n_truth).

    Range: 0 (all of them, equally often) to ln ``n_truth`` (one only). 1e-10 moves it by less than 1e-8.
    Source: the evaluator of the paper's open-ended question answering and dice.

    >>> round(kl_to_uniform({"1": 50, "6": 50}, 6), 6)  # ln 3
    1.098612

    Args:
        counts: How often each right answer came; wrong ones are left out.
        n_truth: How many right answers there are.

    Raises:
        ValueError: Nothing was counted, or more names than there are right answers.
    """
    if not counts or sum(counts.values()) <= 0:
        raise ValueError("counts hold no answers: there is nothing to compare")
    if len(counts) > n_truth:
        raise ValueError(f"{len(counts)} right answers were seen, which is more than n_truth={n_truth}")
    total = max(_LEAST_TOTAL, sum(counts.values()))
    smoothed = [count / total + _EPSILON for count in counts.values()]
    whole = sum(smoothed)
    return sum(p / whole * math.log(p / whole * n_truth) for p in smoothed)


def average_distribution(
    trials: Iterable[Distribution[Any] | Weights | Sequence[tuple[str, float]]],
) -> dict[str, float]:
    """The average of several distributions: of each name, the mean over the trials in which it appears, renormalised.

    Source: the paper's figure for naming US states over ten trials. A name that a trial holds twice is summed here;
    the published code keeps its last weight.

    >>> average_distribution([{"Texas": 1.0}, {"Texas": 0.5, "Ohio": 0.5}])  # 0.75 and 0.5, renormalised
    {'Texas': 0.6, 'Ohio': 0.4}

    Args:
        trials: Distributions, mappings, or pairs of a name and a weight; each is normalised first.

    Raises:
        ValueError: There are none, or one has no weight.
    """
    seen: defaultdict[str, list[float]] = defaultdict(list)
    for trial in trials:
        summed: defaultdict[str, float] = defaultdict(float)
        for name, weight in _pairs(trial):
            summed[name] += weight
        for name, weight in _normalised(summed).items():
            seen[name].append(weight)
    return _normalised({name: math.fsum(weights) / len(weights) for name, weights in seen.items()})


def l1_distance(p: Weights, q: Weights) -> float:
    """Σ |p − q| over all names, both normalised: twice the total variation.

    Range: 0 (the same) to 2 (no name in common).

    >>> l1_distance({"a": 1, "b": 1}, {"a": 3, "b": 1})  # |.5 − .75| + |.5 − .25|
    0.5
    """
    p, q = _normalised(p), _normalised(q)
    return math.fsum(abs(p.get(name, 0.0) - q.get(name, 0.0)) for name in p.keys() | q.keys())


def ks_distance(sample: Sequence[float], reference: Sequence[float]) -> float:
    """The Kolmogorov-Smirnov statistic: the largest difference between two empirical distribution functions.

    Range: 0 (the same) to 1 (all of one lies below all of the other). The paper compares simulated donations with
    people's by it. It is SciPy's ``ks_2samp``.

    >>> ks_distance([1, 2, 3, 4], [3, 4, 5, 6])  # at 2: half of the first, none of the second
    0.5
    """
    with eval_extra():
        from scipy.stats import ks_2samp
    return float(ks_2samp(sample, reference).statistic)


class ChiSquare(NamedTuple):
    """Pearson's statistic (0 upward), and the chance of one as large if all names were equally likely."""

    statistic: float
    p_value: float


def chi_square_uniform(counts: Weights, n_truth: int) -> ChiSquare:
    """Pearson's chi-square test of counts against a uniform distribution over ``n_truth`` answers.

    Names that never came count as 0. It is SciPy's ``chisquare``; draws have to be independent, and five or more are
    to be expected of each answer.

    >>> round(chi_square_uniform({"1": 10, "2": 20, "3": 30}, 3).statistic, 6)  # (100 + 0 + 100) / 20
    10.0

    Raises:
        ValueError: More names than there are answers.
    """
    if len(counts) > n_truth:
        raise ValueError(f"{len(counts)} answers were seen, which is more than n_truth={n_truth}")
    with eval_extra():
        from scipy.stats import chisquare
    found = chisquare([*counts.values(), *[0] * (n_truth - len(counts))])
    return ChiSquare(float(found.statistic), float(found.pvalue))


def _pairs(trial: Distribution[Any] | Weights | Sequence[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    if isinstance(trial, Distribution):
        return ((candidate.text, candidate.probability) for candidate in trial)
    return trial.items() if isinstance(trial, Mapping) else trial


def _positive(weights: Weights) -> dict[str, float]:
    return {name: weight for name, weight in _normalised(weights).items() if weight > 0}


def _normalised(weights: Weights) -> dict[str, float]:
    if any(not 0 <= weight < math.inf for weight in weights.values()):
        raise ValueError("weights must be finite and not negative")
    total = math.fsum(weights.values())
    if not total > 0:
        raise ValueError("a distribution needs at least one positive weight")
    return {name: weight / total for name, weight in weights.items()}
