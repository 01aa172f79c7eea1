"""What a framework's client raises, as an error of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...errors import ModelError, VerbalizedSamplingError
from ...replies.protocol import Reply, Request
from ..caller import Caller
from ..http.failures import retry_after

__all__ = ["translated"]

_RETRYABLE = frozenset({408, 409, 425, 429})  # and server errors
_OF_CLIENTS = frozenset(
    {"openai", "anthropic", "httpx", "httpcore", "requests", "litellm", "google", "botocore", "ollama", "aiohttp"}
)
_SHORTEST_KEY = 8  # characters; what is shorter is a placeholder
_PASSING = ("Timeout", "Connect", "RateLimit", "Unavailable", "Throttl")


def translated(caller: Caller, model: Any) -> Caller:
    """The same caller, whose errors of an endpoint's client are :class:`ModelError`; all others stay as they are.

    The client's own error is neither cause nor context: it holds the request, and that the key.
    """

    def call(request: Request) -> Reply | str:
        try:
            return caller.call(request)
        except Exception as error:
            if (ours := _ours(model, error)) is None:
                raise
        raise ours

    async def acall(request: Request) -> Reply | str:
        try:
            return await caller.acall(request)
        except Exception as error:
            if (ours := _ours(model, error)) is None:
                raise
        raise ours

    return replace(caller, call=call, acall=acall)


def _ours(model: Any, error: Exception) -> ModelError | None:
    if isinstance(error, VerbalizedSamplingError):
        return None
    status = _status(error)
    kinds = {base.__module__.partition(".")[0] for base in type(error).__mro__}
    if status is None and _OF_CLIENTS.isdisjoint(kinds) and not isinstance(error, ConnectionError | TimeoutError):
        return None
    name = type(error).__name__
    passing = any(word in name for word in _PASSING) or isinstance(error, ConnectionError | TimeoutError)
    retryable = passing if status is None else status in _RETRYABLE or status >= 500
    message = f"{type(model).__name__} failed: {name}: {error}"
    for secret in _secrets(model):
        message = message.replace(secret, "[key]")
    return ModelError(message, status=status, retry_after=_retry_after(error), retryable=retryable)


def _status(error: Exception) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "status"):
            status = getattr(holder, name, None)
            if isinstance(status, int) and 100 <= status < 600:
                return status
    return None


def _secrets(model: Any) -> Iterator[str]:
    """The keys that a model holds: pydantic's secrets, and texts that are called so."""
    while hasattr(model, "bound"):
        model = model.bound
    for name, value in (getattr(model, "__dict__", None) or {}).items():
        secret = value.get_secret_value() if hasattr(value, "get_secret_value") else value if "key" in name else None
        if isinstance(secret, str) and len(secret) >= _SHORTEST_KEY:
            yield secret


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    return retry_after(headers) if isinstance(headers, Mapping) else None
