"""A retriever that searches for a query and its expansions, and fuses what it finds by weight."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.constants import DEFAULT_SIMILARITY_TOP_K
from llama_index.core.indices.query.query_transform.base import BaseQueryTransform
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.llms import LLM
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import IndexNode, NodeWithScore, QueryBundle, QueryType

from verbalized_sampling import SettingsError
from verbalized_sampling.adapters import ExpandedQuery

from .bundle import expanded_of
from .events import VerbalizedExpansionEvent, dispatcher
from .fusion import FusionMode
from .kinds import Kind, kind_of
from .plan import Embedded, Found, Plan, Used, Vectors
from .searches import Outcome, run, run_async
from .transform import VerbalizedQueryTransform

__all__ = ["VerbalizedFusionRetriever"]

_log = logging.getLogger(__name__)


class VerbalizedFusionRetriever(BaseRetriever):
    """Expands a query with one call of the LLM, searches for all of it, and fuses the results by weight.

    A vector retriever searches for the weighted mean of the embeddings, one that adds up terms (BM25) for all texts
    repeated by weight, any other for each query by itself. Beside it, the original and the expansions are searched
    for apart: expansions that find none of the original's first ten results have drifted, and the original's results
    stand.

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
            max_concurrency: Searches at a time. Default: in ``aretrieve`` all, in ``retrieve`` one, in the caller's
                thread.
            on_error: A search that fails: ``skip`` it, with a warning, as long as one succeeds; or ``raise``.
            on_model_error: Without a ``query_transform``: what to do when the model is down, refuses or can't be read:
                search for the ``original`` alone, with a warning; or ``raise``.
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
        self._max_concurrency = max_concurrency
        self._on_error = on_error

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
        return expanded_of(bundle, transform.run(bundle))

    async def aexpand(self, query: QueryType) -> ExpandedQuery:
        """:meth:`expand` without blocking the event loop."""
        transform = self._query_transform
        bundle = QueryBundle(query) if isinstance(query, str) else query
        if transform is None:
            return ExpandedQuery(bundle.query_str)
        if isinstance(transform, VerbalizedQueryTransform):
            return await transform.aexpand(bundle)
        if arun := getattr(transform, "arun", None):
            return expanded_of(bundle, await arun(bundle))
        return expanded_of(bundle, await asyncio.to_thread(transform.run, bundle))  # LlamaIndex's own are sync only

    # The search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        expanded = self.expand(query_bundle)
        plan = self._plan(query_bundle, expanded, self._vectors(query_bundle, expanded).embed())
        return self._result(plan, run(plan.searches, self._max_concurrency))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        expanded = await self.aexpand(query_bundle)
        plan = self._plan(query_bundle, expanded, await self._vectors(query_bundle, expanded).aembed())
        return self._result(plan, await run_async(plan.searches, self._max_concurrency))

    @property
    def _used(self) -> list[Used]:
        weighed = zip(self._retrievers, self._kinds, self._weights, strict=True)
        return [(retriever, kind, weight) for retriever, kind, weight in weighed if weight]

    def _vectors(self, asked: QueryBundle, expanded: ExpandedQuery) -> Vectors:
        return Vectors(asked, expanded, self._used)

    def _plan(self, asked: QueryBundle, expanded: ExpandedQuery, embedded: Embedded) -> Plan:
        return Plan(asked, expanded, self._used, embedded, agreement=self._agreement)

    def _result(self, plan: Plan, outcomes: Sequence[Outcome]) -> list[NodeWithScore]:
        failures: list[Exception] = []
        for search, outcome in zip(plan.searches, outcomes, strict=True):
            if isinstance(outcome, Exception):
                failures.append(outcome)
                _log.warning("%s failed for %r: %s", type(search.retriever).__name__, search.query, outcome)
                dispatcher.event(ExceptionEvent(exception=outcome))
        if failures and (self._on_error == "raise" or len(failures) == len(outcomes)):
            raise failures[0]
        found = plan.found(outcomes, self._mode, self._rrf_k)
        dispatcher.event(
            VerbalizedExpansionEvent(query=plan.asked.query_str, queries=found.expanded.queries, agreed=found.agreed)
        )
        nodes = found.nodes[: self._similarity_top_k]
        return [_told(node, rank, found) for rank, node in enumerate(nodes, 1)] if self._provenance else nodes


def _told(node: NodeWithScore, rank: int, found: Found) -> NodeWithScore:
    """A copy that says how it was found, to people and not to models."""
    key = "verbalized_sampling"
    told = {"queries": found.expanded.queries, "agreed": found.agreed, "rank": rank, "score": node.score}
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
