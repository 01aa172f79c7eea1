"""A graph's state holds distributions, and no checkpointer meets a class that it would warn of."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from operator import itemgetter
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableLambda
from langchain_verbalized_sampling import (
    DistributionChannel,
    DistributionToState,
    VerbalizedSampling,
    distribution_from_state,
    distribution_to_state,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.event_hooks import register_serde_event_listener
from langgraph.errors import InvalidUpdateError
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel

from verbalized_sampling import Distribution

REPLY = """{"responses": [{"text": "Ada", "stars": [1,2], "probability": "50%"}, {"text": "Cy"},
{"text": "Bo", "stars": [3], "probability": 0.3}]}"""


class Name(BaseModel):
    text: str
    stars: tuple[int, ...]


class Held(TypedDict):
    query: str
    ideas: Annotated[Distribution[Name], DistributionChannel]
    choice: str


class Validated(BaseModel):
    query: str = ""
    ideas: Distribution[Name] | None = None
    choice: str = ""


@pytest.fixture
def sampling(scripted) -> VerbalizedSampling[Any]:
    return VerbalizedSampling(scripted(REPLY), k=3, max_extra_calls=0, candidate=Name)


@pytest.fixture
def met() -> Iterator[list[Any]]:
    """The classes that a checkpointer was surprised by: those that it warns of, or leaves out where it is strict."""
    met: list[Any] = []
    stop = register_serde_event_listener(met.append)
    yield met
    stop()


@pytest.fixture(params=["memory", "sqlite"])
def saver(request) -> Iterator[Any]:
    if request.param == "memory":
        yield InMemorySaver()
    else:
        sqlite = pytest.importorskip("langgraph.checkpoint.sqlite")
        with sqlite.SqliteSaver.from_conn_string(":memory:") as saver:
            yield saver


def value(state: Any, key: str) -> Any:
    return state[key] if isinstance(state, dict) else getattr(state, key)


def choose(state: Any) -> dict[str, str]:
    ideas = value(state, "ideas")
    return {"choice": ideas[interrupt([c.text for c in ideas])].value.text}


def graph(schema: type, node: Any, **compiled: Any) -> Any:
    builder = StateGraph(schema)
    builder.add_node("ideas", node)
    builder.add_node("choose", choose)
    builder.add_edge(START, "ideas")
    builder.add_edge("ideas", "choose")
    return builder.compile(**compiled)


def within(schema: type, inner: Any, **compiled: Any) -> Any:
    builder = StateGraph(schema)
    builder.add_node("inner", inner)
    builder.add_node("after", lambda state: {"choice": f"{value(state, 'ideas')[0].text} and {value(state, 'choice')}"})
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "after")
    return builder.compile(**compiled)


def read(held: Any) -> Any:
    return distribution_from_state(held, Name) if isinstance(held, dict) else held


@pytest.mark.parametrize("mode", ["values", "updates", "debug", "checkpoints"])
@pytest.mark.parametrize("schema", [Held, Validated])
def test_nodes_and_histories_get_the_distribution_and_nobody_warns(sampling, met, saver, schema, mode):
    whole = sampling.invoke("A name")
    node = RunnableLambda(lambda state: value(state, "query")) | sampling | DistributionToState("ideas")
    app, config = graph(schema, node, checkpointer=saver), {"configurable": {"thread_id": "1"}}
    list(app.stream({"query": "A name"}, config, stream_mode=mode))
    list(app.stream(Command(resume=1), config, stream_mode=mode))
    state = app.get_state(config).values
    assert read(state["ideas"]) == whole and state["choice"] == "Bo"
    [waiting] = [then for then in app.get_state_history(config) if then.next == ("choose",)]
    assert read(waiting.values["ideas"]) == whole
    assert read(app.invoke(None, waiting.config)["ideas"]) == whole
    app.update_state(config, {"ideas": distribution_to_state(whole.top(1))})
    assert len(read(app.get_state(config).values["ideas"])) == 1
    assert met == []


def test_a_state_of_plain_values_passes_out_of_subgraphs(sampling, met, saver):
    node = RunnableLambda(lambda state: state.query) | sampling | DistributionToState("ideas")
    app = within(Validated, graph(Validated, node), checkpointer=saver)
    config = {"configurable": {"thread_id": "1"}}
    app.invoke({"query": "A name"}, config)
    assert app.invoke(Command(resume=1), config)["choice"] == "Ada and Bo"
    whole = sampling.invoke("A name")
    assert [read(then.values["ideas"]) for then in app.get_state_history(config) if "ideas" in then.values] == [
        whole
    ] * 2
    assert met == []


async def test_a_held_distribution_comes_out_of_subgraphs(sampling):
    node = itemgetter("query") | sampling | DistributionToState("ideas")
    app, config = within(Held, graph(Held, node), checkpointer=InMemorySaver()), {"configurable": {"thread_id": "1"}}
    await app.ainvoke({"query": "A name"}, config)
    state = await app.ainvoke(Command(resume=1), config)
    assert state["ideas"] == sampling.invoke("A name") and state["choice"] == "Ada and Bo"


def test_a_node_may_write_the_distribution_itself(sampling, met):
    app = graph(Held, lambda state: {"ideas": sampling.invoke(state["query"])}, checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    app.invoke({"query": "A name"}, config)
    assert app.invoke(Command(resume=1), config)["ideas"] == app.get_state(config).values["ideas"] != Distribution()
    assert met == []


def held(kind: Any, *updates: Any) -> Any:
    channel = DistributionChannel(kind, "ideas")
    for update in updates:
        channel.update([update])
    again = DistributionChannel(kind, "ideas").from_checkpoint(channel.checkpoint())
    assert again.get() == channel.copy().get() == channel.get()
    return channel


def test_it_holds_whatever_contains_distributions(sampling):
    whole = sampling.invoke("A name")
    plain = distribution_to_state(whole)
    assert held(Distribution[Name], plain).get() == whole
    assert held(Distribution[Name] | None, whole, None).get() is None
    many = held(list[Distribution[Name]], [whole, plain])
    assert many.get() == [whole, whole] and type(many.checkpoint()[0]) is dict
    assert (
        not DistributionChannel(Distribution)
        .from_checkpoint(DistributionChannel(Distribution).checkpoint())
        .is_available()
    )


def test_it_reads_what_was_stored_before_it_was_there(sampling):
    whole = sampling.invoke("A name")
    assert DistributionChannel(Distribution[Name]).from_checkpoint(whole).get() == whole


def test_it_says_which_key_was_given_something_else():
    with pytest.raises(InvalidUpdateError, match="'ideas'"):
        DistributionChannel(Distribution, "ideas").update(["Ada"])


def test_all_of_this_holds_where_checkpoints_are_strict():
    if os.environ.get("LANGGRAPH_STRICT_MSGPACK"):
        pytest.skip("they are")
    environment = {**os.environ, "LANGGRAPH_STRICT_MSGPACK": "true"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout
