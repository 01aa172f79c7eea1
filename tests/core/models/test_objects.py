"""Models of frameworks as ``model=``, each over HTTP with the framework's own client, and what their messages hold."""

from __future__ import annotations

import pytest

from verbalized_sampling import ModelError, RefusalError, SettingsError, averbalize, verbalize
from verbalized_sampling.models.objects.langchain import read_message

from ...scripted import complaint

KEY = "sk-very-secret-0123456789"
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


def chat_model(scripted, **options):
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(base_url=scripted.url, api_key=KEY, model="m", max_retries=0, **options)


@pytest.mark.parametrize(
    ("answer", "status", "retry_after", "retryable"),
    [
        (complaint(429, "slow down", **{"Retry-After": "7"}), 429, 7.0, True),
        (complaint(503, "overloaded"), 503, None, True),
        (complaint(401, f"bad key {KEY}"), 401, None, False),
        (complaint(404, "no such model"), 404, None, False),
    ],
    ids=["rate limit", "overloaded", "wrong key", "no model"],
)
async def test_what_a_frameworks_client_raises_is_a_model_error(scripted, answer, status, retry_after, retryable):
    scripted.plays(answer)
    with pytest.raises(ModelError) as caught:
        await averbalize("x", k=2, model=chat_model(scripted))
    error = caught.value
    assert (error.status, error.retry_after, error.retryable) == (status, retry_after, retryable)
    assert error.__cause__ is None and error.__context__ is None


def test_a_bug_in_a_users_model_comes_out_as_it_is():
    from langchain_core.language_models import FakeListChatModel

    class Broken(FakeListChatModel):
        def _call(self, *_, **__):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verbalize("x", k=1, model=Broken(responses=["x"]))


def test_each_request_of_a_run_carries_a_seed_of_its_own(scripted):
    verbalize("x", variant="direct", k=3, seed=100, model=chat_model(scripted))
    assert sorted(seen.body["seed"] for seen in scripted.seen) == [100, 101, 102]


def test_options_reach_a_model_that_something_is_bound_to(scripted):
    bound = chat_model(scripted).bind(stop=["###"])
    verbalize("x", k=2, model=bound, temperature=0.25, max_tokens=77)
    (seen,) = scripted.seen
    assert seen.body["temperature"] == 0.25 and seen.body["stop"] == ["###"]
    assert 77 in (seen.body.get("max_tokens"), seen.body.get("max_completion_tokens"))


@pytest.mark.parametrize("option", [{"timeout": 3.0}, {"api_key": "key"}], ids=["timeout", "api_key"])
def test_how_to_reach_an_object_is_its_own_affair(option):
    from langchain_core.language_models import FakeListChatModel

    with pytest.raises(SettingsError, match="give it to FakeListChatModel itself"):
        verbalize("x", k=1, model=FakeListChatModel(responses=["x"]), **option)


def test_parts_of_a_message_become_llama_indexs_blocks():
    from verbalized_sampling.models.objects.llama_index import _messages

    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "http://h/a.png"}}]
    (message,) = _messages(({"role": "user", "content": parts},))
    assert [block.block_type for block in message.blocks] == ["text", "image"]
    assert str(message.blocks[1].url) == "http://h/a.png"
