"""A distribution comes back from a checkpoint as it went in; what interrupts a graph passes through."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from operator import itemgetter
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import HumanMessage
from langchain_verbalized_sampling import (
    CHECKPOINT_TYPES,
    DistributionToState,
    VerbalizedSampling,
    VerbalizedSamplingTool,
    distribution_from_state,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.event_hooks import register_serde_event_listener
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.errors import GraphInterrupt
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from pydantic import BaseModel

from verbalized_sampling import DistributionParser

REPLIES = [
    '{"responses": [{"text": "Ada", "probability": "50%"}, {"text": "", "probability": 0.1}, {"text": "Bo"}]}',
    '{"responses": [{"text": "Ada", "probability": 0.5}, {"text": "Bo", "prob',
    "1. Ada (50%)\n2. Bo (30%)",
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_checkpointer_that_knows_nothing_meets_one_class(scripted, reply):
    whole = VerbalizedSampling(scripted(reply), k=3, max_extra_calls=0).invoke("x")
    serde, met = JsonPlusSerializer(allowed_msgpack_modules=True), []
    stop = register_serde_event_listener(met.append)
    try:
        again = serde.loads_typed(serde.dumps_typed(whole))
    finally:
        stop()
    assert again == whole and hash(again) == hash(whole)
    assert {event["name"] for event in met} == {"Distribution"}


class State(TypedDict):
    messages: Annotated[list[Any], add_messages]
    ideas: Any


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("streamed", [False, True])
def test_it_equals_what_went_in_and_nobody_is_warned(scripted, caplog, reply, streamed):
    sampling = VerbalizedSampling(scripted(reply), k=3, max_extra_calls=0)
    pieces = list(sampling.stream("x")) if streamed else [sampling.invoke("x")]
    serde = JsonPlusSerializer(allowed_msgpack_modules=CHECKPOINT_TYPES)
    with caplog.at_level(logging.WARNING):
        for piece in pieces:
            again = serde.loads_typed(serde.dumps_typed(piece))
            assert again == piece and hash(again) == hash(piece) and type(again) is type(piece)
    assert caplog.records == []


def graph(node, saver):
    builder = StateGraph(State)
    builder.add_node("ideas", node)
    builder.add_edge(START, "ideas")
    return builder.compile(checkpointer=saver)


CONFIG = {"configurable": {"thread_id": "1"}}


async def test_as_a_state_it_is_plain_and_read_again(scripted, three):
    sampling = VerbalizedSampling(scripted(three), k=3)
    for ask in ("invoke", "ainvoke"):
        node = itemgetter("messages") | sampling | DistributionToState("ideas")
        app = graph(node, InMemorySaver())
        given = {"messages": [HumanMessage("A name")]}
        state = app.invoke(given, CONFIG) if ask == "invoke" else await app.ainvoke(given, CONFIG)
        assert type(state["ideas"]) is dict
        stored = app.get_state(CONFIG).values["ideas"]
        assert distribution_from_state(stored) == sampling.invoke("A name")


def test_typed_values_are_read_with_their_type():
    class Name(BaseModel):
        name: str

    whole = DistributionParser(candidate=Name).parse('{"responses": [{"name": "Ada", "probability": 0.5}]}')
    state = DistributionToState().invoke(whole)["verbalized_distribution"]
    assert distribution_from_state(state, Name)[0].value == Name(name="Ada")


STRICT = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde import _msgpack
from langgraph.graph import START, StateGraph
from typing import TypedDict
from langchain_core.language_models import FakeListChatModel
from langchain_verbalized_sampling import *
from operator import itemgetter
assert _msgpack.STRICT_MSGPACK_ENABLED
class State(TypedDict):
    query: str
    ideas: dict
builder = StateGraph(State)
model = FakeListChatModel(responses=['{"responses": [{"text": "Ada", "probability": 0.5}]}'])
builder.add_node("n", itemgetter("query") | VerbalizedSampling(model, k=1) | DistributionToState("ideas"))
builder.add_edge(START, "n")
app = builder.compile(checkpointer=InMemorySaver())
config = {"configurable": {"thread_id": "1"}}
app.invoke({"query": "A name"}, config)
assert distribution_from_state(app.get_state(config).values["ideas"])[0].text == "Ada"
"""


DECLARED = (
    STRICT.replace("    ideas: dict", "    ideas: Distribution")
    .replace(
        'itemgetter("query") | VerbalizedSampling(model, k=1) | DistributionToState("ideas")',
        'lambda state: {"ideas": VerbalizedSampling(model, k=1).invoke(state["query"])}',
    )
    .replace('distribution_from_state(app.get_state(config).values["ideas"])', 'app.get_state(config).values["ideas"]')
    .replace("from operator", "from verbalized_sampling import Distribution\nfrom operator")
)


@pytest.mark.parametrize("program", [STRICT, DECLARED], ids=["as a plain state", "as its state declares it"])
def test_it_is_read_again_where_checkpoints_are_strict(program):
    environment = {**os.environ, "LANGGRAPH_STRICT_MSGPACK": "true"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "Blocked" not in done.stderr


async def test_an_interrupt_passes_through_every_step(scripted):
    def interrupting(messages, kwargs):
        raise GraphInterrupt([])

    sampling = VerbalizedSampling(scripted(interrupting), k=2)
    tool = VerbalizedSamplingTool(scripted(interrupting))
    for call in (
        lambda: sampling.invoke("x"),
        lambda: list(sampling.stream("x")),
        lambda: sampling.batch(["x"]),
        lambda: VerbalizedSampling(scripted(interrupting), calls=2).invoke("x"),
        lambda: tool.invoke({"query": "x"}),
    ):
        with pytest.raises(GraphInterrupt):
            call()
    with pytest.raises(GraphInterrupt):
        await sampling.ainvoke("x")
    with pytest.raises(GraphInterrupt):
        await sampling.abatch(["x"])


def test_a_node_that_interrupts_after_it_resumes(scripted, three):
    def node(state):
        names = VerbalizedSampling(scripted(three), k=3).invoke(state["messages"])
        return {"ideas": names[interrupt("which?")].text}

    app = graph(node, InMemorySaver())
    from langgraph.types import Command

    app.invoke({"messages": [HumanMessage("A name")]}, CONFIG)
    assert app.invoke(Command(resume=1), CONFIG)["ideas"] == "Bo"


async def test_in_a_graph_nothing_raw_is_shown_of_the_runnable(scripted, three):
    node = itemgetter("messages") | VerbalizedSampling(scripted(three), k=3) | DistributionToState("ideas")
    app = graph(node, InMemorySaver())
    assert list(app.stream({"messages": [HumanMessage("x")]}, CONFIG, stream_mode="messages")) == []
    events = [event async for event in app.astream_events({"messages": [HumanMessage("x")]}, CONFIG, version="v2")]
    assert {event["name"] for event in events} >= {"VerbalizedSampling", "VerbalizedSamplingOutputParser"}
    assert not [event for event in events if event["event"].startswith("on_chat_model")]
