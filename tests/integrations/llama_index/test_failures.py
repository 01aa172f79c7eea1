"""A model or an embedding that fails costs the expansion, and not the search: over HTTP, sync and async."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.schema import QueryBundle
from llama_index.llms.openai_like import OpenAILike
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from ...scripted import DEAD, FAILURES, Answer, Running, ScriptedEndpoint, complaint, in_json
from .support import BagOfWords, ScriptedLLM, corpus_nodes, reply

QUESTION = "flat tyre on my bicycle"
GOOD = reply(("repair a puncture", 0.6), ("patch an inner tube", 0.4))


@pytest.fixture(params=list(FAILURES))
def llm(request: Any, scripted: ScriptedEndpoint) -> Iterator[OpenAILike]:
    answer = FAILURES[request.param]
    if answer:
        scripted.plays(answer)
    with httpx.Client() as client:
        yield OpenAILike(
            model="m",
            api_base=scripted.url if answer else DEAD,
            api_key="k",
            is_chat_model=True,
            max_retries=0,
            timeout=5.0,
            http_client=client,
            async_http_client=httpx.AsyncClient(),
        )


async def test_a_model_that_fails_leaves_plain_retrieval(
    llm: OpenAILike, index: VectorStoreIndex, caplog: pytest.LogCaptureFixture
) -> None:
    vector = index.as_retriever(similarity_top_k=4)
    fusion = VerbalizedFusionRetriever([vector], llm=llm, similarity_top_k=4)
    plain = [node.node_id for node in vector.retrieve(QUESTION)]
    assert [node.node_id for node in fusion.retrieve(QUESTION)] == plain
    assert "the original is searched for alone" in caplog.text
    assert [node.node_id for node in await fusion.aretrieve(QUESTION)] == plain
    assert [text for text, _ in fusion.expand(QUESTION).queries] == [QUESTION]
    strict = VerbalizedFusionRetriever([vector], llm=llm, on_model_error="raise")
    with pytest.raises(Exception):  # noqa: B017 - the client's own, or ours
        strict.retrieve(QUESTION)
    with pytest.raises(Exception):  # noqa: B017
        await strict.aretrieve(QUESTION)
    await llm._async_http_client.aclose()


# The embedding


class HttpEmbedding(BagOfWords):
    """Asks an endpoint before it counts words, or, for all but the question, another one."""

    url: str
    other: str = ""

    def _endpoint(self, query: str) -> str:
        return (self.url if query == QUESTION or not self.other else self.other) + "/embeddings"

    def _get_query_embedding(self, query: str) -> list[float]:
        httpx.post(self._endpoint(query), json={"input": query}, timeout=5).raise_for_status()
        return super()._get_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        async with httpx.AsyncClient() as client:
            (await client.post(self._endpoint(query), json={"input": query}, timeout=5)).raise_for_status()
        return await super()._aget_query_embedding(query)


def retrievers(url: str, other: str = "") -> tuple[Any, BM25Retriever]:
    nodes = corpus_nodes()
    vector = VectorStoreIndex(nodes, embed_model=BagOfWords()).as_retriever(
        similarity_top_k=4, embed_model=HttpEmbedding(url=url, other=other)
    )
    return vector, BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=4)


def fused(*inner: Any, **settings: Any) -> VerbalizedFusionRetriever:
    transform = VerbalizedQueryTransform(ScriptedLLM(replies=[GOOD]))
    return VerbalizedFusionRetriever(list(inner), transform, similarity_top_k=4, **settings)


def ids(nodes: Any) -> list[str]:
    return [node.node_id for node in nodes]


OK = in_json({"data": []})


@pytest.mark.parametrize("bad", [complaint(500, "it broke"), complaint(429, "slow down")], ids=["500", "429"])
async def test_expansions_that_cannot_be_embedded_cost_themselves(scripted: ScriptedEndpoint, bad: Answer) -> None:
    scripted.embeddings = [OK]
    with Running() as broken:
        broken.embeddings = [bad]
        vector, _ = retrievers(scripted.url, broken.url)
        plain = ids(vector.retrieve(QUESTION))
        assert ids(fused(vector).retrieve(QUESTION)) == plain
        assert ids(await fused(vector).aretrieve(QUESTION)) == plain
        broken.embeddings = [OK, bad]  # one expansion, and then no more
        assert len(fused(vector).retrieve(QUESTION)) == 4


async def test_an_embedding_that_is_down_costs_its_own_retriever_only(scripted: ScriptedEndpoint) -> None:
    scripted.embeddings = [complaint(500, "it broke")]
    for url in (scripted.url, DEAD):
        vector, terms = retrievers(url)
        alone = ids(fused(terms).retrieve(QUESTION))
        assert ids(fused(vector, terms).retrieve(QUESTION)) == alone
        assert ids(await fused(vector, terms).aretrieve(QUESTION)) == alone
        for search in (fused(vector), fused(vector, terms, on_error="raise")):
            with pytest.raises(httpx.HTTPError):
                search.retrieve(QUESTION)
            with pytest.raises(httpx.HTTPError):
                await search.aretrieve(QUESTION)


async def test_the_callers_own_embedding_is_searched_for_where_the_model_is_down() -> None:
    vector, _ = retrievers(DEAD)
    own = BagOfWords().get_query_embedding(QUESTION)
    plain = ids(vector.retrieve(QueryBundle(QUESTION, embedding=own)))
    assert ids(fused(vector).retrieve(QueryBundle(QUESTION, embedding=own))) == plain
    assert ids(await fused(vector).aretrieve(QueryBundle(QUESTION, embedding=own))) == plain


async def test_the_transforms_own_mean_is_given_up_for_the_original() -> None:
    llm = ScriptedLLM(replies=[GOOD])
    model = HttpEmbedding(url=DEAD)
    transform = VerbalizedQueryTransform(llm, aggregation="weighted_mean", embed_model=model)
    for bundle in (transform.run(QUESTION), await transform.arun(QUESTION)):
        assert (bundle.custom_embedding_strs, bundle.embedding) == ([QUESTION], None)
    strict = VerbalizedQueryTransform(llm, aggregation="weighted_mean", embed_model=model, on_model_error="raise")
    with pytest.raises(httpx.HTTPError):
        strict.run(QUESTION)


async def test_one_batch_of_texts_is_one_call_if_asked_for() -> None:
    class Batching(BagOfWords):
        batches: list[list[str]] = []

        def _get_query_embedding(self, query: str) -> list[float]:
            raise AssertionError(query)

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            self.batches.append(texts)
            return super()._get_text_embeddings(texts)

        async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._get_text_embeddings(texts)

    batching = Batching()
    index = VectorStoreIndex(corpus_nodes(), embed_model=BagOfWords())
    vector = index.as_retriever(similarity_top_k=4, embed_model=batching)
    found = ids(fused(vector, batch_embeddings=True).retrieve(QUESTION))
    assert found == ids(await fused(vector, batch_embeddings=True).aretrieve(QUESTION))
    assert found == ids(fused(index.as_retriever(similarity_top_k=4)).retrieve(QUESTION))
    assert batching.batches == [[QUESTION, "repair a puncture", "patch an inner tube"]] * 2


def test_a_transform_of_others_that_fails_costs_the_expansion(index: VectorStoreIndex) -> None:
    from llama_index.core.indices.query.query_transform import HyDEQueryTransform

    vector = index.as_retriever(similarity_top_k=4)
    broken = HyDEQueryTransform(ScriptedLLM(replies=[ConnectionError("gone")]))
    fusion = VerbalizedFusionRetriever([vector], broken, similarity_top_k=4)
    assert ids(fusion.retrieve(QUESTION)) == ids(vector.retrieve(QUESTION))
    with pytest.raises(ConnectionError):
        VerbalizedFusionRetriever([vector], broken, on_model_error="raise").retrieve(QUESTION)
