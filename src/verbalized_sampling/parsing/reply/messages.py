"""Replies that are JSON as a whole which holds no candidates: a message of an API, or data of something else."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

__all__ = ["is_data", "said_in_message"]

_SAID_IN = ("content", "text", "output_text")  # what a message says
_HELD_IN = ("choices", "message", "output", "candidates", "parts", "content", "messages", "delta", "response")
_OF_MESSAGES = frozenset(
    ("role", "choices", "finish_reason", "stop_reason", "finishReason", "candidates", "parts", "model")
)
_MOST_PARTS = 40  # values that are looked at


def said_in_message(text: str) -> str | None:
    """What the message says that a reply is, if it has several lines; otherwise None."""
    if (
        "\\n" not in text
        or text.lstrip()[:1] not in ("{", "[")
        or not any(f'"{mark}"' in text for mark in _OF_MESSAGES)
    ):
        return None
    try:
        value = from_json(text.encode(errors="replace"))
    except ValueError:
        return None
    stack: list[Any] = [value]
    said: str | None = None
    for _ in range(_MOST_PARTS):
        if not stack:
            break
        part = stack.pop()
        if isinstance(part, dict):
            said = next((part[key] for key in _SAID_IN if isinstance(part.get(key), str) and "\n" in part[key]), said)
            stack += [part[key] for key in _HELD_IN if isinstance(part.get(key), dict | list)]
        elif isinstance(part, list):
            stack += part[:1] if not isinstance(value, list) else part
    return said


def is_data(text: str) -> bool:
    """Whether a reply is one JSON object whose texts have one line each: no list or table stands in it."""
    plain = text.strip()
    if plain[:1] != "{" or plain[-1:] != "}" or "\\n" in plain:
        return False
    try:
        return isinstance(from_json(plain.encode(errors="replace")), dict)
    except ValueError:
        return False
