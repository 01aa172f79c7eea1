"""reply_of(): what integrations say beside the text, each in its own way."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse, ThinkingBlock
from llama_index.retrievers.verbalized_sampling.replies import reply_of

from verbalized_sampling import Reply, Usage


def chat(content: object, raw: object = None, **additional: object) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role="assistant", content=content), raw=raw, additional_kwargs=additional)


OPENAI = SimpleNamespace(
    choices=[SimpleNamespace(finish_reason="length", message=SimpleNamespace(refusal=None))],
    usage=SimpleNamespace(prompt_tokens=7, completion_tokens=9),
)
DECLINED = {"choices": [{"finish_reason": "stop", "message": {"refusal": "No."}}]}


@pytest.mark.parametrize(
    ("response", "reply"),
    [
        (chat("hi"), Reply("hi")),
        (chat(None), Reply("")),
        (chat([ThinkingBlock(content="hm")]), Reply("")),
        (chat("hi", OPENAI), Reply("hi", "length", Usage(1, 7, 9))),
        (chat(None, DECLINED), Reply("", "stop", None, "No.")),
        (
            chat("hi", {"stop_reason": "max_tokens", "usage": {"input_tokens": 3, "output_tokens": 4}}),
            Reply("hi", "max_tokens", Usage(1, 3, 4)),
        ),
        (chat("I won't.", {"stop_reason": "refusal"}), Reply("I won't.", "refusal")),
        (chat("hi", {"done_reason": "stop"}), Reply("hi", "stop")),
        (chat("hi", {"choices": []}), Reply("hi")),
        (chat("hi", prompt_tokens=5, completion_tokens=6), Reply("hi", None, Usage(1, 5, 6))),
        (CompletionResponse(text="hi", raw=OPENAI), Reply("hi", "length", Usage(1, 7, 9))),
    ],
)
def test_text_reason_cost_and_refusal(response: object, reply: Reply) -> None:
    assert reply_of(response) == reply
