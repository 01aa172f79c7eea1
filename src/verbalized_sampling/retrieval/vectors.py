"""The embeddings of a query and its expansions, and one vector that stands for several of them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul

__all__ = ["Embedded", "Vectors"]


class Vectors:
    """Vectors of one model by the text that they embed; each one's length is computed once."""

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self._vectors = vectors
        self._sums: dict[tuple[tuple[str, ...], tuple[float, ...]], list[float]] = {}
        self._lengths = {text: math.hypot(*vector) or 1.0 for text, vector in vectors.items()}

    def __contains__(self, text: object) -> bool:
        return text in self._vectors

    def similarity(self, text: str, other: str) -> float:
        """The cosine of the two texts' vectors, 0 where it is negative."""
        product = sum(map(mul, self._vectors[text], self._vectors[other]))
        return float(max(0.0, product / (self._lengths[text] * self._lengths[other])))

    def weighted_mean(self, texts: Sequence[str], weights: Sequence[float]) -> list[float]:
        """The weighted mean of the vectors' directions, as long as they are on average.

        A vector's length says nothing about how much its text should count; that is what the weights are for.
        """
        if len(texts) == 1:
            return list(self._vectors[texts[0]])
        mean = self._sum(tuple(texts), tuple(weights))
        lengths = [self._lengths[text] for text in texts]
        wanted = sum(map(mul, weights, lengths)) / (math.fsum(weights) or 1.0)
        scale = wanted / (math.hypot(*mean) or 1.0)
        return [scale * x for x in mean]

    def _sum(self, texts: tuple[str, ...], weights: tuple[float, ...]) -> list[float]:
        """The weighted sum of the vectors' directions; that of the last ones is kept, for they are asked for alone."""
        if (texts, weights) not in self._sums:
            share = weights[0] / self._lengths[texts[0]]
            vector = self._vectors[texts[0]]
            if len(texts) == 1:
                self._sums[texts, weights] = [share * x for x in vector]
            else:
                others = self._sum(texts[1:], weights[1:])
                self._sums[texts, weights] = [share * x + y for x, y in zip(vector, others, strict=True)]
        return self._sums[texts, weights]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What several models embedded, and what failed; a text that could not be embedded is in no vectors.

    Attributes:
        vectors: By what names a model, the vector of each text.
        errors: One for each model that failed.
    """

    vectors: dict[Hashable, dict[str, Sequence[float]]] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)

    def add(
        self, model: Hashable, texts: Sequence[str], outcomes: Sequence[Sequence[float] | BaseException]
    ) -> Exception | None:
        """Takes a model's vectors, in the order of the texts, or errors in their place; the last may stand for all.

        Returns:
            The first of the errors.

        Raises:
            BaseException: An outcome is an interrupt, or a cancellation.
        """
        errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        pairs = zip(texts, outcomes, strict=not errors)
        self.vectors[model] = {text: found for text, found in pairs if not isinstance(found, BaseException)}
        for error in errors:
            if not isinstance(error, Exception):
                raise error
            self.errors.append(error)
            return error
        return None
