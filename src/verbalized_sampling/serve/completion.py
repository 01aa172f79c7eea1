"""A distribution as a chat completion: whole, or in chunks."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from ..values.candidate import Candidate
from ..values.distribution import Distribution
from ..values.looks.views import notes
from ..values.usage import Usage
from .asked import Asked

__all__ = ["OURS", "Completion", "Said", "about", "drawn", "encoded", "event", "said_of"]

OURS = "verbalized_sampling"
"""The field in which we say more than OpenAI's API knows."""


@dataclass(frozen=True, slots=True)
class Said:
    """One choice.

    Attributes:
        content: Its text.
        finish_reason: Why it ended.
        more: What is known of it beside that.
        message: Further fields of its message.
    """

    content: str | None
    finish_reason: str = "stop"
    more: Mapping[str, Any] | None = None
    message: Mapping[str, Any] = field(default_factory=dict)


class Completion:
    """Writes the answers to one request.

    Args:
        model: Who answers.
    """

    def __init__(self, model: str) -> None:
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": model}

    def whole(self, choices: Sequence[Said], usage: Usage | None, more: Mapping[str, Any] | None) -> dict[str, Any]:
        """All at once."""
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [
                {
                    "index": index,
                    "message": {"role": "assistant", "content": said.content, "refusal": None, **said.message},
                    "logprobs": None,
                    "finish_reason": said.finish_reason,
                    **({} if said.more is None else {OURS: said.more}),
                }
                for index, said in enumerate(choices)
            ],
            "usage": _usage(usage),
            **({} if more is None else {OURS: more}),
        }

    def begun(self, index: int, said: Said) -> dict[str, Any]:
        """The chunk that holds a choice, but for its end."""
        delta = {"role": "assistant", "content": said.content, **said.message}
        return self._chunk([{"index": index, "delta": delta, "logprobs": None, "finish_reason": None}])

    def piece(self, index: int, text: str) -> dict[str, Any]:
        """The chunk that holds a piece of a choice."""
        return self._chunk([{"index": index, "delta": {"content": text}, "logprobs": None, "finish_reason": None}])

    def ended(self, index: int, said: Said, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The chunk that says why a choice ended; the last of them says what there is to say of all."""
        end = {"index": index, "delta": {}, "logprobs": None, "finish_reason": said.finish_reason}
        end |= {} if said.more is None else {OURS: said.more}
        return self._chunk([end]) | ({} if more is None else {OURS: more})

    def usage(self, usage: Usage | None) -> dict[str, Any]:
        """The chunk that says what it cost."""
        return self._chunk([]) | {"usage": _usage(usage)}

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": choices}


def event(content: Mapping[str, Any]) -> bytes:
    """A server-sent event."""
    return b"data: " + encoded(content) + b"\n\n"


def encoded(content: Mapping[str, Any]) -> bytes:
    """``content`` as JSON; half of a character, which is none, becomes a question mark."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def drawn(distribution: Distribution[Any], asked: Asked) -> list[Candidate[Any]]:
    """``n`` candidates drawn by weight, one after another and none twice; so the first is a sample by itself."""
    count = min(asked.n, len(distribution))
    if count < 2:  # as everybody draws one
        return distribution.sample(count, seed=asked.options.seed) if count else []
    return distribution.sample(count, seed=asked.options.seed, replace=False)


def said_of(candidate: Any, asked: Asked, *, weight: float | None = None, is_cut: bool = False) -> Said:
    """A candidate as a choice, ended where one of the client's stop texts begins."""
    text = _json_of(candidate.value) if asked.is_typed else candidate.text
    cuts = [text.index(stop) for stop in asked.stop if stop in text]
    reason = "length" if is_cut and not cuts else "stop"
    more = {"verbalized": candidate.verbalized} | ({} if weight is None else {"probability": weight})
    return Said(text[: min(cuts)] if cuts else text, reason, more)


def about(distribution: Distribution[Any], asked: Asked, given: int) -> Iterator[tuple[str, Any]]:
    """What there is to say of all choices."""
    yield from {"requested": asked.n, "distinct": given, "candidates": len(distribution)}.items()
    yield from {"variant": asked.elicitation.variant, "k": asked.elicitation.k, "tau": asked.elicitation.tau}.items()
    if distribution.usage:
        yield "calls", distribution.usage.calls
    said = notes(distribution)
    if given < asked.n:
        said = [f"the model gave {given} distinct answers where {asked.n} were asked for", *said]
    if asked.body.get("logprobs"):
        said = [*said, "logprobs are null: a choice is a part of one reply; each has a probability of its own"]
    yield "notes", said


def _usage(usage: Usage | None) -> dict[str, int]:
    asked, answered = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _json_of(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"text"} and isinstance(value["text"], dict):
        value = value["text"]  # an object without a schema stands in the place of the text
    return to_json(value).decode()
