"""How a retriever takes several weighted queries: as one embedding, as one text, or each by itself."""

from __future__ import annotations

from copy import copy
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.indices.vector_store.retrievers import VectorIndexRetriever

from verbalized_sampling.adapters import FIRST_PAGE, Kind

__all__ = ["deepened", "depth_of", "embedding_model", "kind_of"]


def kind_of(retriever: BaseRetriever) -> Kind:
    """What a retriever is, as far as its class says; ``lists`` is right for all of them."""
    if embedding_model(retriever) is not None:
        return "embedding"
    if any("bm25" in cls.__name__.lower() for cls in type(retriever).__mro__):
        return "terms"
    return "lists"


def embedding_model(retriever: BaseRetriever) -> BaseEmbedding | None:
    """The model that a vector retriever embeds queries with, also the one inside an ``AutoMergingRetriever``."""
    retriever = getattr(retriever, "_vector_retriever", retriever)
    if isinstance(retriever, VectorIndexRetriever) and retriever._needs_embedding():  # noqa: SLF001 - no other way
        return retriever._embed_model  # noqa: SLF001
    return None


def depth_of(retriever: BaseRetriever) -> int | None:
    """How many results a retriever gives, if it says so."""
    depth = getattr(retriever, "similarity_top_k", None)
    return depth if isinstance(depth, int) else None


def deepened(retriever: BaseRetriever) -> BaseRetriever:
    """The retriever, or a copy that returns as many results as two queries are compared by."""
    depth = depth_of(retriever)
    corpus: Any = getattr(retriever, "corpus", None)  # BM25 cannot return more than it has
    most = FIRST_PAGE if corpus is None else min(FIRST_PAGE, len(corpus))
    if depth is None or depth >= most or kind_of(retriever) == "lists":
        return retriever
    deeper: Any = copy(retriever)
    deeper.similarity_top_k = most
    return deeper  # type: ignore[no-any-return]
