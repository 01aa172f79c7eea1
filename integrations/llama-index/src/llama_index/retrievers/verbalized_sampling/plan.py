"""What a retrieval searches for, and what it makes of the outcomes: the same for sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.settings import Settings

from verbalized_sampling.adapters import (
    DOUBTED,
    ExpandedQuery,
    FusionMode,
    WeightedQuery,
    agree,
    list_weights,
    similarities,
    weighted_mean,
    weighted_text,
)

from .fusion import Names, Weighted, fused
from .kinds import Kind, deepened, embedding_model
from .searches import Outcome, Search

__all__ = ["Embedded", "Found", "Plan", "Used", "Vectors"]

_AT_LEAST = 0.1  # what is left of the weight of an expansion that has nothing in common with the original

Used = tuple[BaseRetriever, Kind, float]
"""A retriever, how it takes several queries, and its weight."""

Embedded = dict[int, dict[str, list[float]]]
"""For each embedding model, by its identity, the vector of each text."""


class Vectors:
    """The embeddings that a retrieval needs: each text once for each model, however many retrievers share it."""

    def __init__(self, asked: QueryBundle, expanded: ExpandedQuery, used: Sequence[Used]) -> None:
        self._asked = asked
        texts = [text for text in (expanded.original, *(text for text, _ in expanded.expansions)) if text is not None]
        models = (_model(retriever) for retriever, kind, _ in used if kind == "embedding")
        self._models = {id(model): model for model in models}
        self._given = {} if asked.embedding is None else {asked.query_str: asked.embedding}
        self._texts = [text for text in texts if text not in self._given]

    def embed(self) -> Embedded:
        found = [[model.get_query_embedding(text) for text in self._texts] for model in self._models.values()]
        return self._named(found)

    async def aembed(self) -> Embedded:
        async def embedded(model: BaseEmbedding) -> list[list[float]]:
            return await asyncio.gather(*map(model.aget_query_embedding, self._texts))

        return self._named(await asyncio.gather(*map(embedded, self._models.values())))

    def _named(self, found: Sequence[Sequence[list[float]]]) -> Embedded:
        named = {
            model: {**self._given, **dict(zip(self._texts, vectors, strict=True))}
            for model, vectors in zip(self._models, found, strict=True)
        }
        first = next(iter(named.values()), {}).get(self._asked.query_str)
        if first is not None and self._asked.embedding is None:
            self._asked.embedding = list(first)  # as a vector retriever does; postprocessors read it
        return named


@dataclass(frozen=True, slots=True)
class Found:
    """The fused nodes, best first, and what they were found with.

    Attributes:
        agreed: Whether the expansions counted.
    """

    nodes: list[NodeWithScore]
    expanded: ExpandedQuery
    agreed: bool


class Plan:
    """The searches of one retrieval.

    Attributes:
        searches: For each retriever: all queries as one; and to compare, the original, and the expansions without it.
            Or each query by itself.
    """

    def __init__(
        self,
        asked: QueryBundle,
        expanded: ExpandedQuery,
        used: Sequence[Used],
        embedded: Embedded,
        *,
        agreement: bool,
    ) -> None:
        first = expanded.original
        if agreement and embedded and first is not None and len(expanded.expansions) > 1:
            # An expansion far from the original is more likely to have drifted; embeddings say so for nothing.
            vectors = next(iter(embedded.values()))
            factors = similarities([vectors[first], *(vectors[text] for text, _ in expanded.expansions)])
            expanded = expanded.reweighted([_AT_LEAST + factor for factor in factors])
        self.asked, self.expanded, self._used, self._embedded = asked, expanded, used, embedded
        self._agreement = agreement
        self._compares = agreement and first is not None and bool(expanded.expansions)
        self.searches: list[Search] = []
        for retriever, kind, _ in used:
            if kind == "lists":
                self.searches += [Search(retriever, text, None, asked.image_path) for text in self._texts]
                continue
            self.searches.append(self._as_one(retriever, retriever, kind, expanded.queries))
            if self._compares and first is not None:
                deeper = deepened(retriever)
                self.searches.append(self._as_one(retriever, deeper, kind, [(first, 1.0)]))
                self.searches.append(self._as_one(retriever, deeper, kind, expanded.expansions))

    @property
    def _texts(self) -> list[str]:
        first = () if self.expanded.original is None else (self.expanded.original,)
        return [*first, *(text for text, _ in self.expanded.expansions)]

    def _as_one(
        self, of: BaseRetriever, retriever: BaseRetriever, kind: Kind, queries: Sequence[WeightedQuery]
    ) -> Search:
        texts, weights = [text for text, _ in queries], [weight for _, weight in queries]
        if kind == "terms":
            text = texts[0] if len(texts) == 1 else weighted_text(texts, weights)
            return Search(retriever, text, None, self.asked.image_path)
        vectors = self._embedded[id(_model(of))]
        found = vectors[texts[0]] if len(texts) == 1 else weighted_mean([vectors[text] for text in texts], weights)
        return Search(retriever, self.asked.query_str, found, self.asked.image_path)

    def found(self, outcomes: Sequence[Outcome], mode: FusionMode, c: float | None) -> Found:
        """What the outcomes of the searches come to; one that failed found nothing."""
        rest = iter([[] if isinstance(outcome, Exception) else outcome for outcome in outcomes])
        names = Names()
        together: list[Weighted] = []  # all queries as one
        alone: list[Weighted] = []  # the original
        apart: list[Weighted] = []  # query by query
        agreed = not self._compares or all(kind == "lists" for _, kind, _ in self._used)
        for retriever, kind, weight in self._used:
            if kind == "lists":
                lists = [next(rest) for _ in self._texts]
                shares = self._shares([[names(node) for node in nodes] for nodes in lists])
                apart += [(weight * share, nodes) for share, nodes in zip(shares, lists, strict=True)]
                continue
            together.append((weight, next(rest)))
            if self._compares:
                original, expansions = _hits(next(rest)), _hits(next(rest))
                agreed = agreed or agree([names(n) for n in original], [names(n) for n in expansions])
                depth = getattr(retriever, "similarity_top_k", None)
                alone.append((weight, original[:depth] if isinstance(depth, int) else original))
        if not agreed:
            alone = [(weight * DOUBTED, nodes) for weight, nodes in alone]
            together = [(weight * (1.0 - DOUBTED), nodes) for weight, nodes in together]
        nodes = fused([*together, *([] if agreed else alone), *apart], mode, c=c, names=names)
        counted = agreed and bool(self.expanded.expansions)
        return Found(nodes, self.expanded, counted)

    def _shares(self, found: Sequence[Sequence[str]]) -> list[float]:
        weights = [weight for _, weight in self.expanded.expansions]
        if self.expanded.original is None:
            return weights
        compared = found if self._agreement else [[]] * len(found)
        return list_weights([self.expanded.share, *weights], compared, self.expanded.original_weight)


def _model(retriever: BaseRetriever) -> BaseEmbedding:
    return embedding_model(retriever) or Settings.embed_model


def _hits(nodes: Sequence[NodeWithScore]) -> list[NodeWithScore]:
    """Without those that have a score of 0 where others have more: a search for terms fills up with them."""
    return [node for node in nodes if node.score != 0] or list(nodes)
