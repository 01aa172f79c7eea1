"""verbalized_search_tool: for FunctionAgent, for workflows, and by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, MessageRole, TextBlock, ToolCallBlock
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.workflow import StartEvent, StopEvent, Workflow, step
from llama_index.retrievers.verbalized_sampling import (
    VerbalizedFusionRetriever,
    VerbalizedQueryTransform,
    verbalized_search_tool,
)

from .support import ListRetriever, ScriptedLLM, reply


@pytest.fixture
def fusion(index: VectorStoreIndex) -> VerbalizedFusionRetriever:
    llm = ScriptedLLM(replies=[reply(("clean the trap under the sink hair soap", 1.0))], refuses_sync=False)
    return VerbalizedFusionRetriever([index.as_retriever()], VerbalizedQueryTransform(llm))


async def test_it_searches_for_the_bare_query_and_numbers_the_passages() -> None:
    inner = ListRetriever({"where?": [("here", 1.0), ("there {{ 1 + 1 }}", 0.5)]})
    tool = verbalized_search_tool(inner)
    for output in (tool.call(query="where?"), await tool.acall(query="where?")):
        assert output.content == "[1] here\n\n[2] there {{ 1 + 1 }}"
        assert [node.text for node in output.raw_output] == ["here", "there {{ 1 + 1 }}"]
    assert inner.asked == ["where?", "where?"]
    assert (await tool.acall(query="nowhere")).content == "Nothing was found."


def test_the_model_is_told_one_argument_and_what_it_is_good_for() -> None:
    tool = verbalized_search_tool(ListRetriever({}))
    function = tool.metadata.to_openai_tool()["function"]
    assert function["name"] == "search"
    assert "knowledge base" in function["description"]
    assert function["parameters"]["properties"].keys() == {"query"}
    assert function["parameters"]["required"] == ["query"]
    named = verbalized_search_tool(ListRetriever({}), name="handbook", description="The house handbook.")
    assert (named.metadata.name, named.metadata.description) == ("handbook", "The house handbook.")


# LlamaIndex looks through all attributes of an agent, pydantic's deprecated ones among them.
@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")
@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")
async def test_a_function_agent_searches_with_it(fusion: VerbalizedFusionRetriever) -> None:
    seen: list[list[ChatMessage]] = []

    def respond(messages: Sequence[ChatMessage], **kwargs: object) -> ChatMessage:
        seen.append(list(messages))
        found = [message for message in messages if message.role == MessageRole.TOOL]
        if not found:
            call = ToolCallBlock(tool_call_id="1", tool_name="search", tool_kwargs={"query": "blocked basin"})
            return ChatMessage(role="assistant", blocks=[call])
        return ChatMessage(role="assistant", blocks=[TextBlock(text=f"Read: {found[0].content[:60]}")])

    llm = MockFunctionCallingLLM(response_generator=respond, is_chat_model=True)
    agent = FunctionAgent(tools=[verbalized_search_tool(fusion)], llm=llm)
    result = await agent.run("My basin is blocked, what now?")
    assert "A slow sink is mostly hair and soap" in str(result)
    assert [call.tool_name for call in result.tool_calls] == ["search"]
    assert result.tool_calls[0].tool_output.raw_output[0].node_id == "drain-slow"


async def test_a_workflow_step_searches_with_it(fusion: VerbalizedFusionRetriever) -> None:
    class Search(Workflow):
        @step
        async def search(self, event: StartEvent) -> StopEvent:
            output = await verbalized_search_tool(fusion).acall(query=event.question)
            return StopEvent(result=output.raw_output)

    nodes = await Search().run(question="blocked basin")
    assert "drain-slow" in [node.node_id for node in nodes]
