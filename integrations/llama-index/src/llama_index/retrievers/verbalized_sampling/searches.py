"""Making the searches of a retrieval, one after another or at once, without letting one that fails sink the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from verbalized_sampling.adapters import Search

from .kinds import deepened
from .native import inherits_from

__all__ = ["Outcome", "Searching"]

Outcome = list[NodeWithScore] | Exception


@dataclass(frozen=True, slots=True)
class Searching:
    """Searches for texts, with the image that was asked with.

    Attributes:
        limit: Searches at a time; None: one in sync code, in the caller's thread, and all in async code.
    """

    searches: Sequence[Search[BaseRetriever]]
    image_path: str | None = None
    limit: int | None = None

    def run(self) -> list[Outcome]:
        """The outcomes in order."""
        workers = min(self.limit or 1, len(self.searches))
        if workers <= 1:
            return [self._retrieve(search) for search in self.searches]
        with ThreadPoolExecutor(workers) as pool:
            # Each in its own copy of the context, so that spans know their parent.
            started = [pool.submit(copy_context().run, self._retrieve, search) for search in self.searches]
            return [future.result() for future in started]

    async def arun(self) -> list[Outcome]:
        """The same without blocking the event loop; sync-only retrievers run in threads."""
        if self.limit is None:
            return await asyncio.gather(*map(self._aretrieve, self.searches))
        gate = asyncio.Semaphore(self.limit)

        async def gated(search: Search[BaseRetriever]) -> Outcome:
            async with gate:
                return await self._aretrieve(search)

        return await asyncio.gather(*map(gated, self.searches))

    def _retrieve(self, search: Search[BaseRetriever]) -> Outcome:
        retriever, bundle = self._asked(search)
        try:
            return retriever.retrieve(bundle)
        except Exception as error:  # noqa: BLE001 - whoever reads the outcome decides
            return error

    async def _aretrieve(self, search: Search[BaseRetriever]) -> Outcome:
        retriever, bundle = self._asked(search)
        if inherits_from(BaseRetriever, "_aretrieve", retriever):  # which calls the sync one in the event loop
            return await asyncio.to_thread(self._retrieve, search)
        try:
            return await retriever.aretrieve(bundle)
        except Exception as error:  # noqa: BLE001 - as above
            return error

    def _asked(self, search: Search[BaseRetriever]) -> tuple[BaseRetriever, QueryBundle]:
        # A new bundle each time: vector retrievers write the embedding into the one they get.
        vector: Any = search.vector
        retriever = deepened(search.retriever) if search.compared else search.retriever
        return retriever, QueryBundle(search.text, image_path=self.image_path, embedding=vector)
