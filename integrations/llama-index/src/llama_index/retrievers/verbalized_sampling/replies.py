"""From LlamaIndex's responses to the core's replies."""

from __future__ import annotations

from llama_index.core.base.llms.types import ChatResponse, CompletionResponse

from verbalized_sampling import Reply
from verbalized_sampling.adapters import reply_from

__all__ = ["reply_of"]


def reply_of(response: ChatResponse | CompletionResponse) -> Reply:
    """The text of a response, why it ended and what it cost, as far as the integration tells."""
    if isinstance(response, ChatResponse):
        return reply_from(response.raw, response, text=response.message.content or "")
    return reply_from(response.raw, response, text=response.text)
