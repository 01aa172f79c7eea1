"""What an agent sends its model for a turn, and what comes back: read and remade."""

from __future__ import annotations

from typing import Any

from langchain.agents.middleware import ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, SystemMessage, ToolMessage
from langchain_core.messages.base import BaseMessage

from verbalized_sampling import Request

from .conversation import Conversation

__all__ = ["answer_in", "asking", "without_tools"]


def asking(request: ModelRequest[Any], conversation: Conversation, asked: Request) -> ModelRequest[Any]:
    """The agent's request, with what a plan asks in the place of its messages."""
    messages: list[Any] = conversation.messages(asked)
    system = messages.pop(0) if isinstance(messages[0], SystemMessage) else None
    return request.override(system_message=system, messages=messages)


def answer_in(response: ModelResponse[Any]) -> AIMessage | None:
    """What the model said."""
    return next((message for message in reversed(response.result) if isinstance(message, AIMessage)), None)


def without_tools(request: ModelRequest[Any]) -> ModelRequest[Any]:
    """The request without its tools, if nothing else in it speaks of tools.

    Providers refuse calls and results of tools that they are not told of (Anthropic), and settings for none (OpenAI).
    That no tool may be called would have to be said to each of them in words of its own.
    """
    spoken_of = any("tool" in setting for setting in request.model_settings) or any(map(_uses_tools, request.messages))
    return request if spoken_of else request.override(tools=[], tool_choice=None)


def _uses_tools(message: Any) -> bool:
    if isinstance(message, ToolMessage) or getattr(message, "tool_calls", None):
        return True
    blocks = message.content if isinstance(message, BaseMessage) and isinstance(message.content, list) else ()
    kinds = (str(block.get("type")) for block in blocks if isinstance(block, dict))
    return any("tool" in kind or "call" in kind for kind in kinds)  # a provider's own too: a search of the web
