"""One Runnable may ask several times and give what a word, a function or a judge takes; types are known throughout."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import typing
from importlib.util import find_spec
from typing import Annotated

import pytest
import typing_extensions
from langchain_core.messages import AIMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, RunnableLambda
from langchain_verbalized_sampling import (
    DistributionJudge,
    DistributionMajority,
    DistributionOutputParserException,
    VerbalizedSampling,
    VerbalizedSamplingMiddleware,
    VerbalizedSamplingOutputParser,
    VerbalizedSamplingTool,
)
from pydantic import BaseModel

from verbalized_sampling import SettingsError


async def by_all_ways(runnable, value="A name"):
    yield runnable.invoke(value)
    yield await runnable.ainvoke(value)
    yield list(runnable.stream(value))[-1]
    yield [piece async for piece in runnable.astream(value)][-1]
    yield runnable.batch([value])[0]
    yield (await runnable.abatch([value]))[0]


SELECTIONS = {
    "argmax": "Ada",
    "first": "Ada",
    "majority": "Ada",
    "all": ["Ada", "Bo", "Cy"],
}


@pytest.mark.parametrize(("select", "expected"), SELECTIONS.items(), ids=SELECTIONS)
async def test_a_word_selects(scripted, three, select, expected):
    async for value in by_all_ways(VerbalizedSampling(scripted(three), k=3, select=select)):
        assert value == expected


async def test_a_function_or_a_judge_selects(scripted, three):
    judge = scripted("The best is number 3.")
    for select in (lambda distribution: distribution[2], DistributionJudge(judge, "Shortest.")):
        async for value in by_all_ways(VerbalizedSampling(scripted(three), k=3, select=select)):
            assert value == "Cy"
    async for value in by_all_ways(VerbalizedSampling(scripted(three), k=3) | DistributionJudge(judge, "Shortest.")):
        assert value == "Cy"
    with pytest.raises(DistributionOutputParserException, match="judge"):
        (VerbalizedSampling(scripted(three), k=3) | DistributionJudge(scripted("None."), "x")).invoke("A name")


async def test_what_most_calls_gave_is_the_answer(scripted, as_reply):
    """Self-consistency: the answer of most calls, although another is given with more weight each time."""
    replies = [
        as_reply(("17", 0.9)),
        as_reply(("18", 0.4)),
        as_reply(("18", 0.4)),
        as_reply(("18", 0.4)),
        as_reply(("17", 0.9)),
    ]
    for chain in (
        VerbalizedSampling(scripted(*replies), k=1, calls=5, select="majority"),
        VerbalizedSampling(scripted(*replies), k=1, calls=5) | DistributionMajority(),
    ):
        async for value in by_all_ways(chain):
            assert value == "18"


def test_independent_calls_are_one_run_and_what_cannot_be_read_counts_for_nothing(scripted, three, trace):
    model = scripted(three, "Nothing to read here.", three)
    sampling = VerbalizedSampling(model, k=3, calls=3, max_extra_calls=0)
    distribution = sampling.invoke("A name", {"callbacks": [trace], "max_concurrency": 1})
    assert distribution.usage.calls == 2
    assert "failed_call" in distribution.repairs
    assert [c.text for c in distribution.dedupe()] == ["Ada", "Bo", "Cy"]
    (root,) = trace.roots
    assert [child.name for child in root.child_runs] == ["VerbalizedSampling"] * 3
    with pytest.raises(DistributionOutputParserException):
        VerbalizedSampling(scripted("Nothing."), calls=2).invoke("A name")


@pytest.mark.parametrize("call", ["sync", "async"])
async def test_what_independent_calls_gave_is_on_the_error_that_ends_them(call, scripted, three):
    sampling = VerbalizedSampling(scripted(three, ConnectionError("gone"), three), k=3, calls=3, max_extra_calls=0)
    with pytest.raises(ConnectionError) as caught:
        await sampling.ainvoke("A name") if call == "async" else sampling.invoke("A name", {"max_concurrency": 1})
    assert {candidate.text for candidate in caught.value.salvaged} == {"Ada", "Bo", "Cy"}
    with pytest.raises(ConnectionError) as caught:
        VerbalizedSampling(scripted(ConnectionError("gone")), calls=2).invoke("A name")
    assert not hasattr(caught.value, "salvaged")


def test_calls_and_select_are_configurable_and_pickle(scripted, three):
    model = scripted(three)
    sampling = VerbalizedSampling(model, k=3, select="argmax").configurable_fields(calls=ConfigurableField(id="calls"))
    assert sampling.invoke("A name", {"configurable": {"calls": 4}}) == "Ada"
    assert len(model.calls) == 4
    assert pickle.loads(pickle.dumps(VerbalizedSampling(model, select="majority"))).select == "majority"
    for wrong in ("best", 3, dict):
        with pytest.raises(SettingsError):
            VerbalizedSampling(model, select=wrong)


# Models


def test_what_is_no_model_is_refused_when_it_is_built(scripted):
    wrong = [None, 3, type(scripted("x")), ChatPromptTemplate.from_template("{x}") | scripted("x"), lambda x: x]
    for model in [*wrong, VerbalizedSampling(scripted("x"))]:
        with pytest.raises(SettingsError):
            VerbalizedSampling(model)
    with pytest.raises(SettingsError):
        DistributionJudge(None, "x")


def test_a_model_may_be_named(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    sampling = VerbalizedSampling("openai:gpt-6.1-terra", k=3)
    assert sampling.model.model_name == "gpt-6.1-terra"
    assert VerbalizedSamplingTool("openai:gpt-6.1-terra").sampler.model.model_name == "gpt-6.1-terra"
    with pytest.raises(SettingsError, match="nothing-of-it"):
        VerbalizedSampling("nothing-of-it")


# Candidate types


class Joke(typing.TypedDict):
    """A joke."""

    setup: Annotated[str, ..., "The question"]
    punchlines: typing.NotRequired[list[str]]


class ModernJoke(typing_extensions.TypedDict):
    setup: str
    punchlines: typing_extensions.NotRequired[list[str]]


SCHEMA = {
    "title": "Joke",
    "description": "A joke.",
    "type": "object",
    "properties": {
        "setup": {"type": "string", "description": "The question"},
        "punchlines": {"type": "array", "items": {"type": "string"}},
        "kind": {"enum": ["pun", "dad"]},
        "rating": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "of": {"$ref": "#/$defs/Author"},
    },
    "required": ["setup"],
    "$defs": {"Author": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
}
JOKES = json.dumps(
    {"responses": [{"setup": "Why?", "punchlines": ["Because."], "probability": 0.6}, {"setup": 3, "probability": 0.4}]}
)
WANTED = {"setup": "Why?", "punchlines": ["Because."]}


@pytest.mark.parametrize(
    "candidate",
    [Joke, ModernJoke, SCHEMA, {"name": "joke", "parameters": SCHEMA}],
    ids=["typing", "typing_extensions", "schema", "function"],
)
def test_candidates_may_be_what_structured_output_takes(scripted, candidate):
    model = scripted(JOKES)
    distribution = VerbalizedSampling(model, k=2, candidate=candidate, max_extra_calls=0).invoke("A joke")
    assert [c.value for c in distribution] == [WANTED]  # the other does not fit: 3 is no text
    assert '"setup"' in model.calls[0][0][0].content
    assert VerbalizedSamplingOutputParser(candidate=candidate).parse(JOKES)[0].value == WANTED
    assert VerbalizedSamplingMiddleware(candidate=candidate).elicitation.candidate is not None


@pytest.mark.parametrize("candidate", [Joke, SCHEMA])
def test_descriptions_stand_in_the_prompt(scripted, candidate):
    model = scripted(JOKES)
    VerbalizedSampling(model, candidate=candidate, max_extra_calls=0).invoke("A joke")
    assert "The question" in model.calls[0][0][0].content


def test_what_no_candidate_can_be_is_refused(scripted):
    v1 = pytest.importorskip("pydantic.v1")

    class Old(v1.BaseModel):
        name: str

    for candidate, word in ((Old, "pydantic.v1"), ({"type": "string"}, "object")):
        with pytest.raises(SettingsError, match=word):
            VerbalizedSampling(scripted("x"), candidate=candidate)


class Typed(BaseModel):
    setup: str


def test_a_type_parameter_is_the_candidate(scripted):
    sampling = VerbalizedSampling[Typed](scripted(JOKES), k=1, max_extra_calls=0)
    assert sampling.invoke("A joke")[0].value == Typed(setup="Why?")
    assert sampling.candidate is Typed


REVEALED = """
from langchain_core.language_models import FakeListChatModel
from langchain_verbalized_sampling import DistributionArgmax, DistributionSampler, DistributionTop, VerbalizedSampling
from pydantic import BaseModel
class Joke(BaseModel):
    setup: str
model = FakeListChatModel(responses=[])
typed = VerbalizedSampling(model, candidate=Joke)
reveal_type(typed.invoke("x"))
reveal_type((typed | DistributionSampler()).invoke("x"))
reveal_type((typed | DistributionSampler(2)).invoke("x"))
reveal_type((typed | DistributionArgmax()).invoke("x"))
reveal_type((typed | DistributionTop(2)).invoke("x"))
reveal_type(VerbalizedSampling(model).invoke("x"))
reveal_type(VerbalizedSampling[Joke](model).invoke("x"))
"""
TYPES = ["Distribution[Joke]", "Joke", "list[Joke]", "Joke", "list[Joke]", "Distribution[str]", "Distribution[Joke]"]


@pytest.mark.types
@pytest.mark.skipif(find_spec("mypy") is None, reason="needs the lint group")
def test_types_flow(tmp_path):
    (tmp_path / "chain.py").write_text(REVEALED)
    done = subprocess.run([sys.executable, "-m", "mypy", str(tmp_path / "chain.py")], capture_output=True, text=True)
    revealed = [line.rpartition('"')[0].rpartition('"')[2] for line in done.stdout.splitlines() if "Revealed" in line]
    known = [name.replace("chain.", "").replace("verbalized_sampling.values.distribution.", "") for name in revealed]
    assert known == TYPES


# Format instructions


def test_typed_format_instructions_stand_in_a_template(tool_calling):
    parser = VerbalizedSamplingOutputParser(k=2, candidate=Typed)
    template = ChatPromptTemplate(
        [("system", "{format_instructions}"), ("human", "{query}")],
        partial_variables={"format_instructions": parser.get_format_instructions()},
    )
    model = tool_calling(JOKES)
    assert (template | model | parser).invoke({"query": "A joke"})[0].value == Typed(setup="Why?")
    assert '"properties"' in model.calls[0][0][0].content


async def test_a_reply_of_tool_calls_alone_is_named_in_the_error(tool_calling):
    model = tool_calling(AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}]))
    sampling = VerbalizedSampling(model, k=2, structured="never")
    with pytest.raises(DistributionOutputParserException, match="look"):
        sampling.invoke("A name")
    with pytest.raises(DistributionOutputParserException, match="look"):
        [piece async for piece in sampling.astream("A name")]


def test_any_runnable_between_is_fine(scripted, three):
    assert VerbalizedSampling(scripted(three) | RunnableLambda(lambda m: m.content), k=3).invoke("x")[0].text == "Ada"
