"""Each story ends the same, however it is called."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain_core.messages import AIMessage
from langchain_verbalized_sampling import VerbalizedSampling
from langgraph.graph import START, StateGraph

from verbalized_sampling import Distribution, SettingsError

HERE = Path(__file__).parent
REPLIES = tomllib.loads((HERE / "replies.toml").read_text())
INPUTS = tomllib.loads((HERE / "inputs.toml").read_text())
THREE = (
    '{"responses": [{"text": "Ada", "probability": 0.5}, {"text": "Bo", "probability": 0.3}, '
    '{"text": "Cy", "probability": 0.2}]}'
)


def chains():
    spec = importlib.util.spec_from_file_location("langchain_stories", HERE / "chains.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.CHAINS


CHAINS = chains()


class State(TypedDict):
    given: Any
    got: Any


def in_a_node(runnable):
    builder = StateGraph(State)
    builder.add_node("node", lambda state: {"got": runnable.invoke(state["given"])})
    builder.add_edge(START, "node")
    return builder.compile()


def summed(pieces):
    whole = None
    for piece in pieces:
        whole = piece if whole is None else whole + piece
    return whole


WAYS = ("invoke", "ainvoke", "stream", "astream", "batch", "abatch", "node")


async def lived(runnable, given, way, config=None):
    """What a way gives in the end, or the error that it raises."""
    try:
        match way:
            case "invoke":
                return runnable.invoke(given, config)
            case "ainvoke":
                return await runnable.ainvoke(given, config)
            case "stream":
                return summed(list(runnable.stream(given, config)))
            case "astream":
                return summed([piece async for piece in runnable.astream(given, config)])
            case "batch":
                return runnable.batch([given], config)[0]
            case "abatch":
                return (await runnable.abatch([given], config))[0]
            case _:
                return in_a_node(runnable).invoke({"given": given}, config)["got"]
    except Exception as error:  # noqa: BLE001 - that is how some stories end
        return error


def test_there_are_a_hundred():
    assert len(REPLIES) + len(INPUTS) + len(CHAINS) >= 100


@pytest.mark.parametrize("story", REPLIES.values(), ids=REPLIES)
async def test_a_reply(scripted, story):
    replies = [reply if isinstance(reply, str) else AIMessage(**reply) for reply in story["replies"]]
    for way in WAYS:
        model = scripted(*replies)
        got = await lived(VerbalizedSampling(model, **{"k": 2, **story.get("settings", {})}), "A name", way)
        if "error" in story:
            assert type(got).__name__ == story["error"], (way, got)
            assert any(word in str(got) for word in story.get("match", "").split("|"))
            continue
        assert isinstance(got, Distribution), (way, got)
        assert [candidate.text for candidate in got] == story["texts"], way
        assert got.truncated is story.get("truncated", False)
        if "weights" in story:
            assert [candidate.probability for candidate in got] == pytest.approx(story["weights"])
        if "calls" in story:
            assert len(model.calls) == got.usage.calls == story["calls"]
        assert got.usage.output_tokens == story.get("tokens", 0)


@pytest.mark.parametrize("story", INPUTS.values(), ids=INPUTS)
async def test_an_input(scripted, story):
    for way in WAYS:
        model = scripted(THREE)
        got = await lived(VerbalizedSampling(model, k=3), story["given"], way)
        if "error" in story:
            assert isinstance(got, SettingsError), (way, got)
            assert story["error"] in str(got)
            assert model.calls == []
        else:
            assert isinstance(got, Distribution), (way, got)
            assert [str(message.text) for message in model.calls[0][0][1:]] == story["sent"], way


@pytest.mark.parametrize("story", CHAINS.values(), ids=CHAINS)
async def test_a_chain(scripted, story):
    config = dict(story.config or {})
    ways = [way for way in WAYS if not (config.get("no_streams") and "stream" in way)]
    config.pop("no_streams", None)
    first = None
    for way in ways:
        got = await lived(story.build(scripted), story.given, way, config)
        right = (
            story.expected(got)
            if callable(story.expected) and not isinstance(got, Exception)
            else got == story.expected
        )
        assert right, (way, got)
        first = got if first is None else first
        assert got == first, way
