"""Why a model stopped, in the words of any provider."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Stop", "stop_of"]

Stop = Literal["cut", "blocked", "other"]
"""A length limit ended the reply; the provider or the model withheld it; anything else (it was done, it called a
tool)."""

_CUT = frozenset(
    {
        "length",  # OpenAI and most, Ollama, TGI
        "max_tokens",  # Anthropic, Bedrock, Gemini, Cohere, watsonx
        "max_output_tokens",  # OpenAI's Responses
        "max_completion_tokens",
        "model_length",  # Mistral
        "model_context_window_exceeded",  # Anthropic, Bedrock
        "incomplete",  # the status of OpenAI's Responses, where no details are given
    }
)
_BLOCKED = frozenset(
    {
        "refusal",  # Anthropic
        "content_filter",  # OpenAI, Azure, Mistral
        "content_filtered",  # Bedrock
        "guardrail_intervened",  # Bedrock
        "error_toxic",  # Cohere
        "error_moderation",  # watsonx
        # Gemini and Vertex: of a reply, of a prompt
        *("safety", "prohibited_content", "blocklist", "recitation", "spii", "language", "block_reason_unspecified"),
        *("image_safety", "image_prohibited_content", "image_recitation", "model_armor", "jailbreak"),
    }
)
_WORD = re.compile(r"[a-z_]+\Z")


def stop_of(reason: str | None) -> Stop:
    """What a finish reason means, however it is written: ``SAFETY``, ``FinishReason.SAFETY``, ``content-filter``."""
    word = _WORD.search((reason or "").strip().lower().replace("-", "_").replace(" ", "_"))
    name = word[0].removeprefix("finish_reason_") if word else ""
    return "cut" if name in _CUT else "blocked" if name in _BLOCKED else "other"
