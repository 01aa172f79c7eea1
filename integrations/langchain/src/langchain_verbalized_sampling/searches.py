"""Making the searches of a retrieval, one after another or at once, without letting one that fails sink the others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from verbalized_sampling.adapters import Search

from .kinds import deepened, searching_by

__all__ = ["Outcome", "Searching"]

Outcome = Sequence[Document] | Exception


class Searching:
    """Searches with the whole config of the retrieval; each says in its metadata how much its query counts.

    Args:
        searches: What is searched for.
        config: Of the retrieval.
        kwargs: For the retrievers.
        limit: Searches at a time; None: one in sync code, in the caller's thread, and all in async code.
    """

    def __init__(
        self,
        searches: Sequence[Search[Runnable[Any, Any]]],
        config: RunnableConfig,
        kwargs: Mapping[str, Any],
        limit: int | None,
    ) -> None:
        self._searches, self._kwargs, self._limit = searches, kwargs, limit
        metadata, inner = config.get("metadata") or {}, limit or config.get("max_concurrency")
        self._configs: list[RunnableConfig] = [
            {
                **config,
                "max_concurrency": inner,
                "metadata": {**metadata, "verbalized_sampling_query_weight": search.weight},
            }
            for search in searches
        ]

    def run(self) -> list[Outcome]:
        """The outcomes in order."""
        if self._limit is None:
            return [self._invoke(search, config) for search, config in zip(self._searches, self._configs, strict=True)]
        one: Runnable[int, Any] = RunnableLambda(lambda at, config: self._invoke(self._searches[at], config))
        return one.batch(list(range(len(self._searches))), self._configs)

    async def arun(self) -> list[Outcome]:
        """The same without blocking the event loop."""
        gate = asyncio.Semaphore(self._limit or max(1, len(self._searches)))

        async def tried(search: Search[Runnable[Any, Any]], config: RunnableConfig) -> Outcome:
            async with gate:
                try:
                    found: Outcome = await _asked(search).ainvoke(search.text, config, **self._kwargs)
                except Exception as error:  # noqa: BLE001 - read with the results
                    return error
                return found

        return await asyncio.gather(*map(tried, self._searches, self._configs))

    def _invoke(self, search: Search[Runnable[Any, Any]], config: RunnableConfig) -> Outcome:
        try:
            found: Outcome = _asked(search).invoke(search.text, config, **self._kwargs)
        except Exception as error:  # noqa: BLE001 - read with the results
            return error
        return found


def _asked(search: Search[Runnable[Any, Any]]) -> Runnable[Any, Any]:
    retriever = deepened(search.retriever) if search.compared else search.retriever
    return retriever if search.vector is None else searching_by(list(search.vector), retriever)
