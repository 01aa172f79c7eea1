"""From what a LangChain model answers to the core's Reply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, Generation

from verbalized_sampling import Reply, Usage

__all__ = ["TOOL_NAME", "Answer", "cut_off", "reply_of", "text_of", "tools_called", "whole"]

Answer = str | BaseMessage

TOOL_NAME = "verbalized_distribution"
"""What the schema is called where a model can be constrained only by calling a tool."""

_REASONS = ("finish_reason", "stop_reason", "stopReason", "done_reason")
_BLOCKED = ("refusal", "content_filter", "SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "RECITATION", "SPII")


def reply_of(answer: Answer | Generation) -> Reply:
    """What a model answered, whatever its integration makes of it."""
    if isinstance(answer, ChatGeneration):
        answer = answer.message
    if isinstance(answer, Generation):
        return Reply(answer.text, _reason(answer.generation_info or {}))
    if isinstance(answer, str):
        return Reply(str(answer))
    text = text_of(answer)
    reason = _reason(answer.response_metadata)
    return Reply(text, reason, _usage(answer), _refusal(answer, text, reason))


def text_of(message: BaseMessage, tools: set[int | str | None] | None = None) -> str:
    """The text of a message or chunk: its text blocks, and the arguments of the tool that stands for our schema.

    Args:
        message: The message.
        tools: Indices of calls of that tool, from one chunk to the next: only its first chunk says its name.
    """
    text = str(message.text)
    if isinstance(message, AIMessageChunk):
        return text + "".join(_streamed_arguments(message, set() if tools is None else tools))
    if isinstance(message, AIMessage):
        return text + "".join(_arguments(message))
    return text


def cut_off(error: Exception) -> AIMessage | None:
    """The reply in an error that says why it ended early; None in any other error.

    The client of OpenAI raises instead of returning constrained replies that were cut, and keeps them in the error; of
    those that were blocked nothing is kept.
    """
    completion = getattr(error, "completion", None)
    if type(error).__name__ == "ContentFilterFinishReasonError":
        return AIMessage("", response_metadata={"finish_reason": "content_filter"})
    choice: Any = next(iter(getattr(completion, "choices", None) or ()), None)
    if getattr(choice, "finish_reason", None) != "length":
        return None
    usage, spent = getattr(completion, "usage", None), None
    if usage is not None:
        spent = UsageMetadata(
            input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens, total_tokens=usage.total_tokens
        )
    return AIMessage(choice.message.content or "", response_metadata={"finish_reason": "length"}, usage_metadata=spent)


def tools_called(answer: Answer) -> list[str]:
    """Names of the tools that an answer calls, other than the one that stands for our schema."""
    if not isinstance(answer, AIMessage):
        return []
    return [call["name"] for call in answer.tool_calls if call["name"] != TOOL_NAME]


def whole(chunks: Sequence[Answer]) -> Answer:
    """All chunks of a stream as one answer, in linear time."""
    first = chunks[0] if chunks else ""
    if isinstance(first, AIMessageChunk) and all(isinstance(chunk, AIMessageChunk) for chunk in chunks):
        return first.__add__(list(chunks[1:])) if len(chunks) > 1 else first
    if all(isinstance(chunk, str) for chunk in chunks):
        return "".join(map(str, chunks))
    # A chain step between model and parser may send whole messages: the last one speaks for all but the text.
    text = "".join(chunk if isinstance(chunk, str) else text_of(chunk) for chunk in chunks)
    last = next(chunk for chunk in reversed(chunks) if not isinstance(chunk, str))
    return last.model_copy(update={"content": text})


def _streamed_arguments(chunk: AIMessageChunk, tools: set[int | str | None]) -> Iterator[str]:
    for call in chunk.tool_call_chunks:
        if call.get("name") == TOOL_NAME:
            tools.add(call.get("index"))
        if call.get("index") in tools:
            yield call.get("args") or ""


def _arguments(message: AIMessage) -> Iterator[str]:
    for call in message.tool_calls:
        if call["name"] == TOOL_NAME:
            yield json.dumps(call["args"], ensure_ascii=False)
    for broken in message.invalid_tool_calls:
        if broken.get("name") == TOOL_NAME:
            yield broken.get("args") or ""


def _reason(metadata: dict[str, Any]) -> str | None:
    incomplete = metadata.get("incomplete_details")
    if isinstance(incomplete, dict) and incomplete.get("reason") == "max_output_tokens":
        return "length"
    return next((str(metadata[key]) for key in _REASONS if metadata.get(key)), None)


def _refusal(message: BaseMessage, text: str, reason: str | None) -> str | None:
    if words := message.additional_kwargs.get("refusal"):
        return str(words)
    for block in message.content if isinstance(message.content, list) else ():
        if isinstance(block, dict) and block.get("type") == "refusal":
            return str(block.get("refusal") or text or "refusal")
    # Blocked by the provider. If there is a text nevertheless, it is what counts.
    return reason if reason in _BLOCKED and not text.strip() else None


def _usage(message: BaseMessage) -> Usage | None:
    usage = getattr(message, "usage_metadata", None)
    return Usage(1, usage.get("input_tokens", 0), usage.get("output_tokens", 0)) if usage else None
