"""A model or an embedding that fails costs the expansion, and not the search: over HTTP, sync and async."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.runnables import RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_verbalized_sampling import VerbalizedQueryRetriever

from ...scripted import DEAD, FAILURES, Answer, Running, complaint, in_json
from .test_retriever import PAGES, Words, names

QUESTION = "an animal that barks"


@pytest.fixture
def scripted_endpoint():
    with Running() as endpoint:
        yield endpoint


@pytest.fixture
def queries(scripted, as_reply):
    """A model that verbalizes these queries."""
    return lambda *weighted: scripted(as_reply(*weighted))


def store(embedding: Embeddings) -> Any:
    made = InMemoryVectorStore(Words())
    made.add_texts(list(PAGES.values()))
    made.embedding = embedding
    return made.as_retriever(search_kwargs={"k": 3})


@pytest.mark.parametrize("failure", list(FAILURES))
async def test_a_model_that_fails_leaves_plain_retrieval(failure, scripted_endpoint, caplog):
    answer = FAILURES[failure]
    if answer:
        scripted_endpoint.plays(answer)
    url = scripted_endpoint.url if answer else DEAD
    model = ChatOpenAI(model="m", base_url=url, api_key="k", max_retries=0, timeout=5)
    search = store(Words())
    plain = names(search.invoke(QUESTION))
    retriever = VerbalizedQueryRetriever(search, model, k=3)
    assert names(retriever.invoke(QUESTION)) == plain
    assert "original query alone" in caplog.text
    assert names(await retriever.ainvoke(QUESTION)) == plain
    assert retriever.generate_queries(QUESTION) == [QUESTION]
    strict = VerbalizedQueryRetriever(search, model, on_model_error="raise")
    with pytest.raises(Exception):  # noqa: B017 - the client's own, or ours
        strict.invoke(QUESTION)
    with pytest.raises(Exception):  # noqa: B017
        await strict.ainvoke(QUESTION)


def vectors(*texts: str) -> Answer:
    data = [{"index": at, "object": "embedding", "embedding": Words().embed_query(t)} for at, t in enumerate(texts)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return in_json({"object": "list", "model": "m", "data": data, "usage": usage})


def embedding(url: str) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(model="m", base_url=url, api_key="k", max_retries=0, check_embedding_ctx_length=False)


class Half(Embeddings):
    """One endpoint embeds the question, the other one anything else."""

    def __init__(self, question: OpenAIEmbeddings, other: OpenAIEmbeddings) -> None:
        self.question, self.other = question, other

    def embed_query(self, text):
        return (self.question if text == QUESTION else self.other).embed_query(text)

    async def aembed_query(self, text):
        return await (self.question if text == QUESTION else self.other).aembed_query(text)

    def embed_documents(self, texts):
        raise NotImplementedError


@pytest.mark.parametrize("bad", [complaint(500, "it broke"), complaint(429, "slow down")], ids=["500", "429"])
async def test_expansions_that_cannot_be_embedded_cost_themselves(queries, scripted_endpoint, bad):
    model = queries(("loyal animal", 0.6), ("guards houses", 0.4))
    plain = names(store(Words()).invoke(QUESTION))
    scripted_endpoint.embeddings = [vectors(QUESTION)]
    with Running() as broken:
        broken.embeddings = [bad]
        search = store(Half(embedding(scripted_endpoint.url), embedding(broken.url)))
        retriever = VerbalizedQueryRetriever(search, model, k=3)
        assert names(retriever.invoke(QUESTION)) == names(await retriever.ainvoke(QUESTION)) == plain


async def test_an_embedding_that_is_down_costs_its_own_retriever_only(queries, scripted_endpoint):
    model = queries(("loyal animal", 0.6), ("guards houses", 0.4))
    scripted_endpoint.embeddings = [complaint(500, "it broke")]
    other = RunnableLambda(lambda query: [Document(f"about {query}")])
    for url in (scripted_endpoint.url, DEAD):
        search = store(embedding(url))
        both = VerbalizedQueryRetriever([search, other], model, k=1)
        assert names(both.invoke(QUESTION)) == names(await both.ainvoke(QUESTION)) == [f"about {QUESTION}"]
        alone = VerbalizedQueryRetriever(search, model)
        strict = VerbalizedQueryRetriever([search, other], model, on_query_error="raise")
        for retriever in (alone, strict):
            with pytest.raises(openai.OpenAIError):
                retriever.invoke(QUESTION)
            with pytest.raises(openai.OpenAIError):
                await retriever.ainvoke(QUESTION)


async def test_one_batch_of_texts_is_one_call_if_asked_for(queries):
    batches = []

    class Batching(Words):
        def embed_documents(self, texts):
            batches.append(texts)
            return [Words().embed_query(text) for text in texts]

        def embed_query(self, text):
            raise AssertionError(text)

    model = queries(("loyal animal", 0.6), ("guards houses", 0.4))
    retriever = VerbalizedQueryRetriever(store(Batching()), model, k=3, batch_embeddings=True)
    expected = names(VerbalizedQueryRetriever(store(Words()), model, k=3).invoke(QUESTION))
    assert names(retriever.invoke(QUESTION)) == names(await retriever.ainvoke(QUESTION)) == expected
    assert batches == [[QUESTION, "loyal animal", "guards houses"]] * 2
