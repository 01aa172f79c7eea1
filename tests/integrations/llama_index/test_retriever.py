"""VerbalizedFusionRetriever: every query to every retriever, at once, and what fails doesn't sink the rest."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time

import pytest
from llama_index.core.indices.query.query_transform import HyDEQueryTransform
from llama_index.core.prompts import PromptTemplate
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import IndexNode, NodeWithScore, QueryBundle, TextNode
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from verbalized_sampling import SettingsError

from .support import ListRetriever, ScriptedLLM, SyncOnlyLLM, reply, ticking

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


async def test_scores_are_sums_over_queries_and_retrievers() -> None:
    one, other = ListRetriever(RESULTS), ListRetriever({"x": [("d", None)]})
    expander = transform(("x", 1.0), original_weight=0.4)
    fusion = VerbalizedFusionRetriever([one, other], expander, retriever_weights=[3, 1], similarity_top_k=9)
    found = dict(await both(fusion))
    assert found == pytest.approx(
        {
            "a": 0.4 * 0.75 / 61,
            "b": 0.4 * 0.75 / 62 + 0.6 * 0.75 / 61,
            "c": 0.6 * 0.75 / 62,
            "d": 0.6 * 0.25 / 61,
        }
    )


@pytest.mark.parametrize("mode", ["rrf", "relative_score", "dist_based"])
async def test_permuting_the_models_weights_changes_the_ranking(mode: str) -> None:
    orders = set()
    for q, x, y in itertools.permutations([0.7, 0.2, 0.1]):
        expander = transform(("q", q), ("x", x), ("y", y), include_original=False)
        fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], expander, mode=mode, similarity_top_k=3)
        orders.add(tuple(text for text, _ in await both(fusion)))
    assert len(orders) >= 3


@pytest.mark.parametrize("mode", ["rrf", "relative_score", "dist_based"])
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
    for expected, dedupe in ((1, True), (2, False)):
        await VerbalizedFusionRetriever([inner], VerbalizedQueryTransform(llm, dedupe=dedupe)).aretrieve("q")
        assert llm.calls == ["achat"] * expected
    assert sorted(inner.asked) == sorted([*"qxy", *"qxy"])


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
    assert [text for text, _ in found] == ["a", "b", "c"]
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


async def test_without_a_limit_all_run_at_once_in_both_ways() -> None:
    inner = ListRetriever(RESULTS, delay=0.2)
    fusion = VerbalizedFusionRetriever([inner], transform())
    start = time.perf_counter()
    await fusion.aretrieve("q")
    assert inner.most_running == 3
    fusion.retrieve("q")
    assert time.perf_counter() - start < 0.2 * 6 - 0.3  # one after another it would be 1.2 s


# As part of LlamaIndex


async def test_any_query_transform_will_do() -> None:
    llm = ScriptedLLM(replies=["x"])
    fusion = VerbalizedFusionRetriever([ListRetriever(RESULTS)], HyDEQueryTransform(llm), similarity_top_k=9)
    assert dict(await both(fusion)) == pytest.approx({"a": 0.5 / 61, "b": 0.5 / 61 + 0.5 / 62, "c": 0.5 / 62})


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
        {"mode": "simple"},
        {"on_error": "ignore"},
        {"similarity_top_k": 0},
        {"max_concurrency": 0},
        {"rrf_k": -1},
        {"rrf_k": float("nan")},
        {"retriever_weights": [1.0, 1.0]},
        {"retriever_weights": [0.0]},
        {"retriever_weights": [-1.0]},
        {"retriever_weights": [float("nan")]},
    ],
)
def test_a_wrong_setting_is_heard_of_at_once(settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        VerbalizedFusionRetriever(**({"retrievers": [ListRetriever({})], "query_transform": transform()} | settings))
