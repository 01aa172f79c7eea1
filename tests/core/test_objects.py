"""Models of frameworks as ``model=``, each over HTTP with the framework's own client, and what their messages hold."""

from __future__ import annotations

import pytest

from verbalized_sampling import RefusalError, SettingsError, averbalize, verbalize
from verbalized_sampling.models.objects import read_message

SETTINGS = {"k": 2, "words": 5, "on_empty": "return", "max_extra_calls": 0}


def langchain(endpoint):
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, model=endpoint.model, max_tokens=150)


def llama_index(endpoint):
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        api_base=endpoint.base_url, api_key=endpoint.api_key, model=endpoint.model, is_chat_model=True, max_tokens=150
    )


def dspy(endpoint, monkeypatch):
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    dspy = pytest.importorskip("dspy")
    return dspy.LM(
        f"openai/{endpoint.model}", api_base=endpoint.base_url, api_key=endpoint.api_key, max_tokens=150, cache=False
    )


@pytest.fixture(params=["langchain", "llama_index", "dspy"])
def model(request, endpoint, monkeypatch):
    makers = {"langchain": langchain, "llama_index": llama_index, "dspy": lambda e: dspy(e, monkeypatch)}
    return makers[request.param](endpoint)


@pytest.mark.filterwarnings("ignore")  # what a framework warns of is not ours
async def test_a_frameworks_model_answers_sync_and_async(model):
    sync = verbalize("Name a colour", model=model, temperature=0.1, **SETTINGS)
    assert sync.usage.calls == 1 and sync.usage.input_tokens > 10 and 0 < sync.usage.output_tokens <= 150
    other = await averbalize("Name a colour", model=model, temperature=0.1, **SETTINGS)
    assert other.usage.calls == 1 and other.usage.output_tokens > 0


def test_the_callers_object_stays_as_it_was(endpoint):
    chat = langchain(endpoint)
    verbalize("Name a colour", model=chat, temperature=0.9, **SETTINGS)
    assert chat.temperature is None


def test_usage_and_a_length_limit_are_understood(endpoint):
    chat = langchain(endpoint).model_copy(update={"max_tokens": 5})
    d = verbalize("Write a long poem", model=chat, **SETTINGS)
    assert d.usage.output_tokens == 5


def test_a_temperature_that_an_object_cannot_take_is_an_error():
    from langchain_core.language_models import FakeListChatModel

    fake = FakeListChatModel(responses=['[{"text": "a", "probability": 0.5}]'])
    assert verbalize("x", k=1, model=fake)[0].text == "a"
    with pytest.raises(SettingsError, match="takes no temperature"):
        verbalize("x", k=1, model=fake, temperature=0.5)


def test_blocks_thoughts_and_refusals_of_a_message_are_told_apart():
    from langchain_core.messages import AIMessage

    blocks = [
        {"type": "reasoning", "reasoning": "hm"},
        {"type": "text", "text": "one "},
        "two",
        {"type": "text", "text": " three"},
    ]
    message = AIMessage(blocks, usage_metadata={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7})
    reply = read_message(message)
    assert reply.text == "one two three" and reply.usage.output_tokens == 4 and reply.refusal is None
    assert read_message(AIMessage("x", response_metadata={"stop_reason": "max_tokens"})).is_cut
    assert read_message(AIMessage([{"type": "refusal", "refusal": "No."}])).refusal == "No."
    assert read_message(AIMessage("", additional_kwargs={"refusal": "No."})).refusal == "No."


def test_a_refusal_of_an_object_is_raised():
    from langchain_core.language_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    with pytest.raises(RefusalError):
        verbalize("x", model=GenericFakeChatModel(messages=iter([AIMessage("", additional_kwargs={"refusal": "No."})])))


async def test_a_llama_index_model_without_async_methods_does_not_block_the_event_loop():
    import asyncio
    import time

    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Slow(CustomLLM):
        @property
        def metadata(self):
            return LLMMetadata()

        def complete(self, prompt, formatted=False, **kwargs):
            time.sleep(0.3)
            return CompletionResponse(text='[{"text": "a", "probability": 0.5}]')

        def stream_complete(self, prompt, formatted=False, **kwargs):
            raise NotImplementedError

    ticks = 0

    async def ticker():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    task = asyncio.create_task(ticker())
    d = await averbalize("x", k=1, model=Slow())
    task.cancel()
    assert d[0].text == "a" and ticks >= 5
