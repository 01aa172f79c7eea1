"""Where models that have a name are found."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..errors import ModelError

__all__ = ["PROVIDERS", "Endpoint", "Provider", "endpoint_of"]


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible endpoint that people know by name.

    Attributes:
        name: What stands before the colon: ``openai`` in ``openai:gpt-5-mini``.
        base_url: Its address.
        key_variables: Environment variables that may hold its key; none needs one where this is empty.
        url_variable: Environment variable that moves it elsewhere.
        default_model: The model that is taken when only the key is known.
    """

    name: str
    base_url: str
    key_variables: tuple[str, ...] = ()
    url_variable: str | None = None
    default_model: str | None = None

    @property
    def url(self) -> str:
        moved = os.environ.get(self.url_variable) if self.url_variable else None
        return _with_scheme(moved, self.base_url) if moved else self.base_url

    @property
    def key(self) -> str | None:
        return next((key for name in self.key_variables if (key := os.environ.get(name))), None)


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """One model at one address. Its repr holds no key.

    Attributes:
        base_url: Address of an OpenAI-compatible API.
        model: The model's name there; None takes the first that the endpoint lists.
        key: The API key.
    """

    base_url: str
    model: str | None
    key: str | None

    def __repr__(self) -> str:
        return f"{self.model or 'the first model'} at {self.base_url}"


# In the order in which a key that is set decides, if no model is named.
PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",), "OPENAI_BASE_URL", "gpt-5-mini"),
        Provider("anthropic", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",), None, "claude-sonnet-4-5"),
        Provider(
            "google",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            None,
            "gemini-2.5-flash",
        ),
        Provider("openrouter", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",), None, "openrouter/auto"),
        Provider("ollama", "http://127.0.0.1:11434/v1", (), "OLLAMA_HOST"),
        Provider("vllm", "http://127.0.0.1:8000/v1", (), "VLLM_BASE_URL"),
    )
}

_KEYLESS = "none"  # local servers want some key and look at none


def endpoint_of(name: str) -> Endpoint | None:
    """The endpoint that ``provider:model``, a base URL or ``model@URL`` names; None if it is no such name.

    Raises:
        ModelError: The provider needs a key and no variable holds one.
    """
    model, _, url = name.rpartition("@")
    if url.startswith(("http://", "https://")):
        return Endpoint(url.rstrip("/"), model or None, os.environ.get("OPENAI_API_KEY") or _KEYLESS)
    prefix, colon, model = name.partition(":")
    provider = PROVIDERS.get(prefix)
    if provider is None or not colon:
        return None
    key = provider.key
    if key is None and provider.key_variables:
        raise ModelError(f"{name} needs an API key: set {' or '.join(provider.key_variables)}")
    return Endpoint(provider.url, model or provider.default_model, key or _KEYLESS)


def _with_scheme(address: str, default: str) -> str:
    """``OLLAMA_HOST`` is often a bare host and port; the rest is as in the default address."""
    if not address.startswith(("http://", "https://")):
        address = "http://" + address
    path = default.partition("//")[2].partition("/")[2]
    return address.rstrip("/") if address.count("/") > 2 else f"{address}/{path}"
