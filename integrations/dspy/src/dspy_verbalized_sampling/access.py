"""From any prediction to what stands behind it."""

from __future__ import annotations

from typing import Any

import dspy

from .behind import BEHIND, Behind
from .internals import Completions
from .prediction import Verbalized, VerbalizedPrediction, WeightedCompletions, made

__all__ = ["names_in", "verbalized", "whole"]


def verbalized(prediction: Any) -> Verbalized:
    """Distribution, weights and draws behind a prediction, whatever its fields are called.

    Args:
        prediction: Of a verbalized predictor, or of a plain one under ``dspy.configure(adapter=VerbalizedAdapter())``;
            or one of its ``completions``.

    Raises:
        ValueError: There is no distribution behind it: the program made it by itself, or from several predictions.
            ``collect_distributions()`` gives those of all predictors in a program.
    """
    return Verbalized(whole(prediction))


def whole(prediction: Any) -> VerbalizedPrediction:
    """The same prediction with all candidates, if DSPy has made it of nothing but fields.

    Raises:
        ValueError: There is no distribution behind it.
    """
    behind = prediction.get(BEHIND) if isinstance(prediction, dspy.Prediction) else None
    if isinstance(behind, Behind):
        completions = WeightedCompletions(list(behind.completions), getattr(prediction.completions, "signature", None))
        prediction = made(completions, behind.distribution, behind.order).completions[behind.place]
    if not isinstance(prediction, VerbalizedPrediction):
        raise ValueError(  # noqa: TRY004 - as everywhere: what is wrong is the prediction's origin
            "the prediction is not that of a verbalized predictor, nor made under a VerbalizedAdapter, so no "
            "distribution is behind it; "
            "`with collect_distributions() as seen:` gives those of the predictors inside a program"
        )
    return prediction


def names_in(completions: Completions) -> list[str]:
    """The output fields; of a single completion of DSPy's, which has no signature, all that it has."""
    if completions.signature is None:
        return [name for name, _ in completions.items()]
    return list(completions.signature.output_fields)
