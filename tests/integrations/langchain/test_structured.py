"""Structured output constrains a model where it can, and nothing depends on it."""

from __future__ import annotations

import json

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langchain_verbalized_sampling import VerbalizedSampling
from langchain_verbalized_sampling.replies import TOOL_NAME
from pydantic import BaseModel, ValidationError

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


def invalid():
    class Number(BaseModel):
        n: int

    try:
        Number(n="x")
    except ValidationError as error:
        return error


@pytest.mark.parametrize("error", [ValueError("400: no schemas here"), TypeError("unexpected keyword"), invalid()])
async def test_a_model_that_fails_when_constrained_is_asked_without(tool_calling, three, error):
    def answer(messages, kwargs):
        return error if constrained(kwargs) else three

    model = tool_calling(answer)
    sampling = VerbalizedSampling(model, k=3)
    assert [len(d) for d in ways(sampling)] == [3, 3]
    assert [constrained(kwargs) for _, kwargs in model.calls] == [True, False, False]  # and is not tried again
    for way in (VerbalizedSampling(model, k=3), VerbalizedSampling(model, k=3)):
        assert len((await async_ways(way))[1]) == 3
    with pytest.raises(type(error)):
        VerbalizedSampling(model, k=3, structured="require").invoke("A name")
    with pytest.raises(type(error)):
        list(VerbalizedSampling(model, k=3, structured="require").stream("A name"))


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
