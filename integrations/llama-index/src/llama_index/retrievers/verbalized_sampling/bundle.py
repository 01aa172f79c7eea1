"""A query bundle whose search queries carry weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

from llama_index.core.schema import QueryBundle

from verbalized_sampling.adapters import ExpandedQuery, merged

__all__ = ["WeightedQueryBundle", "expanded_of", "weighted_queries"]


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


def expanded_of(asked: QueryBundle, bundle: QueryBundle) -> ExpandedQuery:
    """What another transform made of ``asked``: its text is the original, if the transform kept it."""
    queries = merged(weighted_queries(bundle))
    original = bundle.query_str if any(text == bundle.query_str for text, _ in queries) else None
    share = sum(weight for text, weight in queries if text == original)
    others = [(text, weight / (1.0 - share)) for text, weight in queries if text != original and weight]
    if not others:
        return ExpandedQuery(original or asked.query_str)
    return ExpandedQuery(original, tuple(others), share, share)
