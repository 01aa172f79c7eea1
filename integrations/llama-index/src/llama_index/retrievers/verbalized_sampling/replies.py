"""From LlamaIndex's responses to the core's replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_index.core.base.llms.types import ChatResponse, CompletionResponse

from verbalized_sampling import Reply, Usage

__all__ = ["reply_of"]

_REASONS = ("finish_reason", "stop_reason", "done_reason")  # OpenAI and most; Anthropic; Ollama


def reply_of(response: ChatResponse | CompletionResponse) -> Reply:
    """The text of a response, why it ended and what it cost, as far as the integration tells."""
    text = response.message.content if isinstance(response, ChatResponse) else response.text
    choices = _get(response.raw, "choices")
    choice = choices[0] if isinstance(choices, list | tuple) and choices else None
    reason = _finish_reason(choice, response.raw, response.additional_kwargs)
    refusal = _get(_get(choice, "message"), "refusal")  # OpenAI; Anthropic has a reason of that name
    if reason == "refusal":
        refusal = text or reason
    return Reply(text or "", reason, _usage(response), refusal if isinstance(refusal, str) else None)


def _finish_reason(*places: Any) -> str | None:
    found = (_get(place, name) for place in places for name in _REASONS)
    return next((reason for reason in found if isinstance(reason, str)), None)


def _usage(response: ChatResponse | CompletionResponse) -> Usage | None:
    for counts in (_get(response.raw, "usage"), response.additional_kwargs):
        for asked, answered in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
            tokens = _get(counts, asked), _get(counts, answered)
            if all(isinstance(count, int) for count in tokens):
                return Usage(1, *tokens)
    return None


def _get(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
