"""The output parser: every method and every way to cut a reply ends in the same distribution, or the same error."""

from __future__ import annotations

import asyncio
import json
import pickle
import random
from pathlib import Path

import pytest
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, Generation
from langchain_core.prompts import ChatPromptTemplate
from langchain_verbalized_sampling import DistributionOutputParserException, VerbalizedSamplingOutputParser
from pydantic import BaseModel

from verbalized_sampling import Distribution, DistributionParseError, RefusalError
from verbalized_sampling.parsing import StreamedCandidate

DATA = Path(__file__).parents[2] / "data" / "replies"
RECORDED = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.rglob("*.json"))}
MESSY = {
    "refusal": "I'm sorry, but I can't help with that.",
    "thoughts": '<think>{"responses": []}</think>{"responses": [{"text": "Ada", "probability": 0.5}]}',
    "prose": 'Here you are:\n[{"text": "Ada", "probability": 0.5}]\nEnjoy!',
    "fence": '```json\n{"responses": [{"text": "Ada", "probability": 0.5}]}\n```',
    "backticks": '{"responses": [{"text": "use ```code``` here", "probability": 0.5}]}',
    "percent": '{"responses": [{"text": "Ada", "probability": "60%"}, {"text": "Bo", "probability": "40%"}]}',
    "truncated": '{"responses": [{"text": "Ada", "probability": 0.5}, {"text": "Bo", "prob',
    "cut at once": '{"responses": [{"text": "Ad',
    "nothing": "Names are hard.",
    "empty": "",
}


def outcome(read):
    try:
        return read()
    except (DistributionParseError, RefusalError) as error:
        return type(error), str(error)


def forms(text, cuts):
    """The same reply as each kind of chunk that LangChain knows."""
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return {
        "str": pieces,
        "chunks": [AIMessageChunk(piece) for piece in pieces],
        "blocks": [AIMessageChunk([{"type": "text", "text": piece, "index": 0}]) for piece in pieces],
        "message": [AIMessage(text)],
    }


@pytest.mark.parametrize(("text", "settings"), [
    *[pytest.param(case["reply"], case.get("settings", {}), id=name) for name, case in RECORDED.items()],
    *[pytest.param(text, {}, id=name) for name, text in MESSY.items()],
])  # fmt: skip
async def test_streaming_ends_in_what_invoke_gives_however_the_reply_is_cut(text, settings):
    settings = {key: value for key, value in settings.items() if key in VerbalizedSamplingOutputParser.model_fields}
    parser = VerbalizedSamplingOutputParser(**settings)
    whole = outcome(lambda: parser.invoke(text))
    assert outcome(lambda: parser.invoke(AIMessage(text))) == whole
    assert outcome(lambda: parser.parse_result([Generation(text=text)])) == whole
    assert outcome(lambda: parser.parse_result([ChatGeneration(message=AIMessage(text))])) == whole
    rng = random.Random(text)
    for count in (0, 1, 7, len(text)):
        cuts = sorted(rng.sample(range(1, len(text)), min(count, len(text) - 1))) if len(text) > 1 else []
        for chunks in forms(text, cuts).values():
            assert outcome(lambda: list(parser.transform(iter(chunks)))[-1]) == whole  # noqa: B023

    async def last():
        async def source():
            for character in text:
                yield character

        return [piece async for piece in parser.atransform(source())][-1]

    try:
        streamed = await last()
    except (DistributionParseError, RefusalError) as error:
        streamed = type(error), str(error)
    assert streamed == whole


@pytest.mark.parametrize("name", RECORDED)
def test_deltas_add_up_to_the_candidates(name):
    case = RECORDED[name]
    if case["candidates"] is None:
        return
    parser = VerbalizedSamplingOutputParser(diff=True)
    whole = parser.invoke(case["reply"])
    got: list[StreamedCandidate] = []
    for delta in parser.transform(iter(case["reply"])):
        if delta and delta[0].index == 0:
            got = []  # what came before was a draft
        got += delta
    assert [(c.text, c.verbalized, c.index) for c in got] == [
        (c.text, c.verbalized, c.index) for c in sorted(whole, key=lambda c: c.index)
    ]


def test_every_candidate_is_given_as_soon_as_it_is_complete(three):
    sizes = [len(piece) for piece in VerbalizedSamplingOutputParser(k=3).transform(iter(three))]
    assert sizes == [1, 2, 3]


async def test_async_methods_agree_and_stay_on_the_event_loop(three, monkeypatch):
    parser = VerbalizedSamplingOutputParser(k=3)
    expected = parser.parse(three)

    def no_threads(*args):
        raise AssertionError("a thread for parsing costs more than parsing")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", no_threads)
    assert await parser.ainvoke(three) == await parser.aparse(three) == expected
    assert await parser.aparse_result([Generation(text=three)]) == expected


def test_it_stands_in_a_chain_that_exists(scripted, three):
    parser = VerbalizedSamplingOutputParser(k=3, tau=0.25)
    prompt = ChatPromptTemplate.from_messages([("system", "{format}"), ("human", "{query}")]).partial(
        format=parser.get_format_instructions()
    )
    model = scripted(three)
    chain = prompt | model | parser
    assert chain.invoke({"query": "A name"}) == list(chain.stream({"query": "A name"}))[-1]
    sent = model.calls[0][0][0].content
    for piece in ("three", "less than 0.25", '"responses"'):
        assert piece in sent


def test_langchains_own_handlers_know_the_error():
    with pytest.raises(OutputParserException) as caught:
        VerbalizedSamplingOutputParser().invoke("Names are hard.")
    error = caught.value
    assert isinstance(error, DistributionParseError)
    assert error.send_to_llm
    assert "no candidates" in error.observation
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.llm_output) == (
        DistributionOutputParserException,
        str(error),
        error.llm_output,
    )


def test_partial_results_are_what_is_there(three):
    parser = VerbalizedSamplingOutputParser(k=3)
    assert parser.parse_result([Generation(text="")], partial=True) == Distribution()
    assert len(parser.parse_result([Generation(text=three[:70])], partial=True)) == 1


class Person(BaseModel):
    name: str
    age: int


def test_typed_candidates_are_validated_one_by_one():
    parser = VerbalizedSamplingOutputParser(candidate=Person)
    text = json.dumps({"responses": [
        {"name": "Ada", "age": 36, "probability": 0.6},
        {"name": "Bo", "age": "old", "probability": 0.4},
    ]})  # fmt: skip
    distribution = parser.invoke(text)
    assert [c.value for c in distribution] == [Person(name="Ada", age=36)]
    assert len(distribution.dropped) == 1
    assert list(parser.transform(iter(text)))[-1] == distribution
    assert "Person" in json.dumps(parser.get_output_jsonschema())


def test_it_pickles():
    parser = VerbalizedSamplingOutputParser(k=3, tau=0.1, candidate=Person, diff=True)
    assert pickle.loads(pickle.dumps(parser)) == parser
