"""Chat completions as replies: whole ones, and those that come in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...replies.outcome import piece_from, reply_from
from ...replies.protocol import Reply
from ...values.usage import Usage

__all__ = ["NotACompletionError", "Pieces", "read_completion"]


class NotACompletionError(ValueError):
    """JSON of another shape."""


def read_completion(answer: Any) -> Reply:
    """What ``answer``, a ``chat.completion``, says.

    Raises:
        NotACompletionError: It has another shape.
    """
    choice = _first_choice(answer)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        if not isinstance(choice.get("text"), str):  # as servers of the older completions answer
            raise NotACompletionError("a choice without a message")
        message = {}
    _check_content(message)
    reply, calls = reply_from(answer), message.get("tool_calls")
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
        if choices:
            choice = _first_choice(chunk)
            if choice.get("index"):  # another answer's, which nobody asked for
                return ""
            delta = choice.get("delta") or choice.get("message") or {}
            if not isinstance(delta, Mapping):
                raise NotACompletionError("a choice without a delta")
            _check_content(delta)
            self._call(delta.get("tool_calls"))
        piece = piece_from(chunk)
        self._usage = piece.usage or self._usage
        self._finish_reason = piece.finish_reason or self._finish_reason
        self._refusal.append(piece.refusal or "")
        self._text.append(piece.text)
        return piece.text

    def reply(self, *, ended: bool) -> Reply:
        """All of it.

        Args:
            ended: Whether the endpoint said that this is all; else, without a finish reason, the reply was cut.

        Raises:
            NotACompletionError: Nothing came.
        """
        text, refusal, calls = "".join(self._text), "".join(self._refusal), tuple(self._calls.values())
        if not (text or refusal or calls) and self._finish_reason is None:
            raise NotACompletionError("a stream without a reply")
        reason = self._finish_reason or (None if ended else "length")
        reply = reply_from({"finish_reason": reason, "refusal": refusal, "tool_calls": calls, "content": text})
        return replace(reply, usage=self._usage, tool_calls=calls)

    def _call(self, deltas: Any) -> None:
        """Takes pieces of tool calls: a name first, then the arguments bit by bit."""
        for delta in deltas if isinstance(deltas, list) else ():
            if not isinstance(delta, Mapping):
                continue
            index = delta.get("index")
            index = index if isinstance(index, int) else len(self._calls)
            call = self._calls.setdefault(index, {"type": "function", "function": {}})
            call |= {key: delta[key] for key in ("id", "type") if isinstance(delta.get(key), str)}
            function = delta.get("function")
            for key, value in function.items() if isinstance(function, Mapping) else ():
                if isinstance(value, str):
                    call["function"][key] = call["function"].get(key, "") + value


def _first_choice(answer: Any) -> Mapping[str, Any]:
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    if not isinstance(choices, list) or not choices:
        raise NotACompletionError("JSON that holds no choices")
    if not isinstance(choices[0], Mapping):
        raise NotACompletionError("an empty choice")
    return choices[0]


def _check_content(message: Mapping[str, Any]) -> None:
    if not isinstance(message.get("content"), str | list | None):
        raise NotACompletionError("content that is no text")
