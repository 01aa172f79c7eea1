"""The module: a signature with a distribution behind it."""

from __future__ import annotations

from typing import Any

import dspy

from .predict import VerbalizedPredict
from .prediction import VerbalizedPrediction

__all__ = ["VerbalizedSampling"]


class VerbalizedSampling(dspy.Module):  # type: ignore[misc]
    """Asks for several answers with their probabilities in one call, and samples one.

    Args:
        signature: Any DSPy signature.
        **settings: Those of :class:`VerbalizedPredict`, which it holds as ``.predict``.
    """

    def __init__(self, signature: Any, **settings: Any) -> None:
        super().__init__()
        self.predict = VerbalizedPredict(signature, **settings)

    def forward(self, **kwargs: Any) -> VerbalizedPrediction:
        """Predicts the outputs for these inputs."""
        prediction: VerbalizedPrediction = self.predict(**kwargs)
        return prediction

    async def aforward(self, **kwargs: Any) -> VerbalizedPrediction:
        """The same, awaiting the language model."""
        prediction: VerbalizedPrediction = await self.predict.acall(**kwargs)
        return prediction
