"""An agent with the middleware does whatever it did without, and shows nobody a raw reply."""

from __future__ import annotations

import json

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelFallbackMiddleware
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_verbalized_sampling import (
    DistributionArgmax,
    DistributionJudge,
    HumanChoice,
    VerbalizedSamplingMiddleware,
    VerbalizedSamplingTool,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import BaseModel

from verbalized_sampling import ModelError, SettingsError, TemplateError

ASKED = {"messages": [HumanMessage("Name my cat")]}
KEY = "verbalized_distribution"


@tool
def look(what: str) -> str:
    """Looks at something."""
    return "" if what == "nothing" else f"{what}: grey"


def calling(content="", **arguments):
    return AIMessage(content, tool_calls=[{"name": "look", "args": arguments or {"what": "cat"}, "id": "1"}])


def agent(model, *others, tools=(look,), vs=None, **options):
    vs = vs or VerbalizedSamplingMiddleware(k=3, select="argmax")
    return create_agent(model, list(tools), middleware=[vs, *others], **options)


def texts(result):
    return [str(message.text) for message in result["messages"]]


# It never ends an agent that works without it


CONVERSATIONS = {
    "an empty tool result": [
        HumanMessage("Name my cat"),
        AIMessage("", tool_calls=[{"name": "look", "args": {"what": "nothing"}, "id": "1"}]),
        ToolMessage("", tool_call_id="1"),
    ],
    "a prefilled answer": [HumanMessage("Name my cat"), AIMessage("Its name is")],
    "an empty message": [HumanMessage("")],
    "white space": [HumanMessage(" \n")],
    "an image alone": [HumanMessage([{"type": "image", "url": "https://example.org/a.png"}])],
}
ANSWERS = {
    "plain words": "Which city do you mean?",
    "a refusal": "I'm sorry, but I can't help with that.",
    "nothing": "",
    "thoughts alone": "<think>Hm.</think>",
    "a refusal by its mark": AIMessage("", additional_kwargs={"refusal": "No."}),
    "blocked": AIMessage("", response_metadata={"finish_reason": "content_filter"}),
    "broken JSON": '{"responses": [{"te',
}


@pytest.mark.parametrize("verbalize", ["within", "after"])
@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS)
async def test_any_conversation_goes_on(tool_calling, three, conversation, verbalize):
    vs = VerbalizedSamplingMiddleware(k=3, select="argmax", verbalize=verbalize)
    given = {"messages": conversation}
    for result in (
        agent(tool_calling(three), vs=vs).invoke(given),
        await agent(tool_calling(three), vs=vs).ainvoke(given),
    ):
        assert len(result["messages"]) == len(conversation) + 1


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_any_answer_passes_and_costs_one_call(tool_calling, answer):
    for ask in ("invoke", "ainvoke"):
        model = tool_calling(answer)
        result = agent(model).invoke(ASKED) if ask == "invoke" else await agent(model).ainvoke(ASKED)
        said = result["messages"][-1]
        assert said.content == (answer if isinstance(answer, str) else answer.content)
        assert len(model.calls) == 1


@pytest.mark.parametrize(
    "second", [calling(), "I'm sorry, but I can't help with that.", AIMessage("", additional_kwargs={"refusal": "No."})]
)
def test_turns_without_a_distribution_clear_the_one_before(tool_calling, three, second):
    graph = agent(tool_calling(three, second, "Which city?"), checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    assert graph.invoke(ASKED, config)[KEY]["candidates"]
    another = {"messages": [HumanMessage("And my dog")]}
    states = list(graph.stream(another, config, stream_mode="values"))
    after_the_second = next(s for s in states if len(s["messages"]) == 4)
    assert after_the_second[KEY] is None


def test_what_fails_later_than_the_first_answer_costs_nothing(tool_calling, as_reply):
    model = tool_calling(as_reply(("Ada", 0.5)), ConnectionError("gone"))
    assert texts(agent(model).invoke(ASKED)) == ["Name my cat", "Ada"]
    with pytest.raises(ConnectionError):
        agent(tool_calling(ConnectionError("gone"))).invoke(ASKED)


def test_the_distribution_stands_on_its_message(tool_calling, three):
    result = agent(tool_calling(three)).invoke(ASKED)
    assert result["messages"][-1].response_metadata[KEY] == result[KEY]


def test_mistakes_are_told_when_it_is_built(tmp_path):
    (tmp_path / "broken.jinja").write_text("{{ nothing }}")
    with pytest.raises(TemplateError):
        VerbalizedSamplingMiddleware(template=str(tmp_path / "broken.jinja"))
    for wrong in ({"select": "best"}, {"select": 3}, {"verbalize": "before"}, {"select": HumanChoice()}, {"k": 0}):
        with pytest.raises(SettingsError):
            VerbalizedSamplingMiddleware(**wrong)


def test_an_exhausted_fake_model_is_named(tool_calling):
    graph = create_agent(GenericFakeChatModel(messages=iter([])), [], middleware=[VerbalizedSamplingMiddleware()])
    with pytest.raises(ModelError, match="exhausted"):
        graph.invoke(ASKED)


# Tools stay usable


def test_with_tools_the_prompt_says_that_they_come_first(tool_calling, three):
    model = tool_calling(three)
    agent(model, system_prompt="Be kind.").invoke(ASKED)
    system = model.calls[0][0][0].content
    assert system.startswith("Be kind.\n\nYour tools come first.")
    assert system.index("tools come first") < system.index("nothing else")
    agent(model, tools=()).invoke(ASKED)
    assert "tools" not in model.calls[1][0][0].content


async def test_afterwards_the_turn_runs_as_it_is_and_is_asked_once_more(tool_calling, three):
    for ask in ("invoke", "ainvoke"):
        model = tool_calling(calling(), "Call it Ada.", three)
        graph = agent(model, vs=VerbalizedSamplingMiddleware(k=3, select="argmax", verbalize="after"))
        result = graph.invoke(ASKED) if ask == "invoke" else await graph.ainvoke(ASKED)
        assert texts(result) == ["Name my cat", "", "cat: grey", "Ada"]
        assert ["JSON" in str(messages[0].content) for messages, _ in model.calls] == [False, False, True]
    model = tool_calling("Call it Ada.", "I'm sorry, but I can't help with that.")
    vs = VerbalizedSamplingMiddleware(k=3, verbalize="after")
    assert texts(agent(model, vs=vs).invoke(ASKED)) == ["Name my cat", "Call it Ada."]


def test_afterwards_no_tool_is_offered_unless_something_speaks_of_tools(tool_calling, three):
    vs = VerbalizedSamplingMiddleware(k=3, select="argmax", verbalize="after")
    model = tool_calling("Call it Ada.", three)
    assert texts(agent(model, vs=vs).invoke(ASKED))[-1] == "Ada"
    assert [bool(kwargs.get("tools")) for _, kwargs in model.calls] == [True, False]
    called = tool_calling(calling(), "Call it Ada.", three)
    agent(called, vs=vs).invoke(ASKED)
    assert [bool(kwargs.get("tools")) for _, kwargs in called.calls] == [True, True, True]


async def test_afterwards_a_failed_call_costs_the_distribution_not_the_answer(tool_calling, caplog):
    def failing(messages, kwargs):
        if "JSON" in str(messages[0].content):
            raise ConnectionError("429")
        return "Call it Ada."

    vs = VerbalizedSamplingMiddleware(k=3, verbalize="after")
    result = agent(tool_calling(failing), vs=vs).invoke(ASKED)
    assert texts(result)[-1] == "Call it Ada." and result.get(KEY) is None
    assert texts(await agent(tool_calling(failing), vs=vs).ainvoke(ASKED))[-1] == "Call it Ada."
    assert "429" in caplog.text


def test_blocks_of_the_system_prompt_keep_what_marks_them(tool_calling, three):
    cached = {"type": "text", "text": "A long manual.", "cache_control": {"type": "ephemeral"}}
    model = tool_calling(three)
    agent(model, system_prompt=SystemMessage([cached])).invoke(ASKED)
    system = model.calls[0][0][0].content
    assert system[0] == cached
    assert all("cache_control" not in block for block in system[1:])


# Nothing raw is shown


class Swapping(AgentMiddleware):
    """Another model, another binding: what people do in between."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def wrap_model_call(self, request, handler):
        return handler(request.override(model=self.model))

    async def awrap_model_call(self, request, handler):
        return await handler(request.override(model=self.model))


def ways_to_be_called(tool_calling, *script):
    yield "plain", agent(tool_calling(*script), tools=())
    yield "with tools", agent(tool_calling(*script))
    yield "swapped", agent(tool_calling("Not me."), Swapping(tool_calling(*script)))
    yield "with settings", agent(tool_calling(*script), ModelFallbackMiddleware(tool_calling(*script)))
    after = VerbalizedSamplingMiddleware(k=3, select="argmax", verbalize="after")
    yield "after", agent(tool_calling(*[s for s in script if s != script[-1]], "Plain draft.", script[-1]), vs=after)


def raw(shown):
    return any(word in str(shown) for word in ("responses", 'probability\\"', "Plain draft", '"text"'))


async def test_messages_hold_the_chosen_text_and_nothing_raw(tool_calling, three):
    for name, graph in ways_to_be_called(tool_calling, three):
        chunks = [chunk for chunk, _ in graph.stream(ASKED, stream_mode="messages")]
        chunks_async = [chunk async for chunk, _ in graph.astream(ASKED, stream_mode="messages")]
        for shown in (chunks, chunks_async):
            said = "".join(str(chunk.text) for chunk in shown if isinstance(chunk, AIMessage))
            assert said == "Ada", name
            assert not any(raw(chunk.content) for chunk in shown), name


async def test_events_hold_nothing_raw(tool_calling, three):
    for name, graph in ways_to_be_called(tool_calling, three):
        events = [event async for event in graph.astream_events(ASKED, version="v2")]
        models = [event for event in events if event["event"].startswith("on_chat_model")]
        assert not any(raw(event["data"].get("chunk")) or raw(event["data"].get("output")) for event in models), name


@pytest.mark.filterwarnings("ignore:The v3 streaming protocol")
def test_the_newer_events_hold_nothing_raw_and_no_handler_fails(tool_calling, three, caplog):
    events = list(agent(tool_calling(calling(), three)).stream_events(ASKED, version="v3"))
    said = [event["params"]["data"][0] for event in events if event["method"] == "messages"]
    assert [message.text for message in said] == ["", "Ada"] and said[0].tool_calls
    assert caplog.records == []


@pytest.mark.parametrize("content", ["", "Let me look.", "raw"])
async def test_turns_that_call_tools_stream_their_tokens_as_ever(tool_calling, three, content):
    script = (calling(three if content == "raw" else content), three)
    ever = create_agent(tool_calling(*script), [look])

    def tool_tokens(chunks):
        return "".join(part["args"] or "" for chunk in chunks for part in getattr(chunk, "tool_call_chunks", ()))

    expected = [chunk for chunk, _ in ever.stream(ASKED, stream_mode="messages")]
    graph = agent(tool_calling(*script))
    shown = [chunk for chunk, _ in graph.stream(ASKED, stream_mode="messages")]
    shown_async = [chunk async for chunk, _ in agent(tool_calling(*script)).astream(ASKED, stream_mode="messages")]
    for chunks in (shown, shown_async):
        assert tool_tokens(chunks) == tool_tokens(expected) == json.dumps({"what": "cat"})
        assert sum(1 for chunk in chunks if getattr(chunk, "tool_call_chunks", ())) > 1
        assert not any(raw(chunk.content) for chunk in chunks)
        said = "".join(str(chunk.text) for chunk in chunks if isinstance(chunk, AIMessage))
        assert said == ("" if content == "raw" else content) + "Ada"
    events = [event async for event in agent(tool_calling(*script)).astream_events(ASKED, version="v2")]
    streamed = [event["data"]["chunk"] for event in events if event["event"] == "on_chat_model_stream"]
    assert tool_tokens(streamed) == json.dumps({"what": "cat"})
    assert not any(raw(chunk.content) for chunk in streamed)
    assert not raw(agent(tool_calling(*script)).invoke(ASKED)["messages"][1].content)


async def test_a_custom_stream_gives_candidates_as_they_are_completed(tool_calling, three):
    def seen(parts):
        return [part["verbalized_candidate"]["text"] for part in parts]

    graph = agent(tool_calling(calling(), three))
    assert seen(graph.stream(ASKED, stream_mode="custom")) == ["Ada", "Bo", "Cy"]
    assert seen([part async for part in graph.astream(ASKED, stream_mode="custom")]) == ["Ada", "Bo", "Cy"]
    modes = [mode for mode, _ in agent(tool_calling(three)).stream(ASKED, stream_mode=["custom", "updates"])]
    assert modes == ["custom"] * 3 + ["updates"]


async def test_the_inner_calls_of_the_tool_are_not_shown(tool_calling, scripted, three):
    explore = VerbalizedSamplingTool(scripted(three), k=3)
    call = AIMessage("", tool_calls=[{"name": explore.name, "args": {"query": "Cat names"}, "id": "1"}])
    graph = create_agent(tool_calling(call, "Ada it is."), [explore])
    chunks = [chunk for chunk, _ in graph.stream(ASKED, stream_mode="messages") if isinstance(chunk, AIMessage)]
    chunks += [c async for c, _ in graph.astream(ASKED, stream_mode="messages") if isinstance(c, AIMessage)]
    assert not any(raw(chunk.content) for chunk in chunks)
    events = [event async for event in graph.astream_events(ASKED, version="v2")]
    streamed = [event["data"]["chunk"].content for event in events if event["event"] == "on_chat_model_stream"]
    assert not any(map(raw, streamed))
    assert "".join(streamed) == "Ada it is."


# Which candidate


def test_a_function_a_judge_or_the_majority_may_choose(tool_calling, scripted, three):
    judge = scripted("<think>1 is short, 3 longer.</think> 2")
    choices = {
        "Cy": lambda distribution: distribution[-1],
        "Bo": DistributionJudge(judge, "It fits a cat."),
        "Ada": "majority",
    }
    for expected, select in choices.items():
        vs = VerbalizedSamplingMiddleware(k=3, select=select)
        assert texts(agent(tool_calling(three), vs=vs).invoke(ASKED))[-1] == expected
    asked = judge.calls[0][0][0].content
    assert "It fits a cat." in asked and '<candidate number="3">\nCy' in asked
    wrong = VerbalizedSamplingMiddleware(k=3, select=lambda distribution: 7)
    with pytest.raises(SettingsError, match="int"):
        agent(tool_calling(three), vs=wrong).invoke(ASKED)


class Name(BaseModel):
    name: str
    short: bool


TYPED = json.dumps(
    {"responses": [{"name": n, "short": True, "probability": p} for n, p in (("Ada", 0.6), ("Bo", 0.3))]}
)


@pytest.mark.parametrize("response_format", [None, Name, ToolStrategy(Name), ProviderStrategy(Name)])
async def test_a_typed_candidate_is_the_structured_response(tool_calling, response_format):
    vs = VerbalizedSamplingMiddleware(k=2, select="argmax", candidate=Name)
    for ask in ("invoke", "ainvoke"):
        graph = agent(tool_calling(TYPED), vs=vs, response_format=response_format)
        result = graph.invoke(ASKED) if ask == "invoke" else await graph.ainvoke(ASKED)
        assert result["structured_response"] == Name(name="Ada", short=True)
        assert json.loads(result["messages"][-1].content) == {"name": "Ada", "short": True}


def test_where_no_typed_candidate_can_be_read_the_agent_asks_as_ever(tool_calling):
    called = AIMessage("", tool_calls=[{"name": "Name", "args": {"name": "Ada", "short": True}, "id": "1"}])
    vs = VerbalizedSamplingMiddleware(k=2, candidate=Name)
    result = agent(tool_calling("Hm.", called), vs=vs, response_format=ToolStrategy(Name), tools=()).invoke(ASKED)
    assert result["structured_response"] == Name(name="Ada", short=True)


# A human chooses


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (True, "Ada"),
        (2, "Cy"),
        ({"index": 1}, "Bo"),
        ("Adelaide", "Adelaide"),
        ({"text": "Adelaide"}, "Adelaide"),
    ],
)
async def test_a_human_chooses_or_edits_and_the_model_is_not_asked_again(tool_calling, three, decision, expected):
    for ask in ("invoke", "ainvoke"):
        model = tool_calling(calling(), three)
        graph = agent(model, HumanChoice(), checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "1"}}
        stopped = graph.invoke(ASKED, config) if ask == "invoke" else await graph.ainvoke(ASKED, config)
        (asked,) = stopped["__interrupt__"]
        assert [c["text"] for c in asked.value["candidates"]] == ["Ada", "Bo", "Cy"]
        go = Command(resume=decision)
        result = graph.invoke(go, config) if ask == "invoke" else await graph.ainvoke(go, config)
        assert texts(result) == ["Name my cat", "", "cat: grey", expected]
        assert len(model.calls) == 2


def test_a_rejection_asks_the_model_anew_with_the_reason(tool_calling, three, as_reply):
    model = tool_calling(three, as_reply(("Zoe", 0.5), ("Yan", 0.3), ("Xi", 0.2)))
    graph = agent(model, HumanChoice(), checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    graph.invoke(ASKED, config)
    again = graph.invoke(Command(resume={"reject": "Too common."}), config)
    assert [c["text"] for c in again["__interrupt__"][0].value["candidates"]] == ["Zoe", "Yan", "Xi"]
    assert texts(graph.invoke(Command(resume=0), config)) == ["Name my cat", "Too common.", "Zoe"]


def test_what_is_no_choice_is_asked_again(tool_calling, three):
    graph = agent(tool_calling(three), HumanChoice(), checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    graph.invoke(ASKED, config)
    for wrong in (7, {"nothing": 1}, "  "):
        again = graph.invoke(Command(resume=wrong), config)
        assert again["__interrupt__"][0].value["error"]
    assert texts(graph.invoke(Command(resume=1), config))[-1] == "Bo"


# Traces


async def test_a_turn_has_a_run_with_its_settings_and_its_outcome(tool_calling, three, trace):
    vs = VerbalizedSamplingMiddleware(k=3, tau=0.6, select="argmax")
    agent(tool_calling(calling(), three), vs=vs).invoke(ASKED, {"callbacks": [trace]})
    await agent(tool_calling(calling(), three), vs=vs).ainvoke(ASKED, {"callbacks": [trace]})
    for root in trace.roots:
        turns = [run for run in walk(root) if run.name == "VerbalizedSampling"]
        shown = [turn.extra["metadata"] for turn in turns]
        assert [meta["verbalized_sampling_outcome"] for meta in shown] == ["tools", "drawn"]
        assert [meta["verbalized_sampling_k"] for meta in shown] == [3, 3]
        assert shown[1]["verbalized_sampling_candidates"] == 3
        assert [[child.run_type for child in turn.child_runs] for turn in turns] == [["llm"], ["llm"]]


def walk(run):
    yield run
    for child in run.child_runs:
        yield from walk(child)


def test_other_steps_are_no_middleware():
    with pytest.raises(SettingsError):
        VerbalizedSamplingMiddleware(select=DistributionArgmax)
