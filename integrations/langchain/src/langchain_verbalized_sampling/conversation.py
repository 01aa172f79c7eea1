"""LangChain's messages beside what the core sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self, cast

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    MessageLikeRepresentation,
    SystemMessage,
)
from langchain_core.prompt_values import PromptValue

from verbalized_sampling import Message, Request, SettingsError

from .inputs import messages_of

__all__ = ["Conversation", "Input"]

Input = str | BaseMessage | PromptValue | Sequence[MessageLikeRepresentation] | Mapping[str, Any]
"""A query, a conversation, or a dict that holds one: a graph's state, or a chain's inputs."""

_ROLES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "assistant": AIMessage, "user": HumanMessage}
_PLACE = "place"  # where a message stands among ours; the core keeps what else a message holds
_NAMES = {"ai": "assistant", "AIMessageChunk": "assistant"}


class Conversation:
    """A conversation that ends with the query.

    The core sees texts only. What it hands back untouched is sent as it was, so that images, tool calls and their
    results stay what they are. System messages stand first, as they were; the core's wording follows them.

    Attributes:
        query: The conversation as the core takes it.
    """

    def __init__(self, messages: Sequence[BaseMessage]) -> None:
        self._systems = [message for message in messages if message.type == "system"]
        others = [message for message in messages if message.type != "system"]
        self.query = [_seen(message, place) for place, message in enumerate(others)]
        self._originals = others
        self._last = others[-1] if others else None

    @classmethod
    def of(cls, value: Input) -> Self:
        """The conversation that a Runnable's input means.

        Raises:
            SettingsError: It means none, or holds something that nothing reads.
        """
        if isinstance(value, str):
            return cls([HumanMessage(value)])
        return cls(messages_of(value))

    def messages(self, request: Request) -> list[BaseMessage]:
        """What to send for a request.

        Raises:
            SettingsError: The template quotes the query, which would lose its images.
        """
        sent = [self._original(message) or _ROLES[message["role"]](message["content"]) for message in request.messages]
        if self._last is not None and _has_more_than_text(self._last) and not any(m is self._last for m in sent):
            raise SettingsError(
                "this template quotes the query as text, and the query holds more: use another template"
            )
        if not self._systems:
            return sent
        ours, rest = (sent[:1], sent[1:]) if sent[0].type == "system" else ([], sent)
        return [_together([*self._systems, *ours]), *rest]

    def _original(self, message: Message) -> BaseMessage | None:
        """The message that the core hands back untouched; None for one that it wrote, or wrote anew."""
        place = cast("int | None", message.get(_PLACE))
        if place is None or message["content"] != self.query[place]["content"]:
            return None
        return self._originals[place]


def _together(systems: Sequence[BaseMessage]) -> BaseMessage:
    """One system message of several: a text, or blocks where one of them has blocks (and what marks them: caching)."""
    if len(systems) == 1:
        return systems[0]
    if all(isinstance(message.content, str) for message in systems):
        return SystemMessage("\n\n".join(str(message.content) for message in systems))
    return SystemMessage([block for message in systems for block in _blocks(message)])


def _blocks(message: BaseMessage) -> Iterable[str | dict[str, Any]]:
    if isinstance(message.content, str):
        return [{"type": "text", "text": message.content}]
    return message.content


def _seen(message: BaseMessage, place: int) -> Message:
    text = str(message.text)
    if not text.strip() and (_has_more_than_text(message) or message.type == "tool"):
        text = f"({_kinds(message)})"  # only shows that there is something to answer to: a result may well be empty
    # A tool's result is, like a query, what the model answers to.
    return cast("Message", {"role": _NAMES.get(message.type, "user"), "content": text, _PLACE: place})


def _kinds(message: BaseMessage) -> str:
    blocks = message.content if isinstance(message.content, list) else []
    return ", ".join(str(block.get("type")) for block in blocks if isinstance(block, dict))


def _has_more_than_text(message: BaseMessage) -> bool:
    return isinstance(message.content, list) and any(
        isinstance(block, dict) and block.get("type") != "text" for block in message.content
    )
