"""Recall and MRR over the hand-written corpus: plain retrieval, QueryFusionRetriever, HyDE and ours.

All of them get the same expansions: as lines (QueryFusionRetriever), as one hypothetical document (HyDE), or as JSON
with their weights (ours). Run with ``pytest tests/benchmarks/llama_index --benchmark-only -s`` to see the table.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.indices.query.query_transform import HyDEQueryTransform
from llama_index.core.retrievers import QueryFusionRetriever, TransformRetriever
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from ...integrations.llama_index.support import BagOfWords, ScriptedLLM, corpus_nodes, load, reply

Expansion = list[tuple[str, float]]
DEPTH = 10
CUTS = (1, 3, 5)


def lines(expansion: Expansion) -> ScriptedLLM:
    return ScriptedLLM(replies=["\n".join(text for text, _ in expansion) or " "])


def verbalized(expansion: Expansion) -> ScriptedLLM:
    return ScriptedLLM(replies=[reply(*expansion)])


def methods() -> dict[str, Callable[[Expansion], BaseRetriever]]:
    """What is compared, by name; every fusion is over the same two retrievers."""
    embed = BagOfWords()
    vector = VectorStoreIndex(nodes=corpus_nodes(), embed_model=embed).as_retriever(similarity_top_k=DEPTH)
    bm25 = BM25Retriever.from_defaults(nodes=corpus_nodes(), similarity_top_k=DEPTH)
    both = [vector, bm25]

    def query_fusion(mode: str, expand: bool = True) -> Callable[[Expansion], BaseRetriever]:
        return lambda expansion: QueryFusionRetriever(
            both,
            llm=lines(expansion),
            mode=mode,
            num_queries=1 + len(expansion) if expand else 1,
            similarity_top_k=DEPTH,
            use_async=False,
        )

    def ours(mode: Any, *, weights: bool = True, **settings: Any) -> Callable[[Expansion], BaseRetriever]:
        def build(expansion: Expansion) -> BaseRetriever:
            if not weights:
                expansion = [(text, 0.1) for text, _ in expansion]
            expander = VerbalizedQueryTransform(verbalized(expansion), **settings)
            return VerbalizedFusionRetriever(both, expander, mode=mode, similarity_top_k=DEPTH)

        return build

    return {
        "plain, vectors": lambda _: vector,
        "plain, BM25": lambda _: bm25,
        "plain, both (QueryFusionRetriever, 1 query)": query_fusion("reciprocal_rerank", expand=False),
        "QueryFusionRetriever, reciprocal_rerank": query_fusion("reciprocal_rerank"),
        "QueryFusionRetriever, relative_score": query_fusion("relative_score"),
        "QueryFusionRetriever, dist_based_score": query_fusion("dist_based_score"),
        "HyDE, vectors": lambda e: TransformRetriever(vector, HyDEQueryTransform(lines(e))),
        "ours, list, vectors": lambda e: TransformRetriever(vector, VerbalizedQueryTransform(verbalized(e))),
        "ours, weighted_mean, vectors": lambda e: TransformRetriever(
            vector, VerbalizedQueryTransform(verbalized(e), aggregation="weighted_mean", embed_model=embed)
        ),
        "ours, rrf": ours("reciprocal_rerank"),
        "ours, relative_score": ours("relative_score"),
        "ours, dist_based": ours("dist_based_score"),
        "ours, rrf, equal weights": ours("reciprocal_rerank", weights=False),
        "ours, rrf, original_weight=0.2": ours("reciprocal_rerank", original_weight=0.2),
        "ours, relative_score, original_weight=0.2": ours("relative_score", original_weight=0.2),
    }


def measured(build: Callable[[Expansion], BaseRetriever], expansions: dict[str, Expansion]) -> dict[str, float]:
    recalls: dict[int, list[float]] = {cut: [] for cut in CUTS}
    reciprocals = []
    for entry in load("queries.json"):
        relevant = set(entry["relevant"])
        expansion = [(text, weight) for text, weight in expansions[entry["query"]]]
        found = [node.node_id for node in build(expansion).retrieve(entry["query"])]
        for cut in CUTS:
            recalls[cut].append(len(relevant & set(found[:cut])) / len(relevant))
        ranks = [rank for rank, name in enumerate(found[:DEPTH], 1) if name in relevant]
        reciprocals.append(1 / ranks[0] if ranks else 0.0)
    return {**{f"recall@{cut}": mean(recalls[cut]) for cut in CUTS}, f"MRR@{DEPTH}": mean(reciprocals)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("who", ["hand", "smollm2"])
def test_retrieval(who: str, benchmark: Any) -> None:
    expansions = load(f"expansions.{who}.json")
    table = {name: measured(build, expansions) for name, build in methods().items()}
    columns = next(iter(table.values()))
    print(f"\n\nexpansions: {who}\n\n| method | {' | '.join(columns)} |\n| --- |{' --: |' * len(columns)}")
    for name, figures in table.items():
        print(f"| {name} | {' | '.join(f'{figure:.3f}' for figure in figures.values())} |")
    benchmark.extra_info.update(table)
    one = methods()["ours, rrf"](expansions["blocked basin"])
    benchmark.pedantic(one.retrieve, ("blocked basin",), rounds=5, warmup_rounds=1)
    assert all(0 < figure <= 1 for figures in table.values() for figure in figures.values())
