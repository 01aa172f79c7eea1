"""Who may ask: whoever has the key; without one, programs on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Guard", "is_loopback"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_OPEN = "/health"
_HERE_ONLY = "without a key this server answers only this machine: at localhost, 127.0.0.1 and [::1]"
_WRONG_KEY = "the API key is missing or wrong: send the server's own as 'Authorization: Bearer …'"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class Guard:
    """An ASGI application in front of another: lets requests through that may ask.

    Without a key it answers only where it is addressed as this machine, and no page of another site. So neither does
    one get anything that has its own name resolved to 127.0.0.1. Whom it turns away reads why in the shape of OpenAI's
    API.

    Args:
        app: What is guarded.
        key: What clients have to send; None lets all programs of this machine ask.
    """

    def __init__(self, app: App, key: str | None) -> None:
        self._app, self._digest = app, _digest(key) if key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or lets the other do it."""
        if scope["type"] == "http" and scope["path"] != _OPEN and not self._may_ask(_headers(scope)):
            await self._turn_away(send)
        else:
            await self._app(scope, receive, send)

    def _may_ask(self, headers: dict[str, str]) -> bool:
        if self._digest is None:
            origin = headers.get("origin")
            return _names_loopback(f"//{headers.get('host', '')}") and (origin is None or _names_loopback(origin))
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(_digest(given.strip()), self._digest)

    async def _turn_away(self, send: Send) -> None:
        error: dict[str, str | None] = {"message": _HERE_ONLY, "type": "permission_error", "param": None, "code": None}
        headers, status = [(b"content-type", b"application/json")], 403
        if self._digest is not None:
            error |= {"message": _WRONG_KEY, "type": "authentication_error", "code": "invalid_api_key"}
            headers, status = [*headers, (b"www-authenticate", b"Bearer")], 401
        body = json.dumps({"error": error}, ensure_ascii=False).encode()
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _headers(scope: Scope) -> dict[str, str]:
    """By name; of one that came twice the first, as starlette reads it."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def _names_loopback(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _digest(key: str) -> bytes:
    """Of one length, whatever was sent: comparing takes the same time for all."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
