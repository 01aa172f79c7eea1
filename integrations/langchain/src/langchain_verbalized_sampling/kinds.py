"""How a LangChain retriever takes several weighted queries: as one vector, as one text, or each by itself."""

from __future__ import annotations

from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig
from langchain_core.runnables.config import merge_configs
from langchain_core.runnables.configurable import DynamicRunnable
from langchain_core.vectorstores import VectorStore, VectorStoreRetriever

from verbalized_sampling.adapters import FIRST_PAGE, Kind

__all__ = ["configured", "deepened", "depth_of", "embeddings_of", "kind_of", "searching_by"]


def configured(retriever: Runnable[Any, Any], config: RunnableConfig) -> Runnable[Any, Any]:
    """The retriever that ``config`` makes of a configurable one, also of one with something bound to it."""
    if isinstance(retriever, DynamicRunnable):
        return configured(retriever.prepare(config)[0], config)
    if isinstance(retriever, RunnableBinding):
        bound = configured(retriever.bound, merge_configs(retriever.config, config))
        return retriever if bound is retriever.bound else retriever.model_copy(update={"bound": bound})
    return retriever


def kind_of(retriever: Runnable[Any, Any]) -> Kind:
    """What a retriever is, as far as its class says; ``lists`` is right for all of them."""
    while isinstance(retriever, RunnableBinding):
        retriever = retriever.bound
    if embeddings_of(retriever) is not None:
        return "embedding"
    return "terms" if any("bm25" in cls.__name__.lower() for cls in type(retriever).__mro__) else "lists"


def embeddings_of(retriever: Runnable[Any, Any]) -> Embeddings | None:
    """The model that embeds queries, if the retriever's store can be searched by a vector in its place."""
    while isinstance(retriever, RunnableBinding):
        retriever = retriever.bound
    if not isinstance(retriever, VectorStoreRetriever) or retriever.search_type != "similarity":
        return None
    own = type(retriever)._get_relevant_documents is VectorStoreRetriever._get_relevant_documents  # noqa: SLF001
    store = retriever.vectorstore
    by_vector = type(store).similarity_search_by_vector is not VectorStore.similarity_search_by_vector
    return store.embeddings if own and by_vector else None


def searching_by(vector: list[float], retriever: Any) -> Runnable[Any, Any]:
    """A copy of a vector store's retriever, bound as it was, that searches for ``vector`` whatever it is asked."""
    if isinstance(retriever, RunnableBinding):
        return retriever.model_copy(update={"bound": searching_by(vector, retriever.bound)})
    return retriever.model_copy(update={"vectorstore": _ByVector(retriever.vectorstore, vector)})  # type: ignore[no-any-return]


def depth_of(retriever: Any) -> int | None:
    """How many documents a retriever finds, if it says so."""
    while isinstance(retriever, RunnableBinding):
        retriever = retriever.bound
    if isinstance(retriever, VectorStoreRetriever):
        retriever = {"k": 4, **retriever.search_kwargs}  # the default of every store
    depth = retriever.get("k") if isinstance(retriever, dict) else getattr(retriever, "k", None)
    return depth if isinstance(depth, int) else None


def deepened(retriever: Any) -> Runnable[Any, Any]:
    """A copy that finds as many documents as two queries are compared by, where it is known how many it finds."""
    if isinstance(retriever, RunnableBinding):
        return retriever.model_copy(update={"bound": deepened(retriever.bound)})
    if isinstance(retriever, VectorStoreRetriever):
        wanted = max(FIRST_PAGE, retriever.search_kwargs.get("k", 0))
        return retriever.model_copy(update={"search_kwargs": {**retriever.search_kwargs, "k": wanted}})
    pages = getattr(retriever, "docs", None)  # as BM25Retriever has them: it can't find more than there are
    if isinstance(pages, list) and isinstance(depth := getattr(retriever, "k", None), int):
        return retriever.model_copy(update={"k": max(depth, min(FIRST_PAGE, len(pages)))})  # type: ignore[no-any-return]
    return retriever  # type: ignore[no-any-return]


class _ByVector(VectorStore):
    def __init__(self, store: VectorStore, vector: list[float]) -> None:
        self._store, self._vector = store, vector

    @property
    def embeddings(self) -> Embeddings | None:
        return self._store.embeddings

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        del query
        return self._store.similarity_search_by_vector(self._vector, k=k, **kwargs)

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        del query
        return await self._store.asimilarity_search_by_vector(self._vector, k=k, **kwargs)

    @classmethod
    def from_texts(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError
