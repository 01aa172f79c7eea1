"""A real model behind a real client: ChatOpenAI over HTTP against llama.cpp on loopback."""

from __future__ import annotations

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI
from langchain_verbalized_sampling import DistributionSampler, VerbalizedQueryRetriever, VerbalizedSampling
from pydantic import BaseModel

from verbalized_sampling import Distribution, Reply

QUERY = "Name a colour in one word."


@pytest.fixture
def model(endpoint):
    return ChatOpenAI(
        model=endpoint.model,
        base_url=endpoint.base_url,
        api_key=endpoint.api_key,
        max_tokens=300,
        temperature=0.9,
        seed=11,
        stream_usage=True,
        max_retries=0,
    )


@pytest.fixture
def sampling(model):
    # The small model cannot keep to a format by itself: the endpoint has to take the schema.
    return VerbalizedSampling(model, k=3, words=3, structured="require", max_extra_calls=0)


def test_it_answers(sampling):
    distribution = sampling.invoke(QUERY)
    assert isinstance(distribution, Distribution)
    assert len(distribution) >= 1
    assert distribution.usage.output_tokens > 0


def test_it_streams_candidates_while_the_model_writes(sampling, trace):
    pieces = list(sampling.stream(QUERY, {"callbacks": [trace]}))
    sizes = [len(piece) for piece in pieces]
    assert sizes == sorted(sizes)
    assert pieces[-1].usage.output_tokens > 0
    (root,) = trace.roots
    assert root.outputs == {"output": pieces[-1]}
    # The last piece is what one gets from the model's whole text at once.
    text = root.child_runs[1].outputs["generations"][0][0]["text"]
    assert pieces[-1].candidates == sampling.elicitation.read(Reply(text)).candidates


async def test_async_streams_and_deltas(sampling):
    deltas = [delta async for delta in sampling.model_copy(update={"diff": True}).astream(QUERY)]
    indices = [candidate.index for delta in deltas for candidate in delta]
    assert indices == list(range(len(indices)))
    assert indices


def test_a_chain_ends_in_a_text(sampling):
    assert isinstance((sampling | DistributionSampler(seed=1) | str.upper).invoke(QUERY), str)


def test_typed_candidates(model):
    class Colour(BaseModel):
        name: str
        warm: bool

    sampling = VerbalizedSampling(model, k=2, candidate=Colour, structured="require", max_extra_calls=0)
    for candidate in sampling.invoke("Name two colours."):
        assert isinstance(candidate.value, Colour)


async def test_a_limit_that_cuts_the_reply_is_said_and_what_came_before_is_kept(model):
    short = model.bind(max_tokens=60, temperature=0.0)  # or it may end by itself, after two colours
    cut = VerbalizedSampling(short, k=8, words=5, structured="require", max_extra_calls=0, on_empty="return")
    query = "Name eight colours."
    whole, streamed = cut.invoke(query), list(cut.stream(query))[-1]
    assert whole.truncated
    assert streamed.truncated
    assert whole.usage.calls == streamed.usage.calls == 1
    assert whole.usage.output_tokens == 60
    assert (await cut.ainvoke(query)).truncated
    assert [piece async for piece in cut.astream(query)][-1].truncated


def test_queries_are_expanded(model):
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=16))
    store.add_texts(["red is warm", "blue is cold", "green is calm"])
    retriever = VerbalizedQueryRetriever(store.as_retriever(), model, num_queries=2, k=2)
    assert len(retriever.invoke("Which colours are warm?")) == 2
