"""From LlamaIndex's responses to the core's replies."""

from __future__ import annotations

from llama_index.core.base.llms.types import ChatResponse, CompletionResponse

from verbalized_sampling import Reply
from verbalized_sampling.adapters import reply_from

__all__ = ["reply_of"]


def reply_of(response: ChatResponse | CompletionResponse) -> Reply:
    """The text of a response, why it ended and what it cost, as far as the integration tells."""
    if isinstance(response, ChatResponse):
        text, others = response.message.content or "", response.additional_kwargs or response.message.additional_kwargs
    else:
        text, others = response.text, response.additional_kwargs
    if text and not response.raw and not others:  # nothing else is said, and looking for it everywhere takes longest
        return Reply(text)
    return reply_from(response.raw, response, text=text)
