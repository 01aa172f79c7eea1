"""The model's key never comes out, whatever the model, its endpoint or an error says."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Veil"]

_SHORTEST = 4  # characters; a shorter one would be cut out of ordinary words


class Veil:
    """Puts as many stars in the place of a key, in headers and bodies; also where it is cut in two.

    Args:
        app: What answers.
        key: The key, if there is one.
    """

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app, self._key = app, (key or "").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or len(self._key) < _SHORTEST:
            await self._app(scope, receive, send)
            return
        held = b""

        async def veiled(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                headers = [(name, self._without(value)) for name, value in message.get("headers", ())]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                text = self._without(held + message.get("body", b""))
                cut = self._begun(text) if message.get("more_body") else 0
                held = text[len(text) - cut :]
                message = {**message, "body": text[: len(text) - cut]}
            await send(message)

        await self._app(scope, receive, veiled)

    def _without(self, text: bytes) -> bytes:
        return text.replace(self._key, b"*" * len(self._key))

    def _begun(self, text: bytes) -> int:
        """How many bytes at the end of ``text`` may be the beginning of the key."""
        longest = min(len(self._key) - 1, len(text))
        return next((n for n in range(longest, 0, -1) if text.endswith(self._key[:n])), 0)
