"""The metrics that a comparison reports, each for the answers of one method to one prompt."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..values.sameness import text_key
from .draws import Draw
from .metrics.calibration import brier_score, expected_calibration_error
from .metrics.counting import coverage_n, duplicate_rate, effective_size
from .metrics.divergence import kl_divergence
from .metrics.embedders import Embedder
from .metrics.lexical import mean_distinct_n, pairwise_rouge_l
from .metrics.semantic import cosines, pairwise_distances, vendi_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MEASURES", "Measure", "Reference", "Sample", "answer_key", "reference_of"]

Reference = Mapping[str, float]
_QUOTES = "\"'`*.!“”‘’ "


def answer_key(text: str) -> str:
    """What makes an answer the same as a reference's: case, white space, quotes and a final stop don't count."""
    return text_key(text.strip().strip(_QUOTES))


def reference_of(reference: Mapping[str, float] | Collection[str]) -> dict[str, float]:
    """A reference as probabilities by answer; a bare collection of right answers is uniform."""
    weights = reference if isinstance(reference, Mapping) else dict.fromkeys(reference, 1.0)
    total = math.fsum(weights.values())
    if not total > 0:
        raise ValueError("a reference needs at least one answer with a positive weight")
    summed: defaultdict[str, float] = defaultdict(float)
    for name, weight in weights.items():
        summed[answer_key(name)] += weight / total
    return dict(summed)


@dataclass
class Sample:
    """The answers of one method to one prompt; what is costly is computed once."""

    draws: Sequence[Draw]
    embedder: Embedder
    reference: Reference | None = None

    @cached_property
    def texts(self) -> list[str]:
        return [draw.text for draw in self.draws]

    @cached_property
    def distances(self) -> np.ndarray[Any, Any]:
        return pairwise_distances(self.texts, self.embedder)

    @cached_property
    def cosines(self) -> np.ndarray[Any, Any]:
        return cosines(self.texts, self.embedder)

    @cached_property
    def overlaps(self) -> np.ndarray[Any, Any]:
        return pairwise_rouge_l(self.texts)


Kept = Sequence[int]  # positions of the draws that count


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric.

    Attributes:
        name: Its name in ``Comparison.metrics``.
        title: For people.
        better: ``higher``, ``lower``, or nothing where neither is.
        bounds: Its range.
        unit: What it is counted in.
        value: The number for some of a sample's draws; NaN if it is undefined for them.
        by_meaning: Whether the embedder decides it.
        counts_answers: Whether it can't be more than there are answers.
    """

    name: str
    title: str
    better: str
    bounds: tuple[float, float]
    unit: str
    value: Callable[[Sample, Kept], float]
    by_meaning: bool = False
    counts_answers: bool = False

    def bounds_of(self, answers: int) -> tuple[float, float]:
        """Its range for so many answers."""
        return (self.bounds[0], min(self.bounds[1], answers)) if self.counts_answers else self.bounds


def _mean_of_pairs(matrix: np.ndarray[Any, Any], kept: Kept) -> float:
    n = len(kept)
    if n < 2:
        return math.nan
    part = _part(matrix, kept)
    return float(part.sum() - part.trace()) / (n * (n - 1))


def _part(matrix: np.ndarray[Any, Any], kept: Kept) -> np.ndarray[Any, Any]:
    return matrix[list(kept)][:, list(kept)]


def _texts(sample: Sample, kept: Kept) -> list[str]:
    return [sample.texts[i] for i in kept]


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else math.nan


def _kl(sample: Sample, kept: Kept) -> float:
    """KL(generated ‖ reference) over the right answers, by weight."""
    generated: Counter[str] = Counter()
    for i in kept:
        generated[answer_key(sample.texts[i])] += sample.draws[i].weight  # type: ignore[assignment]
    right = {name: weight for name, weight in generated.items() if sample.reference and name in sample.reference}
    if not sample.reference or not any(right.values()):
        return math.nan
    return kl_divergence(right, sample.reference, "union")


def _precision(sample: Sample, kept: Kept) -> float:
    if sample.reference is None:
        return math.nan
    return _mean([float(answer_key(text) in sample.reference) for text in _texts(sample, kept)])


def _coverage(sample: Sample, kept: Kept) -> float:
    if sample.reference is None:
        return math.nan
    return coverage_n([answer_key(text) for text in _texts(sample, kept)], sample.reference)


def _calibration(score: Callable[[Sequence[float], Sequence[float]], float]) -> Callable[[Sample, Kept], float]:
    def value(sample: Sample, kept: Kept) -> float:
        stated, observed = statements(sample, kept)
        return score(stated, observed) if stated else math.nan

    return value


def statements(sample: Sample, kept: Kept | None = None) -> tuple[list[float], list[float]]:
    """The stated probabilities of some draws, and the reference's of the same answers (0 for a wrong one)."""
    draws = [sample.draws[i] for i in (range(len(sample.draws)) if kept is None else kept)]
    said = [(d.verbalized, answer_key(d.text)) for d in draws if d.verbalized is not None]
    if sample.reference is None:
        return [], []
    return [p for p, _ in said], [min(1.0, sample.reference.get(name, 0.0)) for _, name in said]


_FREE = (0.0, math.inf)
_SHARE = (0.0, 1.0)

MEASURES: tuple[Measure, ...] = (
    Measure(
        "diversity", "Semantic diversity", "higher", _SHARE, "0 alike – 1 unlike",
        lambda s, kept: _mean_of_pairs(s.distances, kept), by_meaning=True,
    ),
    Measure(
        "vendi", "Vendi score", "higher", (1.0, math.inf), "as if so many unlike texts",
        lambda s, kept: vendi_of(_part(s.cosines, kept) / len(kept)) if kept else math.nan,
        by_meaning=True, counts_answers=True,
    ),
    Measure(
        "rouge_l", "ROUGE-L overlap", "lower", _SHARE, "0 no words shared – 1 same words",
        lambda s, kept: _mean_of_pairs(s.overlaps, kept),
    ),
    Measure(
        "effective_size", "Effective size", "higher", (1.0, math.inf), "as if so many answers, equally often",
        lambda s, kept: effective_size(_texts(s, kept)) if kept else math.nan, counts_answers=True,
    ),
    Measure(
        "duplicates", "Duplicates", "lower", _SHARE, "share of answers",
        lambda s, kept: duplicate_rate(_texts(s, kept)) if kept else math.nan,
    ),
    Measure(
        "distinct_n", "Distinct-n", "higher", _SHARE, "0 repeats itself – 1 never",
        lambda s, kept: mean_distinct_n(_texts(s, kept)) if kept else math.nan,
    ),
    Measure(
        "quality", "Quality, by the judge", "higher", _SHARE, "0–1",
        lambda s, kept: _mean([s.draws[i].score for i in kept]),
    ),
    Measure("kl", "KL to the reference", "lower", _FREE, "nats", _kl),
    Measure("coverage", "Coverage of the reference", "higher", _SHARE, "share of right answers", _coverage),
    Measure("precision", "Precision", "higher", _SHARE, "share of answers that are right", _precision),
    Measure("ece", "Calibration error", "lower", _SHARE, "0–1", _calibration(expected_calibration_error)),
    Measure("brier", "Brier score", "lower", _SHARE, "0–1", _calibration(brier_score)),
    Measure(
        "tokens", "Tokens an answer", "lower", _FREE, "tokens written",
        lambda s, kept: _mean([s.draws[i].tokens for i in kept]),
    ),
    Measure(
        "seconds", "Seconds an answer", "lower", _FREE, "seconds",
        lambda s, kept: _mean([s.draws[i].seconds for i in kept]),
    ),
    Measure(
        "cost", "Price of 1,000 answers", "lower", _FREE, "US dollars",
        lambda s, kept: 1000 * _mean([s.draws[i].cost for i in kept]),
    ),
)  # fmt: skip
