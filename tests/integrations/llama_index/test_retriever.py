"""VerbalizedFusionRetriever: every query to every retriever, at once, and what fails doesn't sink the rest."""

from __future__ import annotations

import asyncio
import itertools
import logging
import sqlite3
import threading
import time

import pytest
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.indices.query.query_transform import HyDEQueryTransform
from llama_index.core.prompts import PromptTemplate
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import IndexNode, MetadataMode, NodeWithScore, QueryBundle, TextNode
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from verbalized_sampling import SettingsError, VerbalizedSamplingError

from .support import BagOfWords, ListRetriever, ScriptedLLM, SyncOnlyLLM, reply, ticking

RESULTS = {
    "q": [("a", 0.9), ("b", 0.2)],
    "x": [("b", 0.9), ("c", 0.2)],
    "y": [("c", 0.9), ("a", 0.2)],
}


def transform(*candidates: tuple[str, float], **settings: object) -> VerbalizedQueryTransform:
    llm = ScriptedLLM(replies=[reply(*(candidates or (("x", 0.5), ("y", 0.5))))], refuses_sync=False)
    return VerbalizedQueryTransform(llm, **settings)


async def both(retriever: BaseRetriever, query: object = "q") -> list[tuple[str, float]]:
    """The texts and scores that retrieve and aretrieve agree on."""
    first, second = retriever.retrieve(query), await retriever.aretrieve(query)
    assert [(n.text, n.score) for n in first] == [(n.text, n.score) for n in second]
    return [(node.text, node.score) for node in first]


async def test_scores_are_weighted_means_over_queries_and_retrievers() -> None:
    one, other = ListRetriever(RESULTS), ListRetriever({"x": [("d", None)]})
    expander = transform(("x", 1.0), original_weight=0.4)
    fusion = VerbalizedFusionRetriever([one, other], expander, retriever_weights=[3, 1], similarity_top_k=9)
    # Of two scores the better is 1, the other a half: one step above nothing.
    assert dict(await both(fusion)) == pytest.approx(
        {"a": 0.4 * 0.75, "b": 0.4 * 0.75 / 2 + 0.6 * 0.75, "c": 0.6 * 0.75 / 2, "d": 0.6 * 0.25}
    )


@pytest.mark.parametrize("mode", ["reciprocal_rerank", "relative_score", "dist_based_score"])
async def test_permuting_the_models_weights_changes_the_ranking(mode: str) -> None:
    orders = set()
    for q, x, y in itertools.permutations([0.7, 0.2, 0.1]):
        expander = transform(("q", q), ("x", x), ("y", y), include_original=False)
        fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], expander, mode=mode, similarity_top_k=3)
        orders.add(tuple(text for text, _ in await both(fusion)))
    assert len(orders) >= 3


@pytest.mark.parametrize("mode", ["reciprocal_rerank", "relative_score", "dist_based_score"])
async def test_permuting_the_retrievers_weights_changes_the_ranking(mode: str) -> None:
    tops = set()
    for weights in itertools.permutations([0.7, 0.2, 0.1]):
        retrievers = [ListRetriever({"q": RESULTS[name]}) for name in "qxy"]
        fusion = VerbalizedFusionRetriever(
            retrievers, transform(("q", 1.0)), mode=mode, retriever_weights=weights, similarity_top_k=1
        )
        tops.add((await both(fusion))[0][0])
    assert tops == {"a", "b", "c"}


async def test_one_call_of_the_model_and_one_search_a_query_and_retriever() -> None:
    llm = ScriptedLLM(replies=[reply(("x", 0.5), (" X", 0.2), ("y", 0.3))], refuses_sync=True)
    inner = ListRetriever(RESULTS)
    await VerbalizedFusionRetriever([inner], VerbalizedQueryTransform(llm)).aretrieve("q")
    assert llm.calls == ["achat"]
    assert sorted(inner.asked) == sorted("qxy")


async def test_what_weighs_nothing_is_not_searched() -> None:
    idle, inner = ListRetriever(RESULTS), ListRetriever(RESULTS)
    fusion = VerbalizedFusionRetriever([idle, inner], transform(("x", 0.0), ("y", 1.0)), retriever_weights=[0, 1])
    await both(fusion)
    assert idle.asked == []
    assert set(inner.asked) == {"q", "y"}


async def test_nothing_of_the_callers_is_mutated() -> None:
    asked, inner = QueryBundle("q", image_path="leaf.png"), ListRetriever(RESULTS)
    fusion = VerbalizedFusionRetriever([inner], transform(), mode="relative_score", similarity_top_k=9)
    await both(fusion, asked)
    assert asked == QueryBundle("q", image_path="leaf.png")
    assert {(n.text, n.score) for n in inner.nodes} == {pair for pairs in RESULTS.values() for pair in pairs}


async def test_it_returns_as_many_as_were_asked_for() -> None:
    assert len(await both(VerbalizedFusionRetriever([ListRetriever(RESULTS)], transform()))) == 2
    found = await both(VerbalizedFusionRetriever([ListRetriever(RESULTS)], transform(), similarity_top_k=10))
    assert len(found) == 3


# Failures


@pytest.mark.parametrize("concurrency", [None, 1])
async def test_a_failing_query_or_retriever_is_skipped_with_a_warning(
    concurrency: int | None, caplog: pytest.LogCaptureFixture, recorder: object
) -> None:
    retrievers = [
        ListRetriever(RESULTS | {"x": OSError("timeout on x")}),
        ListRetriever(dict.fromkeys("qxy", OSError("down"))),
    ]
    fusion = VerbalizedFusionRetriever(retrievers, transform(), max_concurrency=concurrency, similarity_top_k=9)
    with caplog.at_level(logging.WARNING):
        found = await both(fusion)
    assert sorted(text for text, _ in found) == ["a", "b", "c"]
    assert "timeout on x" in caplog.text
    assert len(recorder.of("ExceptionEvent")) == 2 * 4


@pytest.mark.parametrize("policy", ["skip", "raise"])
async def test_the_first_error_is_raised_if_asked_for_or_if_everything_failed(policy: str) -> None:
    results = dict.fromkeys("qxy", OSError("down")) if policy == "skip" else RESULTS | {"y": OSError("down")}
    fusion = VerbalizedFusionRetriever([ListRetriever(results)], transform(), on_error=policy)
    with pytest.raises(OSError, match="down"):
        fusion.retrieve("q")
    with pytest.raises(OSError, match="down"):
        await fusion.aretrieve("q")


async def test_cancelling_stops_the_searches() -> None:
    inner = ListRetriever(RESULTS, delay=5.0)
    task = asyncio.create_task(VerbalizedFusionRetriever([inner], transform()).aretrieve("q"))
    await asyncio.sleep(0.2)
    assert inner.running
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert inner.asked == []


# Concurrency


class SyncOnly(BaseRetriever):
    """A retriever as most are written: without an async method."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self.delay = delay

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        time.sleep(self.delay)
        return [NodeWithScore(node=TextNode(text=query_bundle.query_str), score=1.0)]


async def test_async_never_blocks_the_loop_whatever_is_only_sync() -> None:
    llm = SyncOnlyLLM(answer=reply(("x", 0.5), ("y", 0.5)), delay=0.6)
    fusion = VerbalizedFusionRetriever(
        [SyncOnly(0.6), ListRetriever(RESULTS, delay=0.1)], VerbalizedQueryTransform(llm), similarity_top_k=9
    )
    async with ticking() as ticker:
        nodes = await fusion.aretrieve("q")
    assert {node.text for node in nodes} == {"q", "x", "y", "a", "b", "c"}
    assert ticker.longest < 0.4


async def test_the_ticker_would_notice() -> None:
    async with ticking() as ticker:
        SyncOnly(0.6).retrieve("q")
    assert ticker.longest > 0.5


@pytest.mark.parametrize("limit", [1, 2])
async def test_no_more_searches_at_a_time_than_asked_for(limit: int) -> None:
    inner = ListRetriever(RESULTS, delay=0.01)
    await VerbalizedFusionRetriever([inner, inner], transform(), max_concurrency=limit).aretrieve("q")
    assert len(inner.asked) == 6
    assert inner.most_running == limit


async def test_async_searches_run_all_at_once_without_a_limit() -> None:
    inner = ListRetriever(RESULTS, delay=0.2)
    await VerbalizedFusionRetriever([inner], transform()).aretrieve("q")
    assert inner.most_running == 3


class Connection(BaseRetriever):
    """A retriever over an sqlite3 connection, which may be used in the thread that made it only."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()
        self.database = sqlite3.connect(":memory:")
        self.database.executescript("CREATE TABLE page (text); INSERT INTO page VALUES ('found')")

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        self.threads.add(threading.current_thread().name)
        rows = self.database.execute("SELECT text FROM page").fetchall()
        return [NodeWithScore(node=TextNode(text=text), score=1.0) for (text,) in rows]


def test_sync_retrieval_stays_in_the_callers_thread_unless_asked() -> None:
    inner = Connection()
    assert VerbalizedFusionRetriever([inner], transform()).retrieve("q")
    assert inner.threads == {threading.current_thread().name}
    with pytest.raises(sqlite3.ProgrammingError):
        VerbalizedFusionRetriever([inner], transform(), max_concurrency=2).retrieve("q")
    inner.database.close()


# One weighted query


class Recording(BaseRetriever):
    """Notes what it is asked, and finds the same ten for all but what it is told to."""

    similarity_top_k = 10

    def __init__(self, drifts: str = "\n") -> None:
        super().__init__()
        self.drifts = drifts
        self.asked: list[QueryBundle] = []

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        self.asked.append(query_bundle)
        drifted = query_bundle.query_str == self.drifts
        names = [f"drifted {n}" if drifted else f"{query_bundle.query_str[0]} {n}" for n in range(5)]
        names += [f"drifted {n}" if drifted else f"common {n}" for n in range(5, 10)]
        return [NodeWithScore(node=TextNode(text=name, id_=name), score=1 - at / 10) for at, name in enumerate(names)]


async def test_a_search_for_terms_gets_all_texts_at_once_each_by_its_share() -> None:
    inner = Recording()
    fusion = VerbalizedFusionRetriever([inner], transform(("x", 0.75), ("y", 0.25)), kinds=["terms"])
    await both(fusion)
    texts = [bundle.query_str.replace(" ", "") for bundle in inner.asked[:3]]
    assert texts == ["q" * 9 + "x" * 10 + "y" * 3, "q", "x" * 10 + "y" * 3]  # .4, .45, .15; 1; .75, .25


async def test_expansions_that_find_nothing_of_the_originals_first_ten_count_for_less(recorder: object) -> None:
    for drifts, agreed in (("\n", True), ("x", False)):
        fusion = VerbalizedFusionRetriever(
            [Recording(drifts)], transform(("x", 1.0)), kinds=["terms"], similarity_top_k=9
        )
        found = [text for text, _ in await both(fusion)]
        assert found[0] == "q 0"
        events = recorder.of("VerbalizedExpansionEvent")
        assert events[-1].agreed is agreed
        assert events[-1].queries == [("q", pytest.approx(0.4)), ("x", pytest.approx(0.6))]


async def test_embeddings_are_made_once_and_given_to_the_caller() -> None:
    embed = Counting()
    Settings.embed_model = embed
    inner = Recording()
    fusion = VerbalizedFusionRetriever([inner, inner], transform(), kinds=["embedding", "embedding"])
    asked = QueryBundle("q")
    fusion.retrieve(asked)
    assert sorted(embed.asked) == ["q", "x", "y"]
    assert asked.embedding == embed.get_query_embedding("q")
    assert len({tuple(bundle.embedding) for bundle in inner.asked}) == 3
    embed.asked.clear()
    await fusion.aretrieve(asked)
    assert sorted(embed.asked) == ["x", "y"]  # the caller's own embedding is taken


class Counting(BagOfWords):
    asked: list[str] = []

    def _get_query_embedding(self, query: str) -> list[float]:
        self.asked.append(query)
        return super()._get_query_embedding(query * 3)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def test_a_vector_retriever_is_searched_deeply_enough_to_compare(index: VectorStoreIndex) -> None:
    vector = index.as_retriever(similarity_top_k=2)
    fusion = VerbalizedFusionRetriever([vector], transform(("sharpen a dull blade", 1.0)))
    assert len(fusion.retrieve("how to sharpen a knife")) == 2
    assert vector.similarity_top_k == 2


# One object


async def test_retrievers_and_a_model_are_all_it_takes() -> None:
    llm = ScriptedLLM(replies=[reply(("x", 0.5), ("y", 0.3), ("z", 0.2))])
    fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], llm=llm, num_queries=4, similarity_top_k=9)
    assert {text for text, _ in await both(fusion)} == set("abc")
    assert "three search queries" in llm.asked[0][0].content
    assert [text for text, _ in fusion.expand("q").queries] == list("qxyz")
    assert await fusion.aexpand("q") == fusion.expand("q")
    calls = len(llm.calls)
    plain = VerbalizedFusionRetriever([ListRetriever(RESULTS)], llm=llm, num_queries=1)
    assert [text for text, _ in await both(plain)] == ["a", "b"]
    assert len(llm.calls) == calls


@pytest.mark.parametrize("mode", list(FUSION_MODES))
async def test_the_modes_of_query_fusion_retriever_are_taken(mode: FUSION_MODES) -> None:
    named = VerbalizedFusionRetriever([ListRetriever(RESULTS)], transform(), mode=mode)
    assert await both(named) == await both(
        VerbalizedFusionRetriever([ListRetriever(RESULTS)], transform(), mode=mode.value)
    )


@pytest.mark.parametrize("answer", [ConnectionError("429"), "I do not know, sorry.", "I can't help with that."])
async def test_a_model_that_gives_no_queries_costs_the_expansion_and_not_the_search(answer: object) -> None:
    llm = ScriptedLLM(replies=[answer])
    assert await both(VerbalizedFusionRetriever([ListRetriever(RESULTS)], llm=llm)) == [("a", 0.9), ("b", 0.2)]
    strict = VerbalizedFusionRetriever([ListRetriever(RESULTS)], llm=llm, on_model_error="raise")
    with pytest.raises((ConnectionError, VerbalizedSamplingError)):
        strict.retrieve("q")


def test_nodes_say_how_they_were_found_if_asked() -> None:
    inner = ListRetriever(RESULTS)
    fusion = VerbalizedFusionRetriever([inner], transform(("x", 1.0)), provenance=True)
    first = fusion.retrieve("q")[0]
    told = first.metadata["verbalized_sampling"]
    assert (told["rank"], told["score"]) == (1, first.score)
    assert [text for text, _ in told["queries"]] == ["q", "x"]
    assert "verbalized_sampling" not in first.get_content(MetadataMode.LLM)
    assert all(not node.metadata for node in inner.nodes)


# As part of LlamaIndex


async def test_any_query_transform_will_do() -> None:
    llm = ScriptedLLM(replies=["x"])
    fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], HyDEQueryTransform(llm), similarity_top_k=9)
    assert dict(await both(fusion)) == pytest.approx({"a": 0.5, "b": 0.75, "c": 0.25})


async def test_index_nodes_lead_on_to_their_objects() -> None:
    class Pointing(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return [NodeWithScore(node=IndexNode(text="see there", index_id="there"), score=1.0)]

    inner = ListRetriever({"q": [("found there", 1.0)]})
    fusion = VerbalizedFusionRetriever([Pointing()], transform(("x", 1.0)), object_map={"there": inner})
    assert [text for text, _ in await both(fusion)] == ["found there"]


def test_the_transforms_prompt_is_reached_through_the_retriever() -> None:
    fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], transform())
    fusion.update_prompts({"query_transform:vs_prompt": PromptTemplate("{k} words for {query_str}")})
    assert fusion.get_prompts()["query_transform:vs_prompt"].get_template() == "{k} words for {query_str}"


async def test_spans_of_searches_stand_in_the_span_of_the_retrieval(spans: object) -> None:
    fusion = VerbalizedFusionRetriever([SyncOnly(0.0), ListRetriever(RESULTS)], transform())
    fusion.retrieve("q")
    await fusion.aretrieve("q")
    by_id = {span.id_: span for span in spans.completed_spans}
    inner = [s for s in by_id.values() if s.id_.startswith(("SyncOnly.retrieve", "ListRetriever."))]
    assert len(inner) >= 9
    for span in inner:
        outermost = span
        while outermost.parent_id:
            outermost = by_id[outermost.parent_id]
        assert outermost.id_.startswith("VerbalizedFusionRetriever.")


@pytest.mark.parametrize(
    "settings",
    [
        {"retrievers": []},
        {"mode": "rrf"},
        {"on_error": "ignore"},
        {"similarity_top_k": 0},
        {"max_concurrency": 0},
        {"rrf_k": -1},
        {"rrf_k": float("nan")},
        {"retriever_weights": [1.0, 1.0]},
        {"retriever_weights": [0.0]},
        {"retriever_weights": [-1.0]},
        {"retriever_weights": [float("nan")]},
        {"num_queries": 0, "query_transform": None},
        {"num_queries": 4},
        {"kinds": ["vector"]},
    ],
)
def test_a_wrong_setting_is_heard_of_at_once(settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        VerbalizedFusionRetriever(**({"retrievers": [ListRetriever({})], "query_transform": transform()} | settings))
