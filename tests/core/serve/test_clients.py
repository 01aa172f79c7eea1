"""Where n=1 was all that the model knew, clients that people use get five distinct answers for n=5."""

from __future__ import annotations

import openai
import pytest

from ...serving import running

N = 5
QUERY = "Name a colour"
SETTINGS = {"max_tokens": 12, "temperature": 0.7, "seed": 1}


@pytest.fixture(scope="module")
def served():
    with running() as served:  # the embedded model
        yield served


def distinct(texts):
    texts = list(texts)
    return len(texts) == N and all(texts) and len({" ".join(text.lower().split()) for text in texts}) == N


def messages():
    return [{"role": "user", "content": QUERY}]


def test_the_openai_client(served):
    done = served.client().chat.completions.create(model="any", messages=messages(), n=N, **SETTINGS)
    assert distinct(choice.message.content for choice in done.choices)
    assert [choice.index for choice in done.choices] == list(range(N))
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0
    assert done.verbalized_sampling["calls"] == 1  # one call, however many answers
    assert done.model.startswith("SmolLM2")


async def test_the_openai_client_in_an_event_loop(served):
    async with served.client(kind=openai.AsyncOpenAI) as client:
        done = await client.chat.completions.create(model="any", messages=messages(), n=N, **SETTINGS)
    assert distinct(choice.message.content for choice in done.choices)


def collected(chunks):
    texts, reasons, usage = {}, {}, None
    for chunk in chunks:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            texts[choice.index] = texts.get(choice.index, "") + (choice.delta.content or "")
            if choice.finish_reason:
                reasons[choice.index] = choice.finish_reason
    return texts, reasons, usage


def test_the_openai_client_streaming(served):
    options = {"include_usage": True}
    chunks = served.client().chat.completions.create(
        model="any", messages=messages(), n=N, stream=True, stream_options=options, **SETTINGS
    )
    texts, reasons, usage = collected(chunks)
    assert distinct(texts.values()) and set(texts) == set(reasons) == set(range(N))
    assert usage.completion_tokens > 0


async def test_the_openai_client_streaming_in_an_event_loop(served):
    async with served.client(kind=openai.AsyncOpenAI) as client:
        stream = await client.chat.completions.create(model="any", messages=messages(), n=N, stream=True, **SETTINGS)
        texts, reasons, _ = collected([chunk async for chunk in stream])
    assert distinct(texts.values()) and len(reasons) == N


def test_the_openai_client_with_a_type(served):
    from pydantic import BaseModel

    class Person(BaseModel):
        name: str
        age: int

    done = served.client().chat.completions.parse(
        model="any", messages=[{"role": "user", "content": "Invent a person"}], n=2, response_format=Person, seed=2
    )
    people = [choice.message.parsed for choice in done.choices]
    assert len(people) == len({person.model_dump_json() for person in people}) == 2


def test_langchains_chat_model(served):
    pytest.importorskip("langchain_openai")
    from langchain_core.messages import HumanMessage
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="any", base_url=served.url, api_key="unused", n=N, **SETTINGS)
    result = model.generate([[HumanMessage(QUERY)]])
    assert distinct(generation.text for generation in result.generations[0])


async def test_langchains_chat_model_in_an_event_loop(served):
    pytest.importorskip("langchain_openai")
    from langchain_core.messages import HumanMessage
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="any", base_url=served.url, api_key="unused", n=N, **SETTINGS)
    result = await model.agenerate([[HumanMessage(QUERY)]])
    assert distinct(generation.text for generation in result.generations[0])


def llama_index_model(served):
    pytest.importorskip("llama_index.llms.openai_like")
    from llama_index.llms.openai_like import OpenAILike

    settings = {"max_tokens": 12, "temperature": 0.7, "additional_kwargs": {"n": N, "seed": 1}}
    return OpenAILike(model="any", api_base=served.url, api_key="unused", is_chat_model=True, **settings)


def test_llamaindexs_model(served):
    model = llama_index_model(served)
    from llama_index.core.llms import ChatMessage

    response = model.chat([ChatMessage(QUERY)])
    assert distinct(choice.message.content for choice in response.raw.choices)
    assert response.message.content == response.raw.choices[0].message.content


async def test_llamaindexs_model_in_an_event_loop(served):
    model = llama_index_model(served)
    from llama_index.core.llms import ChatMessage

    response = await model.achat([ChatMessage(QUERY)])
    assert distinct(choice.message.content for choice in response.raw.choices)


def test_a_single_answer_is_the_models_own(served):
    done = served.client().chat.completions.create(model="any", messages=messages(), **SETTINGS)
    (choice,) = done.choices
    assert choice.message.content and "probability" not in choice.message.content
    assert done.usage.completion_tokens <= 12
    chunks = served.client().chat.completions.create(model="any", messages=messages(), stream=True, **SETTINGS)
    texts, reasons, _ = collected(chunks)
    assert texts[0] == choice.message.content and reasons == {0: choice.finish_reason}


def test_a_query_longer_than_the_context_is_the_clients_error(served):
    for n in (1, N):
        with pytest.raises(openai.BadRequestError, match="context size") as caught:
            served.client().chat.completions.create(
                model="any", messages=[{"role": "user", "content": "word " * 9000}], n=n
            )
        assert caught.value.code == "context_length_exceeded"
