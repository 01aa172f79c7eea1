"""Scripted LangChain models: what they answer is written down, everything else about them is LangChain's."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tracers.base import BaseTracer
from langchain_core.tracers.schemas import Run
from pydantic import PrivateAttr


class ScriptedModel(BaseChatModel):
    """Answers from a list, or as a function says, and remembers what it was asked."""

    replies: Any = []
    chunk: int = 4
    delay: float = 0.0
    temperature: float | None = None

    _calls: list[tuple[list[BaseMessage], dict[str, Any]]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def calls(self) -> list[tuple[list[BaseMessage], dict[str, Any]]]:
        return self._calls

    def _answer(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        self._calls.append((messages, kwargs))
        if callable(self.replies):
            reply = self.replies(messages, kwargs)
        else:
            reply = self.replies[(len(self._calls) - 1) % len(self.replies)]
        if isinstance(reply, Exception):
            raise reply
        return AIMessage(reply) if isinstance(reply, str) else reply.model_copy()

    def _generate(self, messages, stop=None, run_manager=None, **kwargs) -> ChatResult:
        time.sleep(self.delay)
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages, kwargs))])

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs) -> ChatResult:
        await asyncio.sleep(self.delay)
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages, kwargs))])

    def _stream(self, messages, stop=None, run_manager=None, **kwargs) -> Iterator[ChatGenerationChunk]:
        for message in self._pieces(self._answer(messages, kwargs)):
            chunk = ChatGenerationChunk(message=message)
            if run_manager:
                run_manager.on_llm_new_token(str(message.text), chunk=chunk)
            yield chunk

    async def _astream(self, messages, stop=None, run_manager=None, **kwargs) -> AsyncIterator[ChatGenerationChunk]:
        for message in self._pieces(self._answer(messages, kwargs)):
            chunk = ChatGenerationChunk(message=message)
            if run_manager:
                await run_manager.on_llm_new_token(str(message.text), chunk=chunk)
            yield chunk

    def _pieces(self, message: AIMessage) -> Iterator[AIMessageChunk]:
        if isinstance(message.content, str):
            for piece in self._cut(message.content):
                yield AIMessageChunk(piece)
        else:
            for index, block in enumerate(message.content):
                if block.get("type") == "text":
                    for piece in self._cut(block["text"]):
                        yield AIMessageChunk([{"type": "text", "text": piece, "index": index}])
                else:
                    yield AIMessageChunk([{**block, "index": index}])
        for index, call in enumerate(message.tool_calls):
            for at, piece in enumerate(self._cut(json.dumps(call["args"]))):
                first = at == 0
                part = tool_call_chunk(
                    name=call["name"] if first else None, args=piece, id=call["id"] if first else None, index=index
                )
                yield AIMessageChunk("", tool_call_chunks=[part])
        yield AIMessageChunk(
            "",
            additional_kwargs=message.additional_kwargs,
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata,
            chunk_position="last",
        )

    def _cut(self, text: str) -> Iterator[str]:
        return (text[at : at + self.chunk] for at in range(0, len(text), self.chunk))


class ToolCallingModel(ScriptedModel):
    """One to which tools can be bound."""

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any) -> Runnable[Any, Any]:
        return self.bind(tools=tools, tool_choice=tool_choice, **kwargs)


class Trace(BaseTracer):
    """Keeps the root runs."""

    def __init__(self) -> None:
        super().__init__()
        self.roots: list[Run] = []
        self._appending = threading.Lock()

    def _persist_run(self, run: Run) -> None:
        with self._appending:
            self.roots.append(run)


def reply(*candidates: tuple[str, float]) -> str:
    """The JSON that was asked for."""
    return json.dumps({"responses": [{"text": text, "probability": number} for text, number in candidates]})


THREE = reply(("Ada", 0.5), ("Bo", 0.3), ("Cy", 0.2))


@pytest.fixture
def three() -> str:
    return THREE


@pytest.fixture
def as_reply() -> Callable[..., str]:
    return reply


@pytest.fixture
def scripted() -> Callable[..., ScriptedModel]:
    return lambda *replies, **fields: ScriptedModel(replies=replies[0] if callable(replies[0]) else replies, **fields)


@pytest.fixture
def tool_calling() -> Callable[..., ToolCallingModel]:
    return lambda *replies, **fields: ToolCallingModel(
        replies=replies[0] if callable(replies[0]) else replies, **fields
    )


@pytest.fixture
def trace() -> Trace:
    return Trace()
