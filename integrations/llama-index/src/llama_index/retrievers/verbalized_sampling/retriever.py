"""A retriever that searches for a query and its expansions, and fuses what it finds by weight."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.constants import DEFAULT_SIMILARITY_TOP_K
from llama_index.core.indices.query.query_transform.base import BaseQueryTransform
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.llms import LLM
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import IndexNode, NodeWithScore, QueryBundle, QueryType
from llama_index.core.settings import Settings

from verbalized_sampling import SettingsError
from verbalized_sampling.adapters import Embedded, ExpandedQuery, Kind, Retrieval, Searcher, WeightedQuery

from .bundle import expanded_of
from .embedding import aembedded, embedded
from .events import VerbalizedExpansionEvent, dispatcher
from .fusion import FusionMode, Names, ranked
from .kinds import depth_of, embedding_model, kind_of
from .searches import Outcome, Searching
from .transform import VerbalizedQueryTransform, not_expanded

__all__ = ["VerbalizedFusionRetriever"]

_log = logging.getLogger(__name__)


class VerbalizedFusionRetriever(BaseRetriever):
    """Expands a query with one call of the LLM, searches for all of it, and fuses the results by weight.

    A vector retriever searches for the weighted mean of the embeddings, one that adds up terms (BM25) for all texts
    repeated by weight, any other for each query by itself. Beside it, the original and the expansions are searched
    for apart: where the expansions find none of the original's first ten results, these count twice as much.

    ``retrieve`` stays in the caller's thread unless ``max_concurrency`` says otherwise, and works inside a running
    loop. ``aretrieve`` is native; LLMs, retrievers and transforms that have no async method run in threads.
    """

    def __init__(
        self,
        retrievers: Sequence[BaseRetriever],
        query_transform: BaseQueryTransform | None = None,
        *,
        llm: LLM | None = None,
        num_queries: int | None = None,
        mode: FusionMode = "relative_score",
        retriever_weights: Sequence[float] | None = None,
        similarity_top_k: int = DEFAULT_SIMILARITY_TOP_K,
        kinds: Sequence[Kind] | None = None,
        agreement: bool = True,
        provenance: bool = False,
        rrf_k: float | None = None,
        batch_embeddings: bool = False,
        max_concurrency: int | None = None,
        on_error: Literal["skip", "raise"] = "skip",
        on_model_error: Literal["original", "raise"] = "original",
        callback_manager: CallbackManager | None = None,
        objects: list[IndexNode] | None = None,
        object_map: dict[str, Any] | None = None,
        verbose: bool = False,
    ) -> None:
        """Nothing is called here.

        Args:
            retrievers: What is searched; how many nodes each returns is its own setting.
            query_transform: What expands a query, with settings of its own; default: a
                :class:`VerbalizedQueryTransform` of ``llm``. Any other works: its ``custom_embedding_strs`` are the
                queries, of equal weight unless the bundle is weighted.
            llm: The model, without a ``query_transform``; default ``Settings.llm``.
            num_queries: How many queries, the original among them, as in ``QueryFusionRetriever``; default 4. With 1
                nothing is expanded. Not beside a ``query_transform``.
            mode: How lists are fused, those of several retrievers above all: ``relative_score`` (scores scaled to
                0 … 1 in each list), ``dist_based_score`` (by mean and deviation), ``reciprocal_rerank`` or ``simple``
                (the best scaled score).
            retriever_weights: One for each retriever, finite and not negative, with any sum above 0. A retriever that
                weighs 0 is not asked.
            similarity_top_k: How many nodes to return.
            kinds: How each retriever takes several queries: ``embedding``, ``terms``, ``lists``; default: what its
                class says, and ``lists`` if that is nothing.
            agreement: Whether expansions must agree with the original; without, each ``embedding`` and ``terms``
                retriever is asked once instead of three times.
            provenance: Whether nodes say in ``metadata["verbalized_sampling"]`` what was searched for, at which rank
                they stand, and whether the expansions counted.
            rrf_k: What ``reciprocal_rerank`` adds to each rank, above -1; default: the length of the longest list.
            batch_embeddings: Whether queries are embedded in one call, as texts of documents are: a request instead of
                one a query, for models that embed both alike (OpenAI's), and wrong for those that don't.
            max_concurrency: Searches at a time. Default: in ``aretrieve`` all, in ``retrieve`` one, in the caller's
                thread.
            on_error: A search that fails, or a query that can't be embedded: ``skip`` it, with a warning, as long as
                one search succeeds; or ``raise``.
            on_model_error: What to do when the model is down, refuses or can't be read, or when the ``query_transform``
                fails: search for the ``original`` alone, with a warning; or ``raise``. A
                :class:`VerbalizedQueryTransform` has this setting itself.
            callback_manager: As in any retriever.
            objects: As in any retriever.
            object_map: As in any retriever.
            verbose: As in any retriever.

        Raises:
            SettingsError: A setting is out of its range.
        """
        super().__init__(callback_manager, object_map, objects, verbose)
        if not retrievers:
            raise SettingsError("there is nothing to search: give at least one retriever")
        if mode not in get_args(FusionMode):
            raise SettingsError(f"mode must be one of {', '.join(get_args(FusionMode))}, not {mode!r}")
        if on_error not in ("skip", "raise"):
            raise SettingsError(f"on_error must be skip or raise, not {on_error!r}")
        if on_model_error not in ("original", "raise"):
            raise SettingsError(f"on_model_error must be original or raise, not {on_model_error!r}")
        for name, value in (
            ("similarity_top_k", similarity_top_k),
            ("max_concurrency", max_concurrency),
            ("num_queries", num_queries),
        ):
            if value is not None and value < 1:
                raise SettingsError(f"{name} must be at least 1, not {value}")
        if rrf_k is not None and not -1 < rrf_k < math.inf:
            raise SettingsError(f"rrf_k must be finite and above -1, not {rrf_k}")
        if query_transform is not None and (llm is not None or num_queries is not None):
            raise SettingsError("llm and num_queries are for the default transform; this one has settings of its own")
        if kinds is not None and (len(kinds) != len(retrievers) or not set(kinds) <= set(get_args(Kind))):
            raise SettingsError(f"kinds must be one of {', '.join(get_args(Kind))} for each retriever, not {kinds}")
        self._retrievers = list(retrievers)
        self._weights = _shares(retriever_weights, len(self._retrievers))
        self._kinds = list(kinds) if kinds else [kind_of(retriever) for retriever in self._retrievers]
        expands = num_queries != 1
        if query_transform is None and expands:
            query_transform = VerbalizedQueryTransform(llm, k=(num_queries or 4) - 1, on_model_error=on_model_error)
        self._query_transform = query_transform
        self._mode: FusionMode = str(getattr(mode, "value", mode))  # type: ignore[assignment] # their enum is a str
        self._similarity_top_k = similarity_top_k
        self._agreement = agreement
        self._provenance = provenance
        self._rrf_k = rrf_k
        self._batch_embeddings = batch_embeddings
        self._max_concurrency = max_concurrency
        self._on_error = on_error
        self._on_model_error = on_model_error

    def _get_prompt_modules(self) -> PromptMixinType:
        return {} if self._query_transform is None else {"query_transform": self._query_transform}

    # What is searched for

    def expand(self, query: QueryType) -> ExpandedQuery:
        """What is searched for, and how much each of it counts: ``expand("…").queries``. One call of the LLM."""
        transform = self._query_transform
        bundle = QueryBundle(query) if isinstance(query, str) else query
        if transform is None:
            return ExpandedQuery(bundle.query_str)
        if isinstance(transform, VerbalizedQueryTransform):
            return transform.expand(bundle)
        try:
            return expanded_of(bundle, transform.run(bundle))
        except Exception as error:  # noqa: BLE001 - every integration has exceptions of its own
            return self._not_expanded(bundle, error)

    async def aexpand(self, query: QueryType) -> ExpandedQuery:
        """:meth:`expand` without blocking the event loop."""
        transform = self._query_transform
        bundle = QueryBundle(query) if isinstance(query, str) else query
        if transform is None:
            return ExpandedQuery(bundle.query_str)
        if isinstance(transform, VerbalizedQueryTransform):
            return await transform.aexpand(bundle)
        arun = getattr(transform, "arun", None)
        try:  # LlamaIndex's own are sync only
            return expanded_of(bundle, await (arun(bundle) if arun else asyncio.to_thread(transform.run, bundle)))
        except Exception as error:  # noqa: BLE001 - as above
            return self._not_expanded(bundle, error)

    def _not_expanded(self, asked: QueryBundle, error: Exception) -> ExpandedQuery:
        if self._on_model_error == "raise":
            raise error
        not_expanded(error)
        return ExpandedQuery(asked.query_str)

    # The search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        expanded, models = self.expand(query_bundle), self._models()
        found = embedded(query_bundle, expanded, models, as_texts=self._batch_embeddings)
        retrieval = self._retrieval(expanded, found)
        outcomes = Searching(retrieval.searches, query_bundle.image_path, self._max_concurrency).run()
        return self._result(query_bundle, retrieval, outcomes)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        expanded, models = await self.aexpand(query_bundle), self._models()
        found = await aembedded(query_bundle, expanded, models, as_texts=self._batch_embeddings)
        retrieval = self._retrieval(expanded, found)
        outcomes = await Searching(retrieval.searches, query_bundle.image_path, self._max_concurrency).arun()
        return self._result(query_bundle, retrieval, outcomes)

    @property
    def _used(self) -> list[tuple[BaseRetriever, Kind, float]]:
        weighed = zip(self._retrievers, self._kinds, self._weights, strict=True)
        return [(retriever, kind, weight) for retriever, kind, weight in weighed if weight]

    def _models(self) -> dict[int, BaseEmbedding]:
        models = (_model(retriever) for retriever, kind, _ in self._used if kind == "embedding")
        return {id(model): model for model in models}

    def _retrieval(self, expanded: ExpandedQuery, found: Embedded) -> Retrieval[BaseRetriever]:
        if found.errors and self._on_error == "raise":
            raise found.errors[0]
        searchers = [
            Searcher(
                retriever, kind, weight, id(_model(retriever)) if kind == "embedding" else None, depth_of(retriever)
            )
            for retriever, kind, weight in self._used
        ]
        return Retrieval(expanded, searchers, found.vectors, agreement=self._agreement)

    def _result(
        self, asked: QueryBundle, retrieval: Retrieval[BaseRetriever], outcomes: Sequence[Outcome]
    ) -> list[NodeWithScore]:
        failures: list[Exception] = []
        for search, outcome in zip(retrieval.searches, outcomes, strict=True):
            if isinstance(outcome, Exception):
                failures.append(outcome)
                _log.warning("%s failed for %r: %s", type(search.retriever).__name__, search.text, outcome)
                dispatcher.event(ExceptionEvent(exception=outcome))
        if failures and (self._on_error == "raise" or len(failures) == len(outcomes)):
            raise failures[0]
        lists = [ranked([] if isinstance(outcome, Exception) else outcome) for outcome in outcomes]
        found = retrieval.fused(lists, key=Names(), mode=self._mode, c=self._rrf_k)
        queries = retrieval.expanded.queries
        dispatcher.event(VerbalizedExpansionEvent(query=asked.query_str, queries=queries, agreed=found.agreed))
        nodes = [NodeWithScore(node=node.node, score=score) for node, score in found.items[: self._similarity_top_k]]
        if not self._provenance:
            return nodes
        return [_told(node, rank, queries, found.agreed) for rank, node in enumerate(nodes, 1)]


def _model(retriever: BaseRetriever) -> BaseEmbedding:
    return embedding_model(retriever) or Settings.embed_model


def _told(node: NodeWithScore, rank: int, queries: Sequence[WeightedQuery], agreed: bool) -> NodeWithScore:
    """A copy that says how it was found, to people and not to models."""
    key = "verbalized_sampling"
    told = {"queries": list(queries), "agreed": agreed, "rank": rank, "score": node.score}
    hidden = {
        name: [*getattr(node.node, name), key]
        for name in ("excluded_llm_metadata_keys", "excluded_embed_metadata_keys")
    }
    inner = node.node.model_copy(update={"metadata": {**node.node.metadata, key: told}, **hidden})
    return NodeWithScore(node=inner, score=node.score)


def _shares(weights: Sequence[float] | None, count: int) -> list[float]:
    if weights is None:
        return [1.0 / count] * count
    if len(weights) != count:
        raise SettingsError(f"{len(weights)} retriever_weights for {count} retrievers")
    if not all(0.0 <= weight < math.inf for weight in weights) or not any(weights):
        raise SettingsError(f"retriever_weights must be finite and not negative, and not all 0: {list(weights)}")
    total = math.fsum(weights)
    return [weight / total for weight in weights]
