"""The middleware: an agent's final answer is drawn, its tool turns and its history stay as they would be."""

from __future__ import annotations

import json

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware
from langchain.agents.structured_output import ToolStrategy
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_verbalized_sampling import (
    DistributionOutputParserException,
    VerbalizedSamplingMiddleware,
    VerbalizedSamplingTool,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphBubbleUp
from langgraph.types import Command, interrupt
from pydantic import BaseModel

from verbalized_sampling import Distribution, SettingsError

ASKED = {"messages": [HumanMessage("Name my cat")]}
USAGE = {"input_tokens": 10, "output_tokens": 7, "total_tokens": 17}


@tool
def look(what: str) -> str:
    """Looks at something."""
    return f"{what}: grey"


def calling(name="look", /, **arguments):
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": "1"}])


def agent(model, *, tools=(look,), middleware=None, **options):
    vs = middleware or VerbalizedSamplingMiddleware(k=3, select="argmax")
    return create_agent(model, list(tools), middleware=[vs], **options)


def raw_in(messages):
    return any("probability" in str(message.content) for message in messages)


@pytest.mark.parametrize("tools", [(), (look,)])
async def test_the_history_holds_only_the_chosen_text(tool_calling, three, tools):
    model = tool_calling(AIMessage(three, usage_metadata=USAGE))
    for result in (agent(model, tools=tools).invoke(ASKED), await agent(model, tools=tools).ainvoke(ASKED)):
        assert [message.content for message in result["messages"]] == ["Name my cat", "Ada"]
        assert result["messages"][-1].usage_metadata == USAGE
        distribution = Distribution.from_json(json.dumps(result["verbalized_distribution"]))
        assert [c.text for c in distribution] == ["Ada", "Bo", "Cy"]


async def test_turns_that_call_tools_pass_untouched(tool_calling, three):
    for run in ("invoke", "ainvoke"):
        model = tool_calling(calling(what="cat"), three)
        graph = agent(model, system_prompt="Be kind.")
        result = graph.invoke(ASKED) if run == "invoke" else await graph.ainvoke(ASKED)
        kinds = [type(message) for message in result["messages"]]
        assert kinds == [HumanMessage, AIMessage, ToolMessage, AIMessage]
        assert result["messages"][1].tool_calls[0]["args"] == {"what": "cat"}
        assert result["messages"][-1].content == "Ada"
        # The model saw the whole conversation, and the tools in each turn.
        assert [type(m).__name__ for m in model.calls[1][0]][1:] == ["HumanMessage", "AIMessage", "ToolMessage"]
        assert model.calls[1][0][0].content.startswith("Be kind.\n\n")
        assert all(kwargs["tools"] for _, kwargs in model.calls)


@pytest.mark.parametrize("tools", [(), (look,)])
async def test_nothing_of_the_raw_reply_is_streamed(tool_calling, three, tools):
    script = (calling(what="cat"), three) if tools else (three,)
    chunks = [chunk for chunk, _ in agent(tool_calling(*script), tools=tools).stream(ASKED, stream_mode="messages")]
    graph = agent(tool_calling(*script), tools=tools)
    chunks_async = [chunk async for chunk, _ in graph.astream(ASKED, stream_mode="messages")]
    for streamed in (chunks, chunks_async):
        assert not raw_in(streamed)
        assert "".join(str(c.text) for c in streamed if isinstance(c, AIMessage)) == "Ada"


def test_a_missing_candidate_is_asked_for_and_counted(tool_calling, as_reply):
    first = AIMessage(as_reply(("Ada", 0.4)), usage_metadata=USAGE)
    model = tool_calling(first, AIMessage(as_reply(("Bo", 0.4)), usage_metadata=USAGE))
    result = agent(model, middleware=VerbalizedSamplingMiddleware(k=2)).invoke(ASKED)
    assert len(result["messages"]) == 2
    assert len(result["verbalized_distribution"]["candidates"]) == 2
    assert result["messages"][-1].usage_metadata["total_tokens"] == 34


async def test_an_unreadable_answer_passes_or_raises(tool_calling):
    for ask in ("invoke", "ainvoke"):
        model = tool_calling("Call it Ada.")
        result = agent(model).invoke(ASKED) if ask == "invoke" else await agent(model).ainvoke(ASKED)
        assert result["messages"][-1].content == "Call it Ada."
        assert result["verbalized_distribution"]["candidates"] == []
        assert len(model.calls) == 1  # plain words are an answer
    strict = VerbalizedSamplingMiddleware(k=3, on_empty="raise")
    with pytest.raises(DistributionOutputParserException):
        agent(tool_calling("Call it Ada."), middleware=strict).invoke(ASKED)
    with pytest.raises(DistributionOutputParserException):
        await agent(tool_calling("Call it Ada."), middleware=strict).ainvoke(ASKED)


def test_a_refusal_passes_as_the_model_worded_it(tool_calling):
    result = agent(tool_calling("I'm sorry, but I can't help with that.")).invoke(ASKED)
    assert result["messages"][-1].content == "I'm sorry, but I can't help with that."


def test_structured_answers_pass_untouched(tool_calling):
    class Name(BaseModel):
        name: str

    model = tool_calling(calling("Name", name="Ada"))
    result = agent(model, response_format=ToolStrategy(Name)).invoke(ASKED)
    assert result["structured_response"] == Name(name="Ada")
    assert "verbalized_distribution" not in result


def test_a_checkpoint_gives_the_distribution_back(tool_calling, three):
    graph = agent(tool_calling(three), checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    graph.invoke(ASKED, config)
    state = graph.get_state(config).values
    assert Distribution.from_json(json.dumps(state["verbalized_distribution"])).argmax().text == "Ada"
    graph.invoke({"messages": [HumanMessage("And another")]}, config)
    messages = graph.get_state(config).values["messages"]
    assert [m.content for m in messages] == ["Name my cat", "Ada", "And another", "Ada"]
    assert not raw_in(messages)


def test_draws_repeat_with_a_seed_and_differ_between_inputs(tool_calling, as_reply):
    def reply_to(messages, kwargs):
        return as_reply(*((f"{name} {messages[-1].content}", 0.33) for name in ("Ada", "Bo", "Cy")))

    graph = agent(tool_calling(reply_to), middleware=VerbalizedSamplingMiddleware(k=3, seed=5))
    drawn = [graph.invoke({"messages": [HumanMessage(str(i))]})["messages"][-1].content for i in range(12)]
    again = [graph.invoke({"messages": [HumanMessage(str(i))]})["messages"][-1].content for i in range(12)]
    assert drawn == again
    assert len({text.split()[0] for text in drawn}) > 1


def test_where_it_applies_can_be_said(tool_calling, three):
    never = VerbalizedSamplingMiddleware(k=3, apply_to=lambda request: False)
    assert agent(tool_calling(three), middleware=never).invoke(ASKED)["messages"][-1].content == three
    named = VerbalizedSamplingMiddleware(k=3, state_key="names")
    assert "names" in agent(tool_calling(three), middleware=named).invoke(ASKED)
    with pytest.raises(SettingsError):
        VerbalizedSamplingMiddleware(select="all")


def test_it_lets_interrupts_and_other_middleware_through(tool_calling, three):
    class Asking(AgentMiddleware):
        def wrap_model_call(self, request, handler):
            interrupt("may I?")
            return handler(request)

    model = tool_calling(three)
    graph = create_agent(
        model,
        [look],
        middleware=[
            VerbalizedSamplingMiddleware(k=3, select="argmax"),
            Asking(),
            ModelCallLimitMiddleware(run_limit=5),
        ],
        checkpointer=InMemorySaver(),
    )
    config = {"configurable": {"thread_id": "1"}}
    assert graph.invoke(ASKED, config)["__interrupt__"]
    assert graph.invoke(Command(resume=True), config)["messages"][-1].content == "Ada"

    def bubbling(request):
        raise GraphBubbleUp

    with pytest.raises(GraphBubbleUp):
        VerbalizedSamplingMiddleware(k=3).wrap_model_call(_request(model), bubbling)


def _request(model):
    from langchain.agents.middleware import ModelRequest

    return ModelRequest(model=model, messages=ASKED["messages"])


async def test_an_agent_explores_with_the_tool(tool_calling, scripted, three):
    explore = VerbalizedSamplingTool(scripted(three), k=3)
    script = (calling(explore.name, query="Cat names"), "Ada it is.")
    graph = create_agent(tool_calling(*script), [explore], checkpointer=InMemorySaver())
    result = await graph.ainvoke(ASKED, {"configurable": {"thread_id": "1"}})
    seen = result["messages"][2]
    assert "Bo" in seen.content
    assert Distribution.from_json(json.dumps(seen.artifact)).argmax().text == "Ada"
