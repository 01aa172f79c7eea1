"""Structured output constrains a model where it can, and nothing depends on it."""

from __future__ import annotations

import json

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import ConfigurableField, RunnableLambda
from langchain_verbalized_sampling import VerbalizedSampling
from langchain_verbalized_sampling.replies import TOOL_NAME

from verbalized_sampling import SettingsError


def constrained(kwargs):
    return any(tool["title"] == TOOL_NAME for tool in kwargs.get("tools", ()) if isinstance(tool, dict))


def as_tool_call(text):
    return AIMessage("", tool_calls=[{"name": TOOL_NAME, "args": json.loads(text), "id": "1"}])


def ways(sampling):
    return [sampling.invoke("A name"), list(sampling.stream("A name"))[-1]]


async def async_ways(sampling):
    return [await sampling.ainvoke("A name"), [piece async for piece in sampling.astream("A name")][-1]]


async def test_the_arguments_of_the_schemas_tool_are_the_reply(tool_calling, three):
    model = tool_calling(as_tool_call(three))
    sampling = VerbalizedSampling(model, k=3)
    plain = VerbalizedSampling(tool_calling(three), k=3, structured="never").invoke("A name")
    assert [*ways(sampling), *await async_ways(sampling)] == [plain] * 4
    assert all(constrained(kwargs) for _, kwargs in model.calls)


def test_calls_of_other_tools_are_no_candidates(tool_calling, three):
    model = tool_calling(AIMessage(three, tool_calls=[{"name": "look", "args": {"text": "Zoe"}, "id": "1"}]))
    for distribution in ways(VerbalizedSampling(model, k=3)):
        assert [c.text for c in distribution] == ["Ada", "Bo", "Cy"]


class StatusError(Exception):
    """An error as the providers' clients raise it."""

    def __init__(self, status, text):
        super().__init__(f"Error code: {status} - {text}")
        self.status_code = status


async def by_way(sampling, way):
    """What one of the ways gives in the end."""
    given = getattr(sampling, way)("A name")
    if way == "astream":
        return [piece async for piece in given][-1]
    return list(given)[-1] if way == "stream" else await given if way == "ainvoke" else given


SAYS_NO_SCHEMA = [
    TypeError("bind_tools() got an unexpected keyword argument 'tool_choice'"),
    NotImplementedError("no tools"),
    StatusError(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
    StatusError(404, "No endpoints found that support tool use."),
    StatusError(422, "tools: Extra inputs are not permitted"),
    StatusError(400, "this model does not support structured outputs"),
]
SAYS_NOTHING_OF_IT = [
    StatusError(401, "Incorrect API key provided"),
    StatusError(429, "Rate limit reached; tools are not to blame"),
    StatusError(500, "schema service is down"),
    StatusError(404, "The model `gpt-9` does not exist"),
    StatusError(400, "maximum context length is 8192 tokens (8000 in the messages, 300 in the functions)"),
    TimeoutError("timed out"),
    ConnectionError("gone"),
    ValueError("a bug"),
]


@pytest.mark.parametrize("error", SAYS_NO_SCHEMA, ids=str)
async def test_a_model_that_says_it_takes_no_schema_is_asked_without(tool_calling, three, error):
    def answer(messages, kwargs):
        return error if constrained(kwargs) else three

    model = tool_calling(answer)
    assert [len(d) for d in ways(VerbalizedSampling(model, k=3))] == [3, 3]
    assert [constrained(kwargs) for _, kwargs in model.calls] == [True, False, False]  # and is not tried again
    for way in (VerbalizedSampling(tool_calling(answer), k=3), VerbalizedSampling(tool_calling(answer), k=3)):
        assert [len(d) for d in await async_ways(way)] == [3, 3]
    with pytest.raises(type(error)):
        VerbalizedSampling(model, k=3, structured="require").invoke("A name")
    with pytest.raises(type(error)):
        list(VerbalizedSampling(model, k=3, structured="require").stream("A name"))


@pytest.mark.parametrize("error", SAYS_NOTHING_OF_IT, ids=str)
async def test_any_other_error_is_raised_at_once_and_teaches_nothing(tool_calling, three, error):
    for way in ("invoke", "stream", "ainvoke", "astream"):
        model = tool_calling(error, as_tool_call(three))
        sampling = VerbalizedSampling(model, k=3)
        with pytest.raises(type(error)):
            await by_way(sampling, way)
        assert len(model.calls) == 1
        assert len(sampling.invoke("A name")) == 3
        assert all(constrained(kwargs) for _, kwargs in model.calls)


def test_what_was_learnt_survives_copies_and_stays_with_its_model(tool_calling, three):
    def answer(messages, kwargs):
        return TypeError("no tools") if constrained(kwargs) else three

    model, other = tool_calling(answer), tool_calling(as_tool_call(three))
    sampling = VerbalizedSampling(model, k=3).configurable_fields(k=ConfigurableField(id="k"))
    for k in (3, 2, 3):
        sampling.invoke("A name", {"configurable": {"k": k}})
    VerbalizedSampling(model, k=3).invoke("A name")
    VerbalizedSampling(other, k=3).invoke("A name")
    assert [constrained(kwargs) for _, kwargs in model.calls] == [True, False, False, False, False]
    assert constrained(other.calls[0][1])


async def test_only_the_fallback_that_takes_no_schema_goes_without(tool_calling, three):
    def no_tools(messages, kwargs):
        return TypeError("no tools") if constrained(kwargs) else ConnectionError("gone")

    weak, sound = tool_calling(no_tools), tool_calling(as_tool_call(three))
    sampling = VerbalizedSampling(weak.with_fallbacks([sound]), k=3)
    assert len(sampling.invoke("A name")) == 3
    assert [constrained(kwargs) for _, kwargs in weak.calls] == [True, False]
    assert constrained(sound.calls[0][1])


def test_models_that_their_config_decides_on_are_constrained_like_others(tool_calling, three):
    first, second = tool_calling(as_tool_call(three)), tool_calling(as_tool_call(three))
    either = first.configurable_alternatives(ConfigurableField(id="llm"), default_key="first", second=second)
    sampling = VerbalizedSampling(either.with_config(tags=["mine"]), k=3)
    for name, model in (("first", first), ("second", second)):
        config = {"configurable": {"llm": name}}
        assert len(sampling.invoke("A name", config)) == 3
        assert len(list(sampling.stream("A name", config))[-1]) == 3
        assert [constrained(kwargs) for _, kwargs in model.calls] == [True, True]
    warm = tool_calling(as_tool_call(three)).configurable_fields(temperature=ConfigurableField(id="temperature"))
    VerbalizedSampling(warm, k=3, structured="require").invoke("A name", {"configurable": {"temperature": 0.5}})


def test_an_endpoint_that_fails_either_way_says_so(tool_calling, three):
    model = tool_calling(ConnectionError("gone"), ConnectionError("gone"), three)
    sampling = VerbalizedSampling(model, k=3)
    with pytest.raises(ConnectionError):
        sampling.invoke("A name")


def test_a_model_that_accepts_the_schema_and_ignores_it_is_read_as_text(tool_calling):
    model = tool_calling("1. Ada (50%)\n2. Bo (50%)")
    assert [c.text for c in VerbalizedSampling(model, k=2).invoke("A name")] == ["Ada", "Bo"]


def test_a_model_without_support_is_asked_for_text(scripted, tool_calling, three):
    assert len(VerbalizedSampling(scripted(three), k=3).invoke("A name")) == 3
    with pytest.raises(SettingsError, match="require"):
        VerbalizedSampling(scripted(three), k=3, structured="require").invoke("A name")
    model = tool_calling(three)
    model.profile = {"structured_output": False, "tool_calling": False}
    VerbalizedSampling(model, k=3).invoke("A name")
    assert not constrained(model.calls[0][1])


def test_a_copy_keeps_to_its_own_model_and_setting(tool_calling, three):
    model, other = tool_calling(as_tool_call(three)), tool_calling(three)
    sampling = VerbalizedSampling(model, k=3)
    sampling.invoke("A name")
    sampling.model_copy(update={"model": other}).invoke("A name")
    sampling.model_copy(update={"model": other, "structured": "never"}).invoke("A name")
    sampling.model_copy(update={"structured": "never"}).invoke("A name")
    assert [constrained(kwargs) for _, kwargs in model.calls] == [True, False]
    assert [constrained(kwargs) for _, kwargs in other.calls] == [True, False]


def test_tags_take_no_schema(tool_calling):
    model = tool_calling("<response><text>Ada</text><probability>0.5</probability></response>")
    assert len(VerbalizedSampling(model, k=1, format="tags").invoke("A name")) == 1
    assert not constrained(model.calls[0][1])


def test_what_was_bound_survives(tool_calling, three):
    model = tool_calling(as_tool_call(three))
    bound = model.bind(temperature=0.7).with_config(tags=["mine"]).with_retry()
    VerbalizedSampling(bound, k=3).invoke("A name")
    kwargs = model.calls[0][1]
    assert constrained(kwargs)
    assert kwargs["temperature"] == 0.7


def test_own_tools_are_left_alone(tool_calling, three):
    model = tool_calling(three)
    VerbalizedSampling(model.bind(response_format={"type": "json_object"}), k=3).invoke("A name")
    assert not constrained(model.calls[0][1])


def test_fallbacks_are_constrained_each(tool_calling, three):
    broken, sound = tool_calling(ConnectionError("gone")), tool_calling(as_tool_call(three))
    sampling = VerbalizedSampling(broken.with_fallbacks([sound]), k=3)
    assert [len(d) for d in ways(sampling)] == [3, 3]
    assert all(constrained(kwargs) for _, kwargs in [*broken.calls, *sound.calls])


def test_any_runnable_that_ends_in_a_message_or_a_text_will_do(scripted, three):
    model = scripted(three)
    assert len(VerbalizedSampling(model | RunnableLambda(lambda message: message.content), k=3).invoke("A name")) == 3
