"""Running searches, one after another or at once, without letting one that fails sink the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from .native import inherits_from

__all__ = ["Outcome", "Search", "run", "run_async"]

Outcome = list[NodeWithScore] | Exception


@dataclass(frozen=True, slots=True)
class Search:
    """One query for one retriever.

    Attributes:
        embedding: What is searched for in place of the query's own embedding; None leaves that to the retriever.
    """

    retriever: BaseRetriever
    query: str
    embedding: list[float] | None = None
    image_path: str | None = None

    def retrieve(self) -> Outcome:
        try:
            return self.retriever.retrieve(self._bundle())
        except Exception as error:  # noqa: BLE001 - whoever reads the outcome decides
            return error

    async def aretrieve(self) -> Outcome:
        if inherits_from(BaseRetriever, "_aretrieve", self.retriever):  # which calls the sync one in the event loop
            return await asyncio.to_thread(self.retrieve)
        try:
            return await self.retriever.aretrieve(self._bundle())
        except Exception as error:  # noqa: BLE001 - as above
            return error

    def _bundle(self) -> QueryBundle:
        # A new one each time: vector retrievers write the embedding into the one they get.
        return QueryBundle(self.query, image_path=self.image_path, embedding=self.embedding)


def run(searches: Sequence[Search], limit: int | None) -> list[Outcome]:
    """The outcomes in order: in the caller's thread, or in up to ``limit`` threads."""
    workers = min(limit or 1, len(searches))
    if workers <= 1:
        return [search.retrieve() for search in searches]
    with ThreadPoolExecutor(workers) as pool:
        # Each in its own copy of the context, so that spans know their parent.
        started = [pool.submit(copy_context().run, search.retrieve) for search in searches]
        return [future.result() for future in started]


async def run_async(searches: Sequence[Search], limit: int | None) -> list[Outcome]:
    """The same without blocking the event loop: at once, or ``limit`` at a time; sync-only retrievers in threads."""
    if limit is None:
        return await asyncio.gather(*(search.aretrieve() for search in searches))
    gate = asyncio.Semaphore(limit)

    async def gated(search: Search) -> Outcome:
        async with gate:
            return await search.aretrieve()

    return await asyncio.gather(*map(gated, searches))
