"""From what a LangChain model answers to the core's Reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, Generation

from verbalized_sampling import Reply, Usage
from verbalized_sampling.adapters import TOOL_NAME, reply_from, tool_text

__all__ = ["TOOL_NAME", "Answer", "cut_off", "reply_of", "text_of", "tools_called", "whole"]

Answer = str | BaseMessage


def reply_of(answer: Answer | Generation) -> Reply:
    """What a model answered, whatever its integration makes of it."""
    if isinstance(answer, ChatGeneration):
        answer = answer.message
    if isinstance(answer, Generation):
        return reply_from(answer.generation_info, text=answer.text)
    if isinstance(answer, str):
        return Reply(str(answer))
    text = text_of(answer)
    usage = getattr(answer, "usage_metadata", None)
    metadata, others = answer.response_metadata, answer.additional_kwargs
    if text and isinstance(answer.content, str) and not metadata and not others:  # nothing else is said
        return Reply(text, None, _spent(usage))
    # As plain dicts: asking a pydantic object for what it does not have takes longer than all else here.
    said = {"content": answer.content, "response_metadata": metadata, "additional_kwargs": others}
    return reply_from(said | ({"usage_metadata": usage} if usage else {}), text=text)


def _spent(usage: Mapping[str, Any] | None) -> Usage | None:
    tokens = (usage.get("input_tokens"), usage.get("output_tokens")) if usage else ()
    return Usage(1, *(count or 0 for count in tokens)) if any(tokens) else None  # LangChain's caches count a cost only


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
    for call in (*message.tool_calls, *message.invalid_tool_calls):
        if call["name"] == TOOL_NAME:
            yield tool_text(call)
