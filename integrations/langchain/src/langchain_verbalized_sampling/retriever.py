"""Query expansion for retrieval: a distribution over search queries, each query's results counting by its weight."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseLanguageModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import ensure_config, patch_config
from pydantic import Field

from verbalized_sampling import (
    Distribution,
    Elicitation,
    SettingsError,
    VerbalizedSamplingError,
    reciprocal_rank_fusion,
    share_with_original,
)
from verbalized_sampling.adapters import RRF_CONSTANT, text_key

from .runnable import VerbalizedSampling
from .veil import veiled

__all__ = ["VerbalizedQueryRetriever"]

_log = logging.getLogger(__name__)

Weighted = list[tuple[str, float]]


class VerbalizedQueryRetriever(BaseRetriever):
    """Searches with several queries at once and fuses their results by weighted reciprocal rank.

    A model verbalizes a distribution over search queries for the user's query. All of them, and the original, are
    searched in parallel; each result list counts by its query's weight: Σ weight / (rank + c).

    Args:
        retriever: Any retriever, also with a config bound to it.
        sampler: A model, or a Runnable from a query to a distribution over search queries, such as
            ``VerbalizedSampling(model, template="search_queries")``.
        elicitation: For a model: how to ask it for queries. Default: 5 of them, one call.
        num_queries: For a model: how many queries, in place of the elicitation's ``k``.
        k: Documents to return; None returns all that were found. ``invoke(query, k=3)`` replaces it.
        include_original: Whether to search with the user's own query too.
        original_weight: Its share of the whole, from 0 to 1.
        c: The constant of reciprocal rank fusion: the larger, the less the top ranks stand out.
        id_key: Metadata key that identifies a document; by default its ``id``, or else its content.
        max_concurrency: Searches at a time; None sets no limit.
        on_query_error: ``skip`` goes on with the queries that worked, and with the original alone if the model gives
            no queries; ``raise`` does not. If nothing works, the first error is raised in any case.

    Other keyword arguments of ``invoke`` go to the retriever.
    """

    retriever: Runnable[Any, Any]
    sampler: Runnable[Any, Any]
    k: int | None = Field(default=4, ge=1)
    include_original: bool = True
    original_weight: float = Field(default=0.5, ge=0.0, le=1.0)
    c: float = Field(default=RRF_CONSTANT, gt=-1.0)
    id_key: str | None = None
    max_concurrency: int | None = Field(default=None, ge=1)
    on_query_error: Literal["skip", "raise"] = "skip"

    def __init__(
        self,
        retriever: Runnable[Any, Any],
        sampler: Runnable[Any, Any],
        *,
        elicitation: Elicitation[Any] | None = None,
        num_queries: int | None = None,
        **options: Any,
    ) -> None:
        if _is_model(sampler):
            asked = elicitation or Elicitation(template="search_queries", max_extra_calls=0)
            sampler = VerbalizedSampling(sampler, elicitation=asked, k=asked.k if num_queries is None else num_queries)
        elif elicitation is not None or num_queries is not None:
            raise SettingsError("elicitation and num_queries are for a model; a sampler has settings of its own")
        super().__init__(**{"retriever": retriever, "sampler": sampler, **options})

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        # A retriever does not see its config otherwise, and what it searches would not be the tenant's.
        return super().invoke(input, config, whole_config=ensure_config(config), **kwargs)

    async def ainvoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        return await super().ainvoke(input, config, whole_config=ensure_config(config), **kwargs)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        whole_config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        config = veiled(patch_config(whole_config, callbacks=run_manager.get_child()))
        try:
            distribution = self.sampler.invoke(query, config)
        except VerbalizedSamplingError as error:
            distribution = self._without_queries(error)
        queries = self._weighted(query, distribution)
        found = self.retriever.batch(
            [text for text, _ in queries], self._configs(queries, config), return_exceptions=True, **kwargs
        )
        return self._fused(queries, found, k)

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        whole_config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        config = veiled(patch_config(whole_config, callbacks=run_manager.get_child()))
        try:
            distribution = await self.sampler.ainvoke(query, config)
        except VerbalizedSamplingError as error:
            distribution = self._without_queries(error)
        queries = self._weighted(query, distribution)
        found = await self.retriever.abatch(
            [text for text, _ in queries], self._configs(queries, config), return_exceptions=True, **kwargs
        )
        return self._fused(queries, found, k)

    def _without_queries(self, error: VerbalizedSamplingError) -> Distribution[Any]:
        if self.on_query_error == "raise" or not self.include_original:
            raise error
        _log.warning("searching with the original query alone: %s", error)
        return Distribution()

    def _weighted(self, query: str, distribution: Distribution[Any]) -> Weighted:
        queries = [(candidate.text, candidate.probability) for candidate in distribution.dedupe()]
        if not self.include_original:
            return queries
        others = [(text, weight) for text, weight in queries if text_key(text) != text_key(query)]
        weights = share_with_original([weight for _, weight in others], self.original_weight)
        return list(zip([query, *(text for text, _ in others)], weights, strict=True))

    def _configs(self, queries: Weighted, config: RunnableConfig) -> list[RunnableConfig]:
        # Without a number, a batch would have as many threads as the machine has processors, and four.
        limit = self.max_concurrency or config.get("max_concurrency") or len(queries)
        told = config.get("metadata") or {}
        return [
            {**config, "max_concurrency": limit, "metadata": {**told, "verbalized_sampling_query_weight": weight}}
            for _, weight in queries
        ]

    def _fused(self, queries: Weighted, found: Sequence[Any], k: int | None) -> list[Document]:
        lists: list[tuple[float, list[Document]]] = []
        errors: list[Exception] = []
        for (query, weight), result in zip(queries, found, strict=True):
            if not isinstance(result, Exception):
                lists.append((weight, result))
                continue
            errors.append(result)
            _log.warning("no results for the query %r: %s", query, result)
        if errors and (self.on_query_error == "raise" or not lists):
            raise errors[0]
        fused = [document for document, _ in reciprocal_rank_fusion(lists, key=self._identity, c=self.c)]
        return fused[: k if k is not None else self.k]

    def _identity(self, document: Document) -> Hashable:
        if self.id_key is not None and self.id_key in document.metadata:
            return ("key", document.metadata[self.id_key])
        return ("id", document.id) if document.id is not None else ("content", document.page_content)


def _is_model(runnable: Any) -> bool:
    """Whether a Runnable is a model, whatever is bound around it."""
    while not isinstance(runnable, BaseLanguageModel | VerbalizedSampling):
        for wrapper in ("bound", "runnable", "default"):
            if isinstance(inner := getattr(runnable, wrapper, None), Runnable):
                runnable = inner
                break
        else:
            return False
    return isinstance(runnable, BaseLanguageModel)
