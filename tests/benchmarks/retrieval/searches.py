"""Two retrievers over a collection, BM25 and dense, that compute each text's scores once for all methods."""

from __future__ import annotations

from functools import cache
from typing import Any

import bm25s
import numpy as np
import Stemmer
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType, TextNode

from .collection import Collection
from .static_embedding import embed

__all__ = ["Bm25", "Dense", "Index", "StaticEmbedding"]


@cache
def unit(text: str) -> list[float]:
    return list(map(float, embed(text)))


class StaticEmbedding(BaseEmbedding):
    """wordllama's vectors, for LlamaIndex."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return unit(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


class Index:
    """A collection, ready to be searched in both ways; BM25 as in LlamaIndex's own retriever."""

    def __init__(self, collection: Collection) -> None:
        self.nodes = [TextNode(id_=name, text=text) for name, text in collection.documents.items()]
        texts = list(collection.documents.values())
        self._vectors = np.stack([embed(text) for text in texts])
        self._stemmer = Stemmer.Stemmer("english")
        self._bm25 = bm25s.BM25()
        words = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
        self._bm25.index(words, show_progress=False)
        self.terms, self.dense = cache(self._terms), cache(self._dense)

    def _terms(self, text: str) -> list[tuple[int, float]]:
        (words,) = bm25s.tokenize(text, stemmer=self._stemmer, show_progress=False, return_ids=False)
        known = [word for word in words if word in self._bm25.vocab_dict]
        return self._best(self._bm25.get_scores(known) if known else np.zeros(len(self.nodes)))

    def _dense(self, vector: tuple[float, ...]) -> list[tuple[int, float]]:
        query = np.asarray(vector, np.float32)
        return self._best(self._vectors @ query / (np.linalg.norm(query) or 1.0))

    @staticmethod
    def _best(scores: Any) -> list[tuple[int, float]]:
        best = np.argsort(-scores, kind="stable")[:30]
        return [(int(at), float(scores[at])) for at in best]


class _Search(BaseRetriever):
    def __init__(self, index: Index, depth: int) -> None:
        super().__init__()
        self._index, self._depth = index, depth

    def __getattribute__(self, name: str) -> Any:
        # Without LlamaIndex's spans and events, which would be most of the time.
        return object.__getattribute__(self, "quick" if name == "retrieve" else name)

    def quick(self, asked: QueryType) -> list[NodeWithScore]:
        bundle = QueryBundle(asked) if isinstance(asked, str) else asked
        return [
            NodeWithScore(node=self._index.nodes[at], score=score) for at, score in self._hits(bundle)[: self._depth]
        ]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self.quick(query_bundle)

    def _hits(self, bundle: QueryBundle) -> list[tuple[int, float]]:
        raise NotImplementedError


class Bm25(_Search):
    def _hits(self, bundle: QueryBundle) -> list[tuple[int, float]]:
        return self._index.terms(bundle.query_str)


class Dense(_Search):
    def _hits(self, bundle: QueryBundle) -> list[tuple[int, float]]:
        return self._index.dense(tuple(bundle.embedding or unit(bundle.query_str)))
