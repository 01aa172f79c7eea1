"""A LlamaIndex LLM, called with the messages of a plan."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.generic_utils import messages_to_prompt
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM, CustomLLM

from verbalized_sampling import Reply

from .native import inherits_from
from .replies import reply_of

__all__ = ["Model"]


class Model:
    """One LLM and the keyword arguments that go into each call of it.

    It is called directly rather than by ``predict``, which gives the text alone: why a reply ended and what it cost
    would be lost.
    """

    def __init__(self, llm: LLM, kwargs: Mapping[str, Any] | None = None) -> None:
        self.llm = llm
        self.kwargs = dict(kwargs or {})

    def call(self, messages: Sequence[ChatMessage]) -> Reply:
        messages = self._prepared(messages)
        if self.llm.metadata.is_chat_model:
            return reply_of(self.llm.chat(messages, **self.kwargs))
        return reply_of(self.llm.complete(self._prompt(messages), formatted=True, **self.kwargs))

    async def acall(self, messages: Sequence[ChatMessage]) -> Reply:
        if self._is_sync_only():
            return await asyncio.to_thread(self.call, messages)
        messages = self._prepared(messages)
        if self.llm.metadata.is_chat_model:
            return reply_of(await self.llm.achat(messages, **self.kwargs))
        return reply_of(await self.llm.acomplete(self._prompt(messages), formatted=True, **self.kwargs))

    def _is_sync_only(self) -> bool:
        # A CustomLLM without an async method of its own calls the sync one in the event loop.
        name = "achat" if self.llm.metadata.is_chat_model else "acomplete"
        return inherits_from(CustomLLM, name, self.llm)

    def _prompt(self, messages: Sequence[ChatMessage]) -> str:
        return (self.llm.messages_to_prompt or messages_to_prompt)(messages)

    def _prepared(self, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
        """One system message, in front: many chat templates accept no other arrangement."""
        system = [message.content or "" for message in messages if message.role == MessageRole.SYSTEM]
        if self.llm.system_prompt:
            system.insert(0, self.llm.system_prompt)
        rest = [message for message in messages if message.role != MessageRole.SYSTEM]
        if not system:
            return rest
        return [ChatMessage(role=self.llm.metadata.system_role, content="\n\n".join(system)), *rest]
