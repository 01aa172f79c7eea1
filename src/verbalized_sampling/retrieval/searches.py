"""The searches of one retrieval, and what their results come to: the same for every framework, sync and async."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from .expansion import ExpandedQuery, WeightedQuery
from .fusion import DOUBTED, FusionMode, RankedList, agree, fuse, list_weights, weighted_text
from .vectors import Vectors

__all__ = ["Fused", "Kind", "Retrieval", "Search", "Searcher"]

R = TypeVar("R")
T = TypeVar("T")

_AT_LEAST = 0.1  # what is left of the weight of an expansion that has nothing in common with the original

Kind = Literal["embedding", "terms", "lists"]
"""How a retriever takes several weighted queries: as one vector; as one text, since it adds up scores of terms, as BM25
does; or one query at a time, which is right for all of them."""


@dataclass(frozen=True, slots=True)
class Searcher(Generic[R]):
    """A retriever as far as a plan has to know it.

    Attributes:
        weight: How much it counts, above 0.
        model: For ``embedding``: names the model that embeds its queries.
        depth: How many results it gives, if that is known.
    """

    retriever: R
    kind: Kind
    weight: float = 1.0
    model: Hashable = None
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Search(Generic[R]):
    """One search to be made.

    Attributes:
        text: What is searched for, or what a vector stands for.
        vector: What is searched for in the place of the text's own embedding; None leaves that to the retriever.
        weight: How much the query counts, for the record.
        compared: Whether the results are compared with others, for which a first page of them is needed.
    """

    retriever: R
    text: str
    vector: Sequence[float] | None = None
    weight: float = 1.0
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Fused(Generic[T]):
    """What a retrieval comes to.

    Attributes:
        items: With scores of 0 … 1, the best first.
        agreed: Whether the expansions counted in full.
    """

    items: list[tuple[T, float]]
    agreed: bool


class Retrieval(Generic[R]):
    """Plans the searches; whoever makes them hands back what each of them found.

    A retriever that takes several queries at once is asked three times: for all of them, and, to compare, for the
    original and for the expansions without it. Any other is asked for each query by itself.

    Attributes:
        expanded: The queries, and how much each of them counts.
        searches: To be made in any order.
    """

    def __init__(
        self,
        expanded: ExpandedQuery,
        searchers: Sequence[Searcher[R]],
        embedded: Mapping[Any, Mapping[str, Sequence[float]]],
        *,
        agreement: bool = True,
    ) -> None:
        """Plans.

        Args:
            expanded: A query and its expansions.
            searchers: What is searched.
            embedded: By model, the vector of each text. An expansion without one is not searched for there; without
                one for the original, that alone is searched for, and embedded by whatever the retriever embeds with.
            agreement: Whether expansions are compared with the original.
        """
        vectors = {model: Vectors(known) for model, known in embedded.items() if known}
        first = expanded.original
        if agreement and first is not None and len(expanded.expansions) > 1:
            # An expansion far from the original is more likely to have drifted; embeddings say so for nothing.
            texts = [text for text, _ in expanded.expansions]
            for known in vectors.values():
                if first in known and all(text in known for text in texts):
                    expanded = expanded.reweighted([_AT_LEAST + known.similarity(first, text) for text in texts])
                    break
        self.expanded = expanded
        self._agreement = agreement
        self._compares = agreement and first is not None and bool(expanded.expansions)
        self._plans = [(searcher, self._planned(searcher, vectors.get(searcher.model))) for searcher in searchers]
        self.searches = [search for _, searches in self._plans for search in searches]

    def _planned(self, searcher: Searcher[R], known: Vectors | None) -> list[Search[R]]:
        retriever, queries = searcher.retriever, self.expanded.queries
        if searcher.kind == "lists":
            weights = dict(queries)
            return [Search(retriever, text, weight=weights.get(text, 0.0)) for text in self.expanded.texts]
        if searcher.kind == "terms":
            return self._as_one(retriever, queries, lambda texts, weights: (weighted_text(texts, weights), None))
        if known is None or (self.expanded.original or queries[0][0]) not in known:
            return [Search(retriever, self.expanded.original or queries[0][0])]
        queries = [(text, weight) for text, weight in queries if text in known]
        return self._as_one(retriever, queries, lambda texts, weights: (texts[0], known.weighted_mean(texts, weights)))

    def _as_one(
        self,
        retriever: R,
        queries: Sequence[WeightedQuery],
        together: Callable[[list[str], list[float]], tuple[str, Sequence[float] | None]],
    ) -> list[Search[R]]:
        def search(queries: Sequence[WeightedQuery], *, compared: bool) -> Search[R]:
            texts, weights = [text for text, _ in queries], [weight for _, weight in queries]
            return Search(retriever, *together(texts, weights), sum(weights), compared)

        whole, first = search(queries, compared=False), self.expanded.original
        expansions = [query for query in queries if query[0] != first]
        if first is None or not self._compares or not expansions:
            return [whole]
        return [whole, search([(first, self.expanded.share)], compared=True), search(expansions, compared=True)]

    def fused(
        self,
        found: Sequence[RankedList[T]],
        *,
        key: Callable[[T], Hashable],
        mode: FusionMode = "relative_score",
        c: float | None = None,
    ) -> Fused[T]:
        """What the searches come to.

        Args:
            found: For each of ``searches`` what it found, of any weight; nothing, where it failed.
            key: What makes two items the same.
            mode: How lists are fused.
            c: For ranks, as in :func:`~verbalized_sampling.retrieval.fusion.fuse`.
        """
        together: list[RankedList[T]] = []  # all queries as one
        alone: list[RankedList[T]] = []  # the original
        apart: list[RankedList[T]] = []  # query by query
        compared = agreed = False
        for (searcher, searches), results in zip(self._plans, self._by_searcher(found), strict=True):
            weight = searcher.weight
            if searcher.kind == "lists":
                shares = self._shares([[key(item) for item in ranked.items] for ranked in results])
                apart += [_weighing(weight * share, ranked) for share, ranked in zip(shares, results, strict=True)]
                continue
            together.append(_weighing(weight, results[0]))
            if len(searches) > 1:
                original, expansions = map(_hits, results[1:])
                compared = True
                agreed = agreed or agree([key(i) for i in original.items], [key(i) for i in expansions.items])
                alone.append(_weighing(weight, original, searcher.depth))
            else:
                alone.append(together[-1])
        if compared and not agreed:
            together = [
                *(_weighing(ranked.weight * (1.0 - DOUBTED), ranked) for ranked in together),
                *(_weighing(ranked.weight * DOUBTED, ranked) for ranked in alone),
            ]
        counted = bool(self.expanded.expansions) and (agreed or not compared)
        return Fused(fuse([*together, *apart], mode=mode, key=key, c=c), counted)

    def _by_searcher(self, found: Sequence[RankedList[T]]) -> Iterator[Sequence[RankedList[T]]]:
        start = 0
        for _, searches in self._plans:
            yield found[start : (start := start + len(searches))]

    def _shares(self, found: Sequence[Sequence[Hashable]]) -> list[float]:
        weights = [weight for _, weight in self.expanded.expansions]
        if self.expanded.original is None:
            return weights
        compared = found if self._agreement else [[]] * len(found)
        return list_weights([self.expanded.share, *weights], compared, self.expanded.original_weight)


def _weighing(weight: float, ranked: RankedList[T], depth: int | None = None) -> RankedList[T]:
    scores: Any = ranked.scores
    return RankedList(weight, ranked.items[:depth], None if scores is None else scores[:depth])


def _hits(ranked: RankedList[T]) -> RankedList[T]:
    """Without those that have a score of 0 where others have more: a search for terms fills up with them."""
    if ranked.scores is None or not any(ranked.scores) or all(ranked.scores):
        return ranked
    kept = [(item, score) for item, score in zip(ranked.items, ranked.scores, strict=True) if score != 0]
    return RankedList(ranked.weight, [item for item, _ in kept], [score for _, score in kept])
