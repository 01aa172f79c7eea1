"""One model at one address, and the key that belongs there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ..errors import ModelError

__all__ = ["Endpoint", "Origin", "address", "host_of", "origin_of"]

Origin = tuple[str, str, int]
"""Scheme, host and port: what a key belongs to."""

_USER = re.compile(r"//[^/]*@")
_PORTS = {"http": 80, "https": 443}
_SHORTEST_KEY = 4  # characters; a shorter one would be cut out of ordinary words
# Keys that are none, for servers that ask for any: cut out of messages, they would take ordinary words along.
_PLACEHOLDERS = frozenset({
    "dummy", "empty", "fake", "key", "lm-studio", "local", "model", "no-key", "no-key-required", "none", "not-needed",
    "null", "ollama", "openai", "placeholder", "sk-no-key-required", "test", "token", "unused", "vllm",
})  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """One model at one address. Its repr holds no key.

    Attributes:
        base_url: Address of an OpenAI-compatible API.
        model: The model's name there; None takes the first that the endpoint lists.
        key: The API key; None sends none.
    """

    base_url: str
    model: str | None
    key: str | None

    def __repr__(self) -> str:
        return f"{self.model or 'the first model'} at {self.base_url}"

    @property
    def headers(self) -> dict[str, str]:
        """What shows its key; to be passed on at once: error trackers keep the variables of frames."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def redacted(self, text: str) -> str:
        """``text`` without the key."""
        is_secret = self.key and len(self.key) >= _SHORTEST_KEY and self.key.lower() not in _PLACEHOLDERS
        return text.replace(self.key or "", "…") if is_secret else text


def address(url: str) -> str:
    """A base URL as it is written, checked.

    Raises:
        ModelError: It is no address over HTTP, or a name and a password stand in it.
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        shown = _USER.sub("//…@", url)
        raise ModelError(f"{shown!r} is no address: write http://host:port/v1 or https://host/v1")
    if parts.username is not None or parts.password is not None:
        raise ModelError(
            f"the address of {parts.hostname} holds a user name or a password, which would show up in logs: "
            "leave it out, and give a key as api_key= or in VERBALIZED_SAMPLING_API_KEY"
        )
    return url.rstrip("/")


def origin_of(url: str) -> Origin | None:
    """The origin of ``url``; None if it is no address over HTTP."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def host_of(url: str) -> str:
    """The host in ``url``, with its scheme and port if one is written; empty if there is none."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a wrong one is found when it is asked for
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS else None
