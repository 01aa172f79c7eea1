"""LangChain's messages beside what the core sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    MessageLikeRepresentation,
    SystemMessage,
    convert_to_messages,
)
from langchain_core.prompt_values import PromptValue

from verbalized_sampling import Message, Request, SettingsError

__all__ = ["Conversation", "Input", "joined"]

Input = str | BaseMessage | PromptValue | Sequence[MessageLikeRepresentation] | Mapping[str, Any]
"""A query, a conversation, or a dict that holds one: a graph's state, or a chain's inputs."""

_KEYS = ("messages", "query", "input", "question")
_ROLES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "assistant": AIMessage, "user": HumanMessage}
_NAMES = {"system": "system", "ai": "assistant", "AIMessageChunk": "assistant"}


class Conversation:
    """A conversation that ends with the query.

    The core sees texts only. What it hands back untouched is sent as it was, so that images, tool calls and their
    results stay what they are.

    Attributes:
        query: The conversation as the core takes it.
    """

    def __init__(self, messages: Sequence[BaseMessage]) -> None:
        self.query = [_seen(message) for message in messages]
        self._originals = dict(zip(map(id, self.query), messages, strict=True))
        self._last = messages[-1] if messages else None

    @classmethod
    def of(cls, value: Input) -> Self:
        """The conversation that a Runnable's input means.

        Raises:
            SettingsError: It means none.
        """
        if isinstance(value, Mapping):
            keys = [key for key in _KEYS if key in value] or (list(value) if len(value) == 1 else [])
            if not keys:
                raise SettingsError(f"which of the inputs {', '.join(map(str, value))} is the query? Call it 'query'")
            return cls.of(value[keys[0]])
        if isinstance(value, str):
            return cls([HumanMessage(value)])
        if isinstance(value, PromptValue):
            return cls(value.to_messages())
        return cls([value] if isinstance(value, BaseMessage) else convert_to_messages(value))

    def messages(self, request: Request) -> list[BaseMessage]:
        """What to send for a request.

        Raises:
            SettingsError: The template quotes the query, which would lose its images.
        """
        sent = [
            self._originals.get(id(message)) or _ROLES[message["role"]](message["content"])
            for message in request.messages
        ]
        if self._last is not None and _has_more_than_text(self._last) and not any(m is self._last for m in sent):
            raise SettingsError(
                "this template quotes the query as text, and the query holds more: use another template"
            )
        return sent


def joined(pieces: Iterable[Any]) -> Any:
    """A streamed input as one: what can be added is added up, of anything else the last counts."""
    whole: Any = None
    for piece in pieces:
        try:
            whole = piece if whole is None else whole + piece
        except TypeError:
            whole = piece
    return whole


def _seen(message: BaseMessage) -> Message:
    text = str(message.text)
    if not text.strip() and _has_more_than_text(message):
        text = f"({_kinds(message)})"  # only shows that the query is not empty
    # A tool's result is, like a query, what the model answers to.
    return Message(role=_NAMES.get(message.type, "user"), content=text)


def _kinds(message: BaseMessage) -> str:
    blocks = message.content if isinstance(message.content, list) else []
    return ", ".join(str(block.get("type")) for block in blocks if isinstance(block, dict))


def _has_more_than_text(message: BaseMessage) -> bool:
    return isinstance(message.content, list) and any(
        isinstance(block, dict) and block.get("type") != "text" for block in message.content
    )
