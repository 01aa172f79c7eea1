"""Diversity as a number to optimise for, next to quality and never instead of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import dspy

from .access import names_in, verbalized, whole
from .prediction import VerbalizedPrediction
from .wire import prompts

__all__ = ["DiversityMetric", "diversity"]

Similarity = Callable[[Any, Any], float]
"""How alike two answers are, from 0 to 1."""

_WORD = re.compile(r"\w+")


def diversity(
    prediction: VerbalizedPrediction, field: str | None = None, similarity: Similarity | None = None
) -> float:
    """How far apart two answers are that are drawn from the prediction, on average (Rao's quadratic entropy).

    It counts how different the candidates are and how evenly the weight is spread over them: 0 if all are alike or
    one has all the weight, at most 1 - 1/k for k candidates.

    Args:
        prediction: Of a verbalized predictor.
        field: The output field to compare, by default the last one.
        similarity: Compares two values; by default the share of words that two texts have in common, and equality
            for everything else. For meaning pass the cosine similarity of embeddings.
    """
    prediction = whole(prediction)
    completions = prediction.completions
    field = field or names_in(completions)[-1]
    alike = similarity or overlap
    weighted = list(zip(completions[field], verbalized(prediction).weights, strict=True))
    pairs = ((one, other) for place, one in enumerate(weighted) for other in weighted[:place])
    return sum(2 * p * q * (1.0 - alike(a, b)) for (a, p), (b, q) in pairs)


def overlap(one: Any, other: Any) -> float:
    """The share of words that two texts have in common (Jaccard index); for other values, whether they are equal."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return float(one == other)
    first, second = (frozenset(_WORD.findall(text.casefold())) for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 1.0


class DiversityMetric:
    """A metric and a reward: the quality to expect of a draw, and a bonus for diversity where the quality holds.

    The score is ``(1 - share) * quality + share * diversity`` while the expected quality reaches ``least_quality``;
    below it the bonus is nil, so that no diversity makes up for bad answers.

    Args:
        quality: ``quality(example, prediction)`` from 0 to 1, asked of every candidate as if it were the answer.
        share: The part of the score that diversity makes, from 0 to 1.
        least_quality: Expected quality below which diversity counts for nothing.
        field: The output field to compare, by default the last one.
        similarity: As for :func:`diversity`.
    """

    def __init__(
        self,
        quality: Callable[[Any, Any], float],
        *,
        share: float = 0.3,
        least_quality: float = 0.5,
        field: str | None = None,
        similarity: Similarity | None = None,
    ) -> None:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"share is a part from 0 to 1, not {share}")
        self.quality = quality
        self.share = share
        self.least_quality = least_quality
        self.field = field
        self.similarity = similarity

    def __call__(
        self,
        example: Any,
        prediction: VerbalizedPrediction,
        trace: Any = None,
        pred_name: Any = None,
        pred_trace: Any = None,  # noqa: ARG002 - GEPA counts them
    ) -> Any:
        """Scores a prediction the way each kind of optimizer asks for it.

        Returns:
            The score; for GEPA, which names a predictor, a ``dspy.Prediction`` of score and feedback; while
            demonstrations are collected (a trace is given), whether the expected quality reaches ``least_quality``.
        """
        good, spread, score = self._measured(example, prediction)
        if pred_name is not None:
            return dspy.Prediction(score=score, feedback=self._feedback(good, spread, prediction))
        return score if trace is None else good >= self.least_quality

    def reward(self, inputs: dict[str, Any], prediction: VerbalizedPrediction) -> float:
        """The same as the ``reward_fn`` of ``dspy.BestOfN`` and ``dspy.Refine``."""
        return self._measured(dspy.Example(**inputs), prediction)[2]

    def _measured(self, example: Any, prediction: VerbalizedPrediction) -> tuple[float, float, float]:
        behind = verbalized(prediction)
        good = sum(c.probability * float(self.quality(example, behind.selecting(c))) for c in behind.distribution)
        spread = diversity(prediction, self.field, self.similarity)
        bonus = self.share * spread if good >= self.least_quality else 0.0
        return good, spread, (1.0 - self.share) * good + bonus

    def _feedback(self, good: float, spread: float, prediction: VerbalizedPrediction) -> str:
        distribution = verbalized(prediction).distribution
        effective = distribution.effective_size()
        values = {"quality": good, "least_quality": self.least_quality, "diversity": spread, "effective": effective}
        return prompts().render("feedback", **values, answers=[c.text for c in distribution])
