"""A retriever that searches for every query of a weighted bundle and fuses what it finds."""

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
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import IndexNode, NodeWithScore, QueryBundle

from verbalized_sampling import SettingsError

from .bundle import merged, weighted_queries
from .events import dispatcher
from .fusion import FusionMode, Weighted, fuse
from .searches import Outcome, Search, run, run_async
from .transform import VerbalizedQueryTransform

__all__ = ["VerbalizedFusionRetriever"]

_log = logging.getLogger(__name__)


class VerbalizedFusionRetriever(BaseRetriever):
    """Expands a query with one call of the LLM, searches for all of it, and fuses the results by weight.

    A search counts as much as its query times its retriever. Both ways of calling it are native. ``aretrieve`` runs
    LLMs, retrievers and transforms that have no async method in threads, so that the event loop goes on; only one
    whose async method is sync inside, as that of some embeddings, can hold it up. ``retrieve`` works inside a running
    loop.
    """

    def __init__(
        self,
        retrievers: Sequence[BaseRetriever],
        query_transform: BaseQueryTransform | None = None,
        *,
        mode: FusionMode = "rrf",
        retriever_weights: Sequence[float] | None = None,
        similarity_top_k: int = DEFAULT_SIMILARITY_TOP_K,
        rrf_k: float = 60,
        max_concurrency: int | None = None,
        on_error: Literal["skip", "raise"] = "skip",
        callback_manager: CallbackManager | None = None,
        objects: list[IndexNode] | None = None,
        object_map: dict[str, Any] | None = None,
        verbose: bool = False,
    ) -> None:
        """Nothing is called here.

        Args:
            retrievers: Each is asked for every query; how many nodes it returns is its own setting.
            query_transform: Default: ``VerbalizedQueryTransform()``. Any other works: its ``custom_embedding_strs``
                are the queries, of equal weight unless the bundle is weighted.
            mode: ``rrf`` (weighted reciprocal ranks), ``relative_score`` or ``dist_based``.
            retriever_weights: One for each retriever, finite and not negative, with any sum above 0. A retriever that
                weighs 0 is not asked.
            similarity_top_k: How many nodes to return.
            rrf_k: What ``rrf`` adds to each rank, above -1: the larger, the less the top ranks stand out.
            max_concurrency: Searches at a time; default: all (in ``retrieve``, at most 32 threads). With 1,
                ``retrieve`` stays in the caller's thread.
            on_error: A search that fails: ``skip`` it, with a warning, as long as one succeeds; or ``raise``.
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
        for name, value in (("similarity_top_k", similarity_top_k), ("max_concurrency", max_concurrency)):
            if value is not None and value < 1:
                raise SettingsError(f"{name} must be at least 1, not {value}")
        if not -1 < rrf_k < math.inf:
            raise SettingsError(f"rrf_k must be finite and above -1, not {rrf_k}")
        self._retrievers = list(retrievers)
        self._weights = _shares(retriever_weights, len(self._retrievers))
        self._query_transform = query_transform or VerbalizedQueryTransform()
        self._mode: FusionMode = mode
        self._similarity_top_k = similarity_top_k
        self._rrf_k = rrf_k
        self._max_concurrency = max_concurrency
        self._on_error = on_error

    def _get_prompt_modules(self) -> PromptMixinType:
        return {"query_transform": self._query_transform}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        searches = self._searches(query_bundle, self._query_transform.run(query_bundle))
        return self._fused(searches, run(searches, self._max_concurrency))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        transform = self._query_transform
        if arun := getattr(transform, "arun", None):
            expanded = await arun(query_bundle)
        else:  # LlamaIndex's own have a sync method only
            expanded = await asyncio.to_thread(transform.run, query_bundle)
        searches = self._searches(query_bundle, expanded)
        return self._fused(searches, await run_async(searches, self._max_concurrency))

    def _searches(self, asked: QueryBundle, expanded: QueryBundle) -> list[Search]:
        return [
            Search(retriever, query, query_weight * weight, expanded.image_path or asked.image_path)
            for query, query_weight in merged(weighted_queries(expanded))
            for retriever, weight in zip(self._retrievers, self._weights, strict=True)
            if query_weight * weight
        ]

    def _fused(self, searches: Sequence[Search], outcomes: Sequence[Outcome]) -> list[NodeWithScore]:
        lists: list[Weighted] = []
        failures: list[Exception] = []
        for search, outcome in zip(searches, outcomes, strict=True):
            if isinstance(outcome, Exception):
                failures.append(outcome)
                _log.warning("%s failed for %r: %s", type(search.retriever).__name__, search.query, outcome)
                dispatcher.event(ExceptionEvent(exception=outcome))
            else:
                lists.append((search.weight, outcome))
        if failures and (self._on_error == "raise" or not lists):
            raise failures[0]
        return fuse(lists, self._mode, rrf_k=self._rrf_k)[: self._similarity_top_k]


def _shares(weights: Sequence[float] | None, count: int) -> list[float]:
    if weights is None:
        return [1.0 / count] * count
    if len(weights) != count:
        raise SettingsError(f"{len(weights)} retriever_weights for {count} retrievers")
    if not all(0.0 <= weight < math.inf for weight in weights) or not any(weights):
        raise SettingsError(f"retriever_weights must be finite and not negative, and not all 0: {list(weights)}")
    total = math.fsum(weights)
    return [weight / total for weight in weights]
