"""Chat completions as replies: whole ones, and those that come in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...errors import RefusalError
from ...protocol import Reply
from ...usage import Usage

__all__ = ["NotACompletionError", "Pieces", "read_completion"]


class NotACompletionError(ValueError):
    """JSON of another shape."""


def read_completion(answer: Any) -> Reply:
    """What ``answer``, a ``chat.completion``, says.

    Raises:
        NotACompletionError: It has another shape.
        RefusalError: A content filter withheld the reply.
    """
    choice = _first_choice(answer)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        if not isinstance(choice.get("text"), str):  # as servers of the older completions answer
            raise NotACompletionError("a choice without a message")
        message = {"content": choice["text"]}
    text, refusal = _content(message)
    reply = _reply(text, _word(choice.get("finish_reason")), _usage(answer.get("usage")), refusal)
    calls = message.get("tool_calls")
    return replace(reply, tool_calls=tuple(calls)) if isinstance(calls, list) and calls else reply


class Pieces:
    """A completion that comes in chunks.

    Args:
        on_text: Called with each piece of text, if there is one.
    """

    def __init__(self, on_text: Callable[[str], None] | None) -> None:
        self._on_text = on_text
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._calls: dict[Any, dict[str, Any]] = {}
        self._finish_reason: str | None = None
        self._usage: Usage | None = None

    begun = False
    """Whether text has been passed on."""

    @property
    def finished(self) -> bool:
        """Whether the endpoint has said why it stopped."""
        return self._finish_reason is not None

    def say(self, text: str) -> None:
        """Passes ``text`` on."""
        if self._on_text and text:
            self.begun = True
            self._on_text(text)

    def add(self, chunk: Any) -> str:
        """Takes a ``chat.completion.chunk``, and gives the text in it.

        Raises:
            NotACompletionError: It has another shape.
        """
        if not isinstance(chunk, Mapping) or not isinstance(choices := chunk.get("choices", []), list | None):
            raise NotACompletionError("an event of another shape")
        self._usage = _usage(chunk.get("usage")) or self._usage
        if not choices:  # the last chunk, with the usage
            return ""
        choice = _first_choice(chunk)
        if choice.get("index"):  # another answer's, which nobody asked for
            return ""
        delta = choice.get("delta") or choice.get("message") or {}
        if not isinstance(delta, Mapping):
            raise NotACompletionError("a choice without a delta")
        self._finish_reason = _word(choice.get("finish_reason")) or self._finish_reason
        text, refusal = _content(delta)
        self._call(delta.get("tool_calls"))
        if refusal:
            self._refusal.append(refusal)
        if text:
            self._text.append(text)
        return text

    def reply(self, *, ended: bool) -> Reply:
        """All of it.

        Args:
            ended: Whether the endpoint said that this is all; else, without a finish reason, the reply was cut.

        Raises:
            NotACompletionError: Nothing came.
            RefusalError: A content filter withheld the reply.
        """
        if not (self._text or self._refusal or self._calls) and self._finish_reason is None:
            raise NotACompletionError("a stream without a reply")
        reason = self._finish_reason or (None if ended else "length")
        reply = _reply("".join(self._text), reason, self._usage, "".join(self._refusal) or None)
        return replace(reply, tool_calls=tuple(self._calls.values())) if self._calls else reply

    def _call(self, deltas: Any) -> None:
        """Takes pieces of tool calls: a name first, then the arguments bit by bit."""
        for delta in deltas if isinstance(deltas, list) else ():
            if not isinstance(delta, Mapping):
                continue
            call = self._calls.setdefault(delta.get("index", len(self._calls)), {"type": "function", "function": {}})
            call |= {key: delta[key] for key in ("id", "type") if _word(delta.get(key))}
            function = delta.get("function")
            for key, value in function.items() if isinstance(function, Mapping) else ():
                if isinstance(value, str):
                    call["function"][key] = call["function"].get(key, "") + value


def _reply(text: str, reason: str | None, usage: Usage | None, refusal: str | None) -> Reply:
    if reason == "content_filter" and not text and not refusal:
        raise RefusalError("the endpoint's content filter withheld the answer")
    return Reply(text, reason, usage, refusal)


def _first_choice(answer: Any) -> Mapping[str, Any]:
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    if not isinstance(choices, list) or not choices:
        raise NotACompletionError("no choices")
    if not isinstance(choices[0], Mapping):
        raise NotACompletionError("an empty choice")
    return choices[0]


def _content(message: Mapping[str, Any]) -> tuple[str, str | None]:
    """Text and refusal of a message, whose content is a text or a list of blocks; thoughts are left out."""
    content, refusal = message.get("content"), _word(message.get("refusal"))
    if content is None or isinstance(content, str):
        return content or "", refusal
    if not isinstance(content, list):
        raise NotACompletionError("a content that is no text")
    texts: list[str] = []
    for block in content:
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, Mapping):
            text = block.get("text")
            if block.get("type") == "refusal":
                refusal = (refusal or "") + str(block.get("refusal") or text or "the model refused")
            elif block.get("type") in ("text", "output_text", None) and isinstance(text, str):
                texts.append(text)
    return "".join(texts), refusal


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    return Usage(1, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
