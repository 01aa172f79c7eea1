"""The exploring tool behaves as any other tool, and an agent sees the candidates."""

from __future__ import annotations

import json

import pytest
from langchain_core.messages import ToolMessage
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests
from langchain_verbalized_sampling import VerbalizedSampling, VerbalizedSamplingTool

from verbalized_sampling import Distribution, SettingsError


def call(tool, **arguments):
    return {"name": tool.name, "args": arguments, "id": "1", "type": "tool_call"}


async def test_the_agent_sees_a_table_and_the_program_gets_the_distribution(scripted, three, trace):
    tool = VerbalizedSamplingTool(scripted(three), k=3)
    message = tool.invoke(call(tool, query="A name"), {"callbacks": [trace]})
    assert isinstance(message, ToolMessage)
    assert "Ada" in message.content and "0.5" in message.content
    expected = VerbalizedSampling(scripted(three), k=3).invoke("A name")
    assert Distribution.from_json(json.dumps(message.artifact)) == expected
    assert await tool.ainvoke(call(tool, query="A name")) == message
    (root,) = trace.roots
    assert [(run.name, run.run_type) for run in root.child_runs] == [("VerbalizedSampling", "chain")]


def test_markup_in_a_candidate_does_not_break_the_table(scripted, as_reply):
    tool = VerbalizedSamplingTool(scripted(as_reply(("a | b\n| c |", 0.5))), k=1)
    lines = tool.invoke(call(tool, query="x")).content.splitlines()
    assert len(lines) == 3


async def test_an_unusable_reply_is_told_to_the_agent(scripted):
    for reply in ("Names are hard.", "I'm sorry, but I can't help with that."):
        tool = VerbalizedSamplingTool(scripted(reply), k=3)
        for message in (tool.invoke(call(tool, query="x")), await tool.ainvoke(call(tool, query="x"))):
            assert message.status == "error"
            assert reply[:20] in message.content
    tool = VerbalizedSamplingTool(scripted(ConnectionError("gone")))
    with pytest.raises(ConnectionError):
        tool.invoke(call(tool, query="x"))


def test_a_sampler_or_a_model_with_settings(scripted, three):
    sampler = VerbalizedSampling(scripted(three), k=3, tau=0.2)
    assert VerbalizedSamplingTool(sampler).sampler is sampler
    tool = VerbalizedSamplingTool(scripted(three), k=4, tau=0.2, name="ideas", description="Gives ideas.")
    assert (tool.name, tool.description, tool.sampler.k, tool.sampler.tau) == ("ideas", "Gives ideas.", 4, 0.2)
    with pytest.raises(SettingsError):
        VerbalizedSamplingTool(sampler, k=4)


class Given:
    @property
    def tool_constructor(self):
        return VerbalizedSamplingTool

    @property
    def tool_constructor_params(self):
        return {"model": self.model, "k": 3}

    @property
    def tool_invoke_params_example(self):
        return {"query": "A name for a cat"}

    @pytest.fixture(autouse=True)
    def _model(self, scripted, three):
        self.model = scripted(three)

    @pytest.fixture
    def tool(self, _model):
        return VerbalizedSamplingTool(**self.tool_constructor_params)


class TestAsAnyTool(Given, ToolsUnitTests):
    pass


class TestAsAnyToolThatIsCalled(Given, ToolsIntegrationTests):
    pass
