"""VerbalizedSynthesizer in the places of LlamaIndex's own: long contexts, streams, typed answers, engines that chat."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.base.response.schema import AsyncStreamingResponse, PydanticResponse, StreamingResponse
from llama_index.core.chat_engine import CondenseQuestionChatEngine
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.query_engine import (
    CitationQueryEngine,
    RetrieverQueryEngine,
    RouterQueryEngine,
    SubQuestionQueryEngine,
)
from llama_index.core.question_gen import LLMQuestionGenerator
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.core.selectors import LLMSingleSelector
from llama_index.core.tools import QueryEngineTool
from llama_index.retrievers.verbalized_sampling import VerbalizedSynthesizer
from pydantic import BaseModel

from verbalized_sampling import Distribution, DistributionParseError, Repair, SettingsError

from .support import ScriptedLLM, reply, ticking

QUESTION = "how often does a sourdough starter want flour"
GOOD = reply(("twice a day", 0.2), ("weekly,\n in the fridge", 0.7), ("never", 0.1))
ANSWER = "weekly,\n in the fridge"


class Schedule(BaseModel):
    task: str
    days: int


TYPED = (
    '{"responses": [{"task": "feed", "days": 1, "probability": 0.3}, {"task": "feed", "days": 7, "probability": 0.7}]}'
)


def engine(index: VectorStoreIndex, llm: ScriptedLLM, **settings: Any) -> RetrieverQueryEngine:
    return RetrieverQueryEngine(index.as_retriever(), VerbalizedSynthesizer(llm, select="argmax", **settings))


# Context beyond the window


def asked_about(llm: ScriptedLLM) -> list[str]:
    return ["\n".join(m.content for m in asked) if isinstance(asked, list) else asked for asked in llm.asked]


@pytest.mark.parametrize("is_chat", [True, False])
@pytest.mark.parametrize("is_async", [True, False])
async def test_context_beyond_the_window_is_refined_over_and_none_of_it_is_lost(is_chat: bool, is_async: bool) -> None:
    words = [f"leaf{number}" for number in range(6000)]
    nodes = [
        NodeWithScore(node=TextNode(text=" ".join(words[at : at + 1500])), score=1.0)
        for at in range(0, len(words), 1500)
    ]
    replies = [reply((f"answer number {step}", 0.9), ("another", 0.1)) for step in range(20)]
    llm = ScriptedLLM(replies=replies, is_chat=is_chat)
    synthesizer = VerbalizedSynthesizer(llm, select="argmax")
    response = await synthesizer.asynthesize("how?", nodes) if is_async else synthesizer.synthesize("how?", nodes)
    asked = asked_about(llm)
    assert 2 < len(asked) < 20
    assert set(re.findall(r"leaf\d+", " ".join(asked))) == set(words)
    for step, text in enumerate(asked):
        assert ("answer number" in text) == bool(step)
        assert f"answer number {step - 1}" in text or not step
        assert "five possible responses" in text
        assert len(synthesizer._prompt_helper._token_counter.tokenizer(text)) < 4096 - 256
    assert str(response) == f"answer number {len(asked) - 1}"
    assert [node.node_id for node in response.source_nodes] == [node.node_id for node in nodes]


def test_what_fits_is_one_call() -> None:
    llm = ScriptedLLM(replies=[GOOD])
    VerbalizedSynthesizer(llm).synthesize("how?", [NodeWithScore(node=TextNode(text="leaf " * 2500), score=1.0)])
    assert len(llm.calls) == 1


@pytest.mark.parametrize("later", ["", '{"responses": ['])
def test_a_part_that_brings_nothing_readable_leaves_the_answer_and_says_so(
    later: str, caplog: pytest.LogCaptureFixture
) -> None:
    llm = ScriptedLLM(replies=[GOOD, later])
    nodes = [NodeWithScore(node=TextNode(text="leaf " * 4000), score=1.0)]
    response = VerbalizedSynthesizer(llm, select="argmax").synthesize("how?", nodes)
    assert len(llm.calls) > 1
    assert str(response) == ANSWER
    assert Repair.UNREADABLE_REPLY in response.metadata["distribution"]["repairs"]
    assert "did not refine" in caplog.text


def test_a_long_answer_so_far_leaves_less_room_and_still_loses_nothing() -> None:
    words = [f"leaf{number}" for number in range(2500)]
    llm = ScriptedLLM(replies=[reply(("branch " * 1500, 0.9))])
    VerbalizedSynthesizer(llm).synthesize("how?", [NodeWithScore(node=TextNode(text=" ".join(words)), score=1.0)])
    assert set(re.findall(r"leaf\d+", " ".join(asked_about(llm)))) == set(words)


def test_an_answer_from_before_is_refined() -> None:
    llm = ScriptedLLM(replies=[GOOD])
    answer = VerbalizedSynthesizer(llm, select="argmax").get_response("how?", ["A note."], prev_response="daily")
    assert answer == ANSWER
    assert "daily" in asked_about(llm)[0]


# Streams


async def test_a_stream_gives_the_answer_in_pieces_and_has_the_distribution(index: VectorStoreIndex) -> None:
    response = engine(index, ScriptedLLM(replies=[GOOD]), streaming=True).query(QUESTION)
    assert isinstance(response, StreamingResponse)
    pieces = list(response.response_gen)
    assert ("".join(pieces), len(pieces)) == (ANSWER, 4)
    assert response.metadata["distribution"]["candidates"]
    assert response.source_nodes[0].node_id in response.metadata
    response = await engine(index, ScriptedLLM(replies=[GOOD]), streaming=True).aquery(QUESTION)
    assert isinstance(response, AsyncStreamingResponse)
    assert "".join([piece async for piece in response.async_response_gen()]) == ANSWER
    assert response.metadata["distribution"]["candidates"]


async def test_a_chat_about_documents_works_in_all_four_ways(index: VectorStoreIndex) -> None:
    llm = ScriptedLLM(replies=[GOOD])  # the condensed question too is what it says, and as good as any
    memory = ChatMemoryBuffer.from_defaults(llm=llm)
    chat = CondenseQuestionChatEngine.from_defaults(engine(index, llm), llm=llm, memory=memory)
    assert str(chat.chat(QUESTION)) == ANSWER
    stream = chat.stream_chat(QUESTION)
    assert "".join(stream.response_gen) == ANSWER
    assert str(await chat.achat(QUESTION)) == ANSWER
    astream = await chat.astream_chat(QUESTION)
    assert "".join([piece async for piece in astream.async_response_gen()]) == ANSWER
    said = [message.content for message in chat.chat_history if message.role == "assistant"]
    assert said == [ANSWER] * 4


async def test_a_stream_in_plain_words_and_one_of_nothing(index: VectorStoreIndex) -> None:
    response = engine(index, ScriptedLLM(replies=["I do not know, sorry."]), streaming=True).query(QUESTION)
    assert str(response) == "I do not know, sorry."
    nothing = VerbalizedSynthesizer(ScriptedLLM(replies=[GOOD]), streaming=True, empty_response="No idea.")
    assert str(nothing.synthesize(QUESTION, [])) == "No idea."


async def test_an_async_stream_does_not_block(index: VectorStoreIndex) -> None:
    llm = ScriptedLLM(replies=[GOOD], delay=0.5, refuses_sync=True)
    async with ticking() as ticker:
        response = await engine(index, llm, streaming=True).aquery(QUESTION)
    assert (await response.get_response()).response == ANSWER
    assert ticker.longest < 0.4


# Typed answers


@pytest.mark.parametrize("way", ["output_cls", "candidate", "structured llm"])
async def test_typed_answers_are_pydantic_responses(index: VectorStoreIndex, way: str) -> None:
    llm = ScriptedLLM(replies=[TYPED])
    settings = {} if way == "structured llm" else {way: Schedule}
    made = engine(index, llm.as_structured_llm(Schedule) if way == "structured llm" else llm, **settings)
    for response in (made.query(QUESTION), await made.aquery(QUESTION)):
        assert isinstance(response, PydanticResponse)
        assert response.response == Schedule(task="feed", days=7)
        assert (response.days, response.source_nodes[0].node_id in response.metadata) == (7, True)
        stored = Distribution.from_json(json.dumps(response.metadata["distribution"]), candidate=Schedule)
        assert [c.value.days for c in stored] == [7, 1]
    assert "days" in asked_about(llm)[0]


def test_a_typed_answer_streams_as_its_json(index: VectorStoreIndex) -> None:
    response = engine(index, ScriptedLLM(replies=[TYPED]), output_cls=Schedule, streaming=True).query(QUESTION)
    assert Schedule.model_validate_json(str(response)).days == 7


def test_plain_words_are_no_typed_answer(index: VectorStoreIndex) -> None:
    with pytest.raises(DistributionParseError):
        engine(index, ScriptedLLM(replies=["I do not know, sorry."]), output_cls=Schedule).query(QUESTION)


def test_two_types_for_one_answer_are_a_mistake() -> None:
    with pytest.raises(SettingsError, match="output_cls"):
        VerbalizedSynthesizer(ScriptedLLM(replies=[GOOD]), output_cls=Schedule, candidate=int)


# In other engines


async def test_engines_that_take_a_synthesizer_take_this_one(index: VectorStoreIndex) -> None:
    Settings.llm = llm = ScriptedLLM(replies=[GOOD])
    synthesizer = VerbalizedSynthesizer(llm, select="argmax")
    tool = QueryEngineTool.from_defaults(engine(index, llm), name="notes", description="Notes on bread.")
    questions = '```json\n{"items": [{"sub_question": "How often?", "tool_name": "notes"}]}\n```'
    choice = '[{"choice": 1, "reason": "It is about bread."}]'
    sub = LLMQuestionGenerator.from_defaults(llm=ScriptedLLM(replies=[questions], is_chat=False))
    selector = LLMSingleSelector.from_defaults(llm=ScriptedLLM(replies=[choice], is_chat=False))
    engines = [
        CitationQueryEngine.from_args(index, llm=llm, response_synthesizer=synthesizer),
        SubQuestionQueryEngine.from_defaults([tool], question_gen=sub, response_synthesizer=synthesizer),
        RouterQueryEngine.from_defaults([tool], llm=llm, selector=selector),
        index.as_query_engine(llm=llm, response_synthesizer=synthesizer),
    ]
    for made in engines:
        assert str(made.query(QUESTION)) == ANSWER
        response = await made.aquery(QUESTION)
        assert str(response) == ANSWER
        assert "distribution" in response.metadata
