"""The distributions of all predictors inside a program, whatever the program makes of their predictions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dspy

from verbalized_sampling import Distribution

from .access import verbalized
from .prediction import VerbalizedPrediction

__all__ = ["Collected", "collect_distributions", "collected", "collecting"]

_COLLECTORS = "verbalized_sampling_collectors"  # in DSPy's settings, which its threads and tasks inherit


@dataclass(frozen=True, slots=True)
class Collected:
    """What one call of a verbalized predictor gave.

    Attributes:
        predict: The predictor; ``program.named_predictors()`` tells its name.
        inputs: What it was called with.
        prediction: What it gave to the program.
    """

    predict: dspy.Predict
    inputs: dict[str, Any]
    prediction: VerbalizedPrediction

    @property
    def distribution(self) -> Distribution[Any]:
        """That of the prediction."""
        return verbalized(self.prediction).distribution


@contextmanager
def collect_distributions() -> Iterator[list[Collected]]:
    """Gathers what each verbalized predictor gives while the block runs, in order of arrival.

    It sees calls from anywhere inside a program, in the threads and tasks too that DSPy starts (``dspy.Parallel``,
    ``dspy.Evaluate``, ``batch``, ``asyncify``); of blocks inside one another each sees all of its own calls.
    """
    seen: list[Collected] = []
    with dspy.context(**{_COLLECTORS: (*_collectors(), seen)}):
        yield seen


def collecting() -> bool:
    """Whether anybody collects."""
    return bool(_collectors())


def collected(predict: dspy.Predict, inputs: dict[str, Any], prediction: VerbalizedPrediction) -> None:
    """Tells the collectors of a call."""
    for seen in _collectors():
        seen.append(Collected(predict, inputs, prediction))


def _collectors() -> tuple[list[Collected], ...]:
    if _COLLECTORS not in dspy.settings:  # where `get` would fail within, which takes time
        return ()
    collectors: tuple[list[Collected], ...] = dspy.settings[_COLLECTORS]
    return collectors
