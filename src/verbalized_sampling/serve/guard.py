"""Who may ask: whoever has the key; without one, programs on this machine."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .faults import Fault

__all__ = ["Guard", "is_loopback"]

_OPEN = "/health"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class Guard:
    """Lets requests through that may ask.

    Without a key it answers only where it is addressed as this machine, and no page of another site. So neither does
    one get anything that has its own name resolved to 127.0.0.1.

    Args:
        app: What is guarded.
        key: What clients have to send; None lets all programs of this machine ask.
    """

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app, self._digest = app, _digest(key) if key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != _OPEN and (fault := self._fault(Headers(scope=scope))):
            await fault.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _fault(self, headers: Headers) -> Fault | None:
        if self._digest is None:
            origin = headers.get("origin")
            if _names_loopback(f"//{headers.get('host', '')}") and (origin is None or _names_loopback(origin)):
                return None
            return Fault(403, "without a key this server answers only this machine: at localhost, 127.0.0.1 and [::1]")
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(_digest(given.strip()), self._digest):
            return None
        message = "the API key is missing or wrong: send the server's own as 'Authorization: Bearer …'"
        return Fault(401, message, code="invalid_api_key", headers={"www-authenticate": "Bearer"})


def _names_loopback(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _digest(key: str) -> bytes:
    """Of one length, whatever was sent: comparing takes the same time for all."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
