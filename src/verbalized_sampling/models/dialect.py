"""Which fields of a request a model at an endpoint takes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..replies.protocol import Request
from .caller import Options

__all__ = ["Dialect", "body_of", "dialect_of", "refused"]


class Dialect:
    """What one model at one endpoint was found not to take; a first request has everything.

    Attributes:
        without: Names of fields that are left out.
        first_model: What the endpoint lists first, once it was asked.
    """

    def __init__(self) -> None:
        self.without: frozenset[str] = frozenset()
        self.first_model: str | None = None


@lru_cache(maxsize=256)
def dialect_of(base_url: str, model: str | None) -> Dialect:  # noqa: ARG001 - what it is remembered by
    return Dialect()


def body_of(model: str, request: Request, options: Options, without: frozenset[str]) -> dict[str, Any]:
    """The body of a request for a chat completion."""
    limit = "max_completion_tokens" if "max_tokens" in without else "max_tokens"  # newer models know only the first
    body: dict[str, Any] = {
        **options.extra,
        "model": model,
        "messages": list(request.messages),
        "temperature": options.temperature,
        "seed": options.seed_of(request),
        limit: options.max_tokens or request.max_tokens,
    }
    if request.schema:
        schema = {"name": "distribution", "schema": request.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if options.on_text:
        body["stream_options"] = {"include_usage": True}
    return {name: value for name, value in body.items() if value is not None and name not in without}


def refused(body: dict[str, Any], complaint: str, options: Options) -> str | None:
    """The field of ``body`` that the endpoint may have complained about; None if the rest is indispensable."""
    for name in ("stream_options", "seed"):
        if name in body and name in complaint:
            return name
    if "max_tokens" in complaint or "max_completion_tokens" in complaint:
        if "max_tokens" in body:
            return "max_tokens"
        if "max_completion_tokens" in body and not options.max_tokens:  # a limit that the caller set is never dropped
            return "max_completion_tokens"
    if "temperature" in body and "'temperature'" in complaint:  # the caller's own: no other try will do
        return None
    return "response_format" if "response_format" in body else None
