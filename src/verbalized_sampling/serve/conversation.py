"""A client's messages beside what the core sees of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..plans.wording import text_in
from ..replies.protocol import Message, Request
from .faults import Fault

__all__ = ["Conversation"]

_PLACE = "place"  # where a message stands; the core keeps what else a message holds
_SEEN_AS = {"developer": "system", "tool": "user", "function": "user"}
_CALLED = "(a tool's result)"  # only shows that there is something to answer to


class Conversation:
    """A conversation that ends with what the model is to answer: a query, or what a tool has given.

    What the core hands back untouched is sent as it was, so that tool calls, their results and images stay what they
    are.

    Raises:
        Fault: It has another shape.
    """

    def __init__(self, messages: Any) -> None:
        if not isinstance(messages, list) or not messages:
            raise Fault(400, "messages has to be a list of messages, the last of which is to be answered", "messages")
        for message in messages:
            if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
                raise Fault(400, 'a message looks like {"role": "user", "content": "…"}', "messages")
        if messages[-1]["role"] == "assistant":
            raise Fault(400, "with n above 1 the conversation has to end with a user's message", "messages")
        self.messages: Sequence[Mapping[str, Any]] = messages
        self.query = [_seen(message, place) for place, message in enumerate(messages)]

    def restored(self, request: Request) -> tuple[Message, ...]:
        """The messages of a request, with the client's own for those that the core has not changed."""
        return tuple(self._restored(message) for message in request.messages)

    def _restored(self, message: Message) -> Message:
        place = cast("int | None", message.get(_PLACE))
        if place is not None and message["content"] == self.query[place]["content"]:
            return cast("Message", self.messages[place])
        return cast("Message", {name: value for name, value in message.items() if name != _PLACE})


def _seen(message: Mapping[str, Any], place: int) -> Message:
    role, content = message["role"], message.get("content")
    if role in ("tool", "function"):
        content = (content if isinstance(content, str) else text_in(content or [])).strip() or _CALLED
    elif content is None and role == "assistant":
        content = ""
    return cast("Message", {**message, "role": _SEEN_AS.get(role, role), "content": content, _PLACE: place})
