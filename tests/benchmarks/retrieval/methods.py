"""What is compared: each a function from retrievers, a query and its expansion to the identifiers of documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from langchain_classic.retrievers import MultiQueryRetriever
from langchain_core.documents import Document
from langchain_core.language_models.fake import FakeListLLM
from langchain_core.retrievers import BaseRetriever as LangChainRetriever
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from ...integrations.llama_index.support import ScriptedLLM, reply
from .collection import Expansion
from .searches import Bm25

__all__ = ["METHODS", "Method"]

Method = Callable[[Sequence[BaseRetriever], str, Expansion], list[str]]

PEERS = ("reciprocal_rerank", "relative_score", "dist_based_score", "simple")


class _Bridged(LangChainRetriever):
    """LlamaIndex retrievers for MultiQueryRetriever: one after another."""

    inner: Any

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(node.node_id) for retriever in self.inner for node in retriever.retrieve(query)]


def _query_fusion(mode: str, *, expand: bool = True) -> Method:
    def search(retrievers: Sequence[BaseRetriever], query: str, expansion: Expansion) -> list[str]:
        lines = ScriptedLLM(replies=["\n".join(text.replace("\n", " ") for text, _ in expansion) or " "])
        count = 1 + len(expansion) if expand else 1
        fusion = QueryFusionRetriever(
            list(retrievers), lines, mode=mode, num_queries=count, similarity_top_k=10, use_async=False
        )
        return [node.node_id for node in fusion.retrieve(query)]

    return search


def _plain(retrievers: Sequence[BaseRetriever], query: str, expansion: Expansion) -> list[str]:
    if len(retrievers) == 1:
        return [node.node_id for node in retrievers[0].retrieve(query)[:10]]
    return _query_fusion("relative_score", expand=False)(retrievers, query, expansion)


def _multi_query(retrievers: Sequence[BaseRetriever], query: str, expansion: Expansion) -> list[str]:
    lines = FakeListLLM(responses=["\n".join(text.replace("\n", " ") for text, _ in expansion) or " "])
    found = MultiQueryRetriever.from_llm(_Bridged(inner=list(retrievers)), lines).invoke(query)
    return [document.page_content for document in found[:10]]


def _as_they_are(expansion: Expansion) -> list[float]:
    return [probability for _, probability in expansion]


def _equal(expansion: Expansion) -> list[float]:
    return [1 / len(expansion)] * len(expansion)


def _shuffled(expansion: Expansion) -> list[float]:
    # Of each expansion in its own way: many of them have the same numbers.
    return random.Random(str(expansion)).sample(_as_they_are(expansion), len(expansion))


def _reversed(expansion: Expansion) -> list[float]:
    return _as_they_are(expansion)[::-1]


def _ours(
    *,
    kinds: str | None = None,
    weighing: Callable[[Expansion], list[float]] = _as_they_are,
    transform: Any = (),
    **settings: Any,
) -> Method:
    def search(retrievers: Sequence[BaseRetriever], query: str, expansion: Expansion) -> list[str]:
        weights = weighing(expansion)
        expansion = tuple((text, p) for (text, _), p in zip(expansion, weights, strict=True))
        llm = ScriptedLLM(replies=[reply(*expansion)])
        fusion = VerbalizedFusionRetriever(
            list(retrievers),
            VerbalizedQueryTransform(llm, **dict(transform)),
            kinds=[kinds or ("terms" if isinstance(r, Bm25) else "embedding") for r in retrievers],
            similarity_top_k=10,
            **settings,
        )
        return [node.node_id for node in fusion.retrieve(query)]

    return search


METHODS: dict[str, Method] = {
    "plain": _plain,
    "MultiQueryRetriever": _multi_query,
    **{f"QueryFusionRetriever, {mode}": _query_fusion(mode) for mode in PEERS},
    "HyDE-like (the best expansion and the original, half each)": _ours(
        transform={"select": "argmax", "original_weight": 0.5}, agreement=False
    ),
    "ours": _ours(),
    "ours, equal probabilities": _ours(weighing=_equal),
    "ours, probabilities shuffled": _ours(weighing=_shuffled),
    "ours, probabilities reversed": _ours(weighing=_reversed),
    "ours, original_weight=0.5": _ours(transform={"original_weight": 0.5}),
    "ours, agreement=False": _ours(agreement=False),
    "ours, lists": _ours(kinds="lists"),
    "ours, lists, reciprocal_rerank": _ours(kinds="lists", mode="reciprocal_rerank"),
}
