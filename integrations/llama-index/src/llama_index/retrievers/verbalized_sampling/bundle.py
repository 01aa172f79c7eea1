"""A query bundle whose search queries carry weights."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from llama_index.core.schema import QueryBundle

from verbalized_sampling.adapters import text_key

__all__ = ["WeightedQueryBundle", "merged", "weighted_queries"]


@dataclass
class WeightedQueryBundle(QueryBundle):
    """A :class:`QueryBundle` that says how much each of its ``custom_embedding_strs`` counts.

    LlamaIndex's own retrievers see an ordinary bundle: keyword retrievers read ``query_str``, embedding retrievers the
    plain mean of ``custom_embedding_strs``, or ``embedding`` if it is set. Weights are read by
    :class:`VerbalizedFusionRetriever`.

    Attributes:
        query_weights: One number for each of ``custom_embedding_strs``, finite and not negative, with any sum.

    Raises:
        ValueError: The weights don't match the queries, or one is unusable.
    """

    query_weights: list[float] | None = None

    def __post_init__(self) -> None:
        if self.query_weights is None:
            return
        if len(self.query_weights) != len(self.embedding_strs):
            raise ValueError(f"{len(self.query_weights)} weights for {len(self.embedding_strs)} queries")
        if not all(0.0 <= weight < math.inf for weight in self.query_weights):
            raise ValueError(f"query weights must be finite and not negative, not {self.query_weights}")


def weighted_queries(bundle: QueryBundle) -> list[tuple[str, float]]:
    """The texts of a bundle with their weights, which sum to 1; without weights, or with zeros only, all are equal."""
    texts = bundle.embedding_strs or [bundle.query_str]
    weights = bundle.query_weights if isinstance(bundle, WeightedQueryBundle) else None
    total = math.fsum(weights or ())
    if not weights or not total:
        return [(text, 1.0 / len(texts)) for text in texts]
    return [(text, weight / total) for text, weight in zip(texts, weights, strict=True)]


def merged(queries: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Each query once, whatever its case and white space, in order of first appearance; the weights add up."""
    merged: dict[str, tuple[str, float]] = {}
    for text, weight in queries:
        first, before = merged.get(text_key(text), (text, 0.0))
        merged[text_key(text)] = first, before + weight
    return list(merged.values())
