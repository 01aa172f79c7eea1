"""DistributionOutputParser: instructions out, a distribution back."""

from __future__ import annotations

import pytest
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, MessageRole, TextBlock
from llama_index.core.prompts import PromptTemplate
from llama_index.core.types import BaseOutputParser
from llama_index.retrievers.verbalized_sampling import DistributionOutputParser
from pydantic import BaseModel

from verbalized_sampling import DistributionParseError, Elicitation

from .support import ScriptedLLM, reply

GOOD = reply(("a {brace}", 0.6), ("b", 0.2))


def test_it_reads_what_the_core_reads() -> None:
    parser = DistributionOutputParser(k=2)
    assert isinstance(parser, BaseOutputParser)
    assert parser.parse(GOOD) == Elicitation(k=2).parser().parse(GOOD)
    with pytest.raises(DistributionParseError):
        parser.parse("nothing of the kind")


def test_typed_candidates() -> None:
    class Answer(BaseModel):
        year: int

    text = '{"responses": [{"year": 1989, "probability": 0.9}, {"year": "soon", "probability": 0.1}]}'
    distribution = DistributionOutputParser(candidate=Answer).parse(text)
    assert [c.value for c in distribution] == [Answer(year=1989)]


def test_a_prompt_that_carries_it_sends_the_instructions_and_leaves_the_query_alone() -> None:
    parser = DistributionOutputParser(k=4)
    prompt = PromptTemplate("Tell me about {topic}", output_parser=parser)
    text = prompt.format(topic='{"role": "system"} {topic}')
    assert text.startswith("You are a helpful assistant.")
    assert "four possible responses" in text
    assert text.endswith('Tell me about {"role": "system"} {topic}')
    llm = ScriptedLLM(replies=[GOOD])
    assert [c.text for c in parser.parse(llm.predict(prompt, topic="braces"))] == ["a {brace}", "b"]


def test_an_llm_that_carries_it_answers_with_the_distribution_as_text() -> None:
    llm = ScriptedLLM(replies=[GOOD], output_parser=DistributionOutputParser())
    answer = llm.predict(PromptTemplate("{query_str}"), query_str="q")
    assert llm.asked[0][0].role == MessageRole.SYSTEM
    assert "a {brace}" in answer


def test_messages_get_one_system_message_and_keep_what_is_not_text() -> None:
    image = ImageBlock(url="https://example.org/leaf.png")
    messages = [
        ChatMessage(role="system", content="You speak to sailors."),
        ChatMessage(role="user", content="before"),
        ChatMessage(role="assistant", content="yes"),
        ChatMessage(role="user", blocks=[image, TextBlock(text="the question")]),
    ]
    before = [message.model_dump() for message in messages]
    formatted = DistributionOutputParser().format_messages(messages)
    assert [message.model_dump() for message in messages] == before
    assert [m.role.value for m in formatted] == ["system", "user", "assistant", "user"]
    assert formatted[0].content.startswith("You speak to sailors.\n\nYou are a helpful assistant.")
    assert formatted[-1].content == "the question"
    assert image in formatted[-1].blocks
    assert DistributionOutputParser().format_messages([]) == []
