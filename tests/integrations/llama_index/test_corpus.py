"""Real parts over the hand-written corpus: a vector index, BM25, an index loaded again, LlamaIndex's own wrappers."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.query_engine import RetrieverQueryEngine, TransformQueryEngine
from llama_index.core.retrievers import TransformRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.retrievers.verbalized_sampling import (
    VerbalizedFusionRetriever,
    VerbalizedQueryTransform,
    WeightedQueryBundle,
)

from .support import BagOfWords, ScriptedLLM, corpus_nodes, load, reply, ticking

# No word of it stands in the passage that answers it: only an expansion finds it.
QUESTION = "sweater came out of the wash too small"
EXPANSION = ("felted wool hair conditioner soak", 0.8), ("unshrink a wool jumper", 0.2)
ANSWER = "wool-shrunk"


def transform(**settings: object) -> VerbalizedQueryTransform:
    llm = ScriptedLLM(replies=[reply(*EXPANSION)])
    return VerbalizedQueryTransform(llm, original_weight=0.2, **settings)


def ids(nodes: list[NodeWithScore]) -> list[str]:
    return [node.node_id for node in nodes]


@pytest.fixture(scope="module")
def bm25() -> BM25Retriever:
    return BM25Retriever.from_defaults(nodes=corpus_nodes(), similarity_top_k=5)


def test_the_judgements_name_passages_that_exist_and_every_question_is_expanded() -> None:
    passages, questions = load("corpus.json"), load("queries.json")
    assert {name for entry in questions for name in entry["relevant"]} <= set(passages)
    for expansions in (load("expansions.hand.json"), load("expansions.smollm2.json")):
        assert list(expansions) == [entry["query"] for entry in questions]


@pytest.mark.parametrize("mode", ["reciprocal_rerank", "relative_score", "dist_based_score"])
async def test_both_kinds_of_retriever_fused(index: VectorStoreIndex, bm25: BM25Retriever, mode: str) -> None:
    vector = index.as_retriever(similarity_top_k=5)
    assert ANSWER not in ids(bm25.retrieve(QUESTION)) + ids(vector.retrieve(QUESTION))
    fusion = VerbalizedFusionRetriever([vector, bm25], transform(), mode=mode, similarity_top_k=5)
    found = fusion.retrieve(QUESTION)
    assert ANSWER in ids(found)
    assert ids(await fusion.aretrieve(QUESTION)) == ids(found)
    assert len(set(ids(found))) == 5  # the same passage from two retrievers is one


def test_a_document_with_metadata_is_the_same_from_both() -> None:
    text = dict(list(load("corpus.json").items())[:6])
    documents = [Document(id_=name, text=value, metadata={"file": f"{name}.md"}) for name, value in text.items()]
    vector = VectorStoreIndex(nodes=documents, embed_model=BagOfWords()).as_retriever(similarity_top_k=6)
    bm25 = BM25Retriever.from_defaults(nodes=documents, similarity_top_k=6)
    fusion = VerbalizedFusionRetriever([vector, bm25], transform(), similarity_top_k=12)
    found = fusion.retrieve("bread")
    assert len(set(ids(found))) == len(found) > 1
    assert set(ids(found)) <= set(text)
    assert found[0].score == pytest.approx(1.0)  # the first of both lists


async def test_bm25_has_no_async_method_and_does_not_block_all_the_same(
    bm25: BM25Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    threads = set()
    retrieve = BM25Retriever._retrieve

    def noted(self: BM25Retriever, query_bundle: QueryBundle) -> list[NodeWithScore]:
        threads.add(threading.current_thread())
        return retrieve(self, query_bundle)

    monkeypatch.setattr(BM25Retriever, "_retrieve", noted)
    await VerbalizedFusionRetriever([bm25], transform()).aretrieve(QUESTION)
    assert threads
    assert threading.main_thread() not in threads


async def test_async_retrieval_embeds_without_sync_calls() -> None:
    embed = BagOfWords(refuses_sync=True, delay=0.5)
    index = VectorStoreIndex(nodes=corpus_nodes(), embed_model=embed)
    llm = ScriptedLLM(replies=[reply(*EXPANSION)], refuses_sync=True, delay=0.5)
    fusion = VerbalizedFusionRetriever([index.as_retriever()], VerbalizedQueryTransform(llm), similarity_top_k=5)
    async with ticking() as ticker:
        assert ANSWER in ids(await fusion.aretrieve(QUESTION))
    assert ticker.longest < 0.4
    assert llm.calls == ["achat"]


async def test_sync_retrieval_works_inside_a_running_loop(index: VectorStoreIndex, bm25: BM25Retriever) -> None:
    fusion = VerbalizedFusionRetriever([index.as_retriever(), bm25], transform())
    assert ids(fusion.retrieve(QUESTION)) == ids(await fusion.aretrieve(QUESTION))


async def test_an_index_that_was_persisted_is_searched_after_loading(tmp_path: Path, index: VectorStoreIndex) -> None:
    index.storage_context.persist(str(tmp_path / "index"))
    BM25Retriever.from_defaults(nodes=corpus_nodes(), similarity_top_k=5).persist(str(tmp_path / "bm25"))
    loaded = load_index_from_storage(
        StorageContext.from_defaults(persist_dir=str(tmp_path / "index")), embed_model=BagOfWords()
    )
    bm25 = BM25Retriever.from_persist_dir(str(tmp_path / "bm25"))
    before = VerbalizedFusionRetriever(
        [index.as_retriever(), BM25Retriever.from_defaults(nodes=corpus_nodes(), similarity_top_k=5)], transform()
    )
    after = VerbalizedFusionRetriever([loaded.as_retriever(), bm25], transform())
    expected = [(node.node_id, node.score) for node in before.retrieve(QUESTION)]
    assert [(node.node_id, node.score) for node in after.retrieve(QUESTION)] == expected
    assert [(node.node_id, node.score) for node in await after.aretrieve(QUESTION)] == expected


# LlamaIndex's own wrappers


def test_the_weighted_mean_ranks_by_weight_where_the_plain_mean_cannot(index: VectorStoreIndex) -> None:
    vector = index.as_retriever(similarity_top_k=2)
    heavy, light = "sharpen a dull blade with a whetstone", "trees pruned late winter spurs"
    expander = VerbalizedQueryTransform(
        ScriptedLLM(replies=[reply((heavy, 0.9), (light, 0.1))]),
        include_original=False,
        aggregation="weighted_mean",
        embed_model=BagOfWords(),
    )
    turned = VerbalizedQueryTransform(
        ScriptedLLM(replies=[reply((heavy, 0.1), (light, 0.9))]),
        include_original=False,
        aggregation="weighted_mean",
        embed_model=BagOfWords(),
    )
    assert ids(TransformRetriever(vector, expander).retrieve("q"))[0] == "knife-whetstone"
    assert ids(TransformRetriever(vector, turned).retrieve("q"))[0] == "prune-apple"


async def test_a_weighted_bundle_survives_transform_retriever(index: VectorStoreIndex, recorder: object) -> None:
    retriever = TransformRetriever(index.as_retriever(), transform())
    assert ANSWER in ids(retriever.retrieve(QUESTION))
    assert ids(await retriever.aretrieve(QUESTION)) == ids(retriever.retrieve(QUESTION))
    inner = [event.str_or_query_bundle for event in recorder.of("RetrievalStartEvent")][1]
    assert isinstance(inner, WeightedQueryBundle)
    assert inner.query_weights == pytest.approx([0.2, 0.64, 0.16])


async def test_transform_query_engine_answers_the_question_that_was_asked(index: VectorStoreIndex) -> None:
    llm = ScriptedLLM(replies=["Pull it into shape."])
    engine = TransformQueryEngine(index.as_query_engine(llm=llm), transform())
    for response in (engine.query(QUESTION), await engine.aquery(QUESTION)):
        assert str(response) == "Pull it into shape."
        assert ANSWER in ids(response.source_nodes)
    for messages in llm.asked:
        assert f"Query: {QUESTION}" in messages[-1].content


async def test_retriever_query_engine(index: VectorStoreIndex, bm25: BM25Retriever) -> None:
    Settings.llm = llm = ScriptedLLM(replies=["Pull it into shape."])
    fusion = VerbalizedFusionRetriever([index.as_retriever(), bm25], transform(), similarity_top_k=5)
    engine = RetrieverQueryEngine.from_args(fusion)
    for response in (engine.query(QUESTION), await engine.aquery(QUESTION)):
        assert str(response) == "Pull it into shape."
        assert ANSWER in ids(response.source_nodes)
    assert len(llm.calls) == 2
    assert "query_transform:vs_prompt" in fusion.get_prompts()
