"""DSPy's LMs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...replies.outcome import reply_from
from ...replies.protocol import Reply, Request
from ..caller import Caller, Options
from .options import refuse_transport

__all__ = ["from_model", "read_outputs"]


def from_model(model: Any, options: Options) -> Caller:
    """A caller for an LM, which takes every option with the call."""
    refuse_transport(model, options)

    def for_request(request: Request) -> dict[str, Any]:
        keywords: dict[str, Any] = {"temperature": options.temperature, "max_tokens": options.max_tokens}
        keywords |= {"seed": options.seed_of(request), "messages": [dict(m) for m in request.messages]}
        return {name: value for name, value in keywords.items() if value is not None}

    def call(request: Request) -> Reply:
        return read_outputs(model, model(**for_request(request)))

    async def acall(request: Request) -> Reply:
        return read_outputs(model, await model.acall(**for_request(request)))

    return Caller(call, acall)


def read_outputs(model: Any, answers: list[Any]) -> Reply:
    """What a DSPy LM returns: a list with a text, or with a dict if there is more than text to it.

    The rest stands in the LM's history, in the entry that holds this very list: calls of other threads have theirs.
    """
    answer = answers[0] if answers else ""
    text = str(answer.get("text") or "") if isinstance(answer, Mapping) else str(answer or "")
    entry: Mapping[str, Any] = next((e for e in reversed(model.history) if e.get("outputs") is answers), {})
    return reply_from(entry.get("response"), text=text)
