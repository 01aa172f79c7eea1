"""VerbalizedSynthesizer: an answer drawn from a distribution of answers, in one call."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.prompts import PromptTemplate
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.retrievers.verbalized_sampling import VerbalizedSynthesizer, to_llama_prompt

from verbalized_sampling import Distribution, DistributionParseError, RefusalError, Repair, SettingsError

from .support import ScriptedLLM, reply, ticking

GOOD = reply(("twice a day", 0.2), ("weekly", 0.7), ("never", 0.1))
NODES = [NodeWithScore(node=TextNode(text=text), score=1.0) for text in ("Feed it daily.", "In the fridge, weekly.")]


async def both(synthesizer: VerbalizedSynthesizer, query: str = "how often?") -> object:
    first, second = synthesizer.synthesize(query, NODES), await synthesizer.asynthesize(query, NODES)
    assert (first.response, first.metadata) == (second.response, second.metadata)
    return first


@pytest.mark.parametrize(("select", "answer"), [("argmax", "weekly"), ("first", "twice a day")])
async def test_it_answers_with_the_candidate_that_was_asked_for(select: str, answer: str) -> None:
    llm = ScriptedLLM(replies=[GOOD])
    response = await both(VerbalizedSynthesizer(llm, select=select))
    assert str(response) == answer
    assert llm.calls == ["chat", "achat"]
    assert [node.text for node in response.source_nodes] == [node.text for node in NODES]


async def test_the_distribution_is_in_the_metadata_and_in_the_events(recorder: object) -> None:
    response = await both(VerbalizedSynthesizer(ScriptedLLM(replies=[GOOD]), select="argmax"))
    stored = Distribution.from_json(json.dumps(response.metadata["distribution"]))
    assert {c.text: c.probability for c in stored} == pytest.approx({"weekly": 0.7, "twice a day": 0.2, "never": 0.1})
    assert recorder.of("VerbalizedDistributionEvent")[0].distribution == stored
    assert set(response.metadata) == {node.node_id for node in NODES} | {"distribution"}


def test_answers_follow_the_weights_and_a_seed_repeats_them() -> None:
    synthesizer = VerbalizedSynthesizer(ScriptedLLM(replies=[GOOD]), seed=3)
    questions = [f"how often, {number}?" for number in range(200)]
    answers = [str(synthesizer.synthesize(question, NODES)) for question in questions]
    assert Counter(answers)["weekly"] / 200 == pytest.approx(0.7, abs=0.1)
    assert [str(synthesizer.synthesize(question, NODES)) for question in questions] == answers


@pytest.mark.parametrize("is_chat", [True, False])
def test_context_question_and_instructions_reach_the_model_once(is_chat: bool) -> None:
    llm = ScriptedLLM(replies=[GOOD], is_chat=is_chat)
    VerbalizedSynthesizer(llm, k=3).synthesize("how often {context_str}?", NODES)
    asked = llm.asked[0]
    text = "\n".join(m.content for m in asked) if is_chat else asked
    for piece in ("three possible responses", "Feed it daily.", "In the fridge, weekly.", "how often {context_str}?"):
        assert text.count(piece) == 1, piece
    if is_chat:
        assert [m.role for m in asked] == [MessageRole.SYSTEM, MessageRole.USER]


def test_nothing_retrieved_is_no_call() -> None:
    llm = ScriptedLLM(replies=[GOOD])
    response = VerbalizedSynthesizer(llm, empty_response="No idea.").synthesize("how often?", [])
    assert (str(response), llm.calls) == ("No idea.", [])


@pytest.mark.parametrize("is_chat", [True, False])
async def test_a_reply_in_plain_words_is_the_one_answer_and_on_record(is_chat: bool) -> None:
    for words in (
        "I do not know, sorry.",
        "I'm sorry, I can't tell from these notes.",
        "[1] says weekly.",
        "```sh\nls\n```",
    ):
        llm = ScriptedLLM(replies=[f"<think>Hm.</think>{words}"], is_chat=is_chat)
        response = await both(VerbalizedSynthesizer(llm))
        assert str(response) == words
        stored = Distribution.from_json(json.dumps(response.metadata["distribution"]))
        assert [(c.text, c.probability, c.verbalized) for c in stored] == [(words, 1.0, None)]
        assert (stored[0].repairs, stored.reasoning) == ((Repair.MISSING_PROBABILITY,), "Hm.")
        assert Repair.OTHER_FORMAT in stored.repairs


@pytest.mark.parametrize(
    "text",
    ["", "  ", '{"responses": [', '```json\n{"responses": []}\n```', "<response><text>", "<think>Hm.</think>", "echo"],
)
async def test_what_is_no_answer_in_any_words_is_a_typed_error(text: str) -> None:
    if text == "echo":
        text = to_llama_prompt("standard").format(query_str="how often?")
    with pytest.raises(DistributionParseError):
        await VerbalizedSynthesizer(ScriptedLLM(replies=[text])).asynthesize("how often?", NODES)
    with pytest.raises(DistributionParseError):
        VerbalizedSynthesizer(ScriptedLLM(replies=[text])).synthesize("how often?", NODES)


async def test_a_reply_that_the_endpoint_marks_as_refused_is_a_refusal() -> None:
    blocked = ChatResponse(
        message=ChatMessage(role="assistant", content="I cannot."),
        raw={"choices": [{"finish_reason": "content_filter"}]},
    )
    with pytest.raises(RefusalError):
        await both(VerbalizedSynthesizer(ScriptedLLM(replies=[blocked])))


async def test_an_extra_call_that_is_allowed_comes_before_plain_words_are_taken() -> None:
    llm = ScriptedLLM(replies=["Weekly, I think.", GOOD, "Weekly, I think.", GOOD])
    assert str(await both(VerbalizedSynthesizer(llm, max_extra_calls=1, select="argmax"))) == "weekly"


def test_a_list_is_no_answer() -> None:
    with pytest.raises(SettingsError, match="select"):
        VerbalizedSynthesizer(ScriptedLLM(replies=[GOOD]), select="all")


def test_its_prompts_can_be_replaced() -> None:
    llm = ScriptedLLM(replies=[GOOD])
    synthesizer = VerbalizedSynthesizer(llm)
    assert set(synthesizer.get_prompts()) == {"text_qa_template", "refine_template", "vs_prompt"}
    synthesizer.update_prompts(synthesizer.get_prompts())
    synthesizer.update_prompts(
        {
            "text_qa_template": PromptTemplate("{context_str} || {query_str}"),
            "vs_prompt": PromptTemplate("{k} answers: {query_str}"),
        }
    )
    synthesizer.synthesize("how often?", NODES)
    content = "5 answers: Feed it daily.\n\nIn the fridge, weekly. || how often?"
    assert [m.content for m in llm.asked[0]] == [content]


async def test_in_a_query_engine_it_does_not_block(index: VectorStoreIndex) -> None:
    llm = ScriptedLLM(replies=[GOOD], delay=0.5, refuses_sync=True)
    engine = RetrieverQueryEngine(index.as_retriever(), VerbalizedSynthesizer(llm, select="argmax"))
    async with ticking() as ticker:
        response = await engine.aquery("how often does a sourdough starter want flour")
    assert str(response) == "weekly"
    assert response.source_nodes[0].node_id == "starter-feed"
    assert ticker.longest < 0.4
