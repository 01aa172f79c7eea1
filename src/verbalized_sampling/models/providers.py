"""Where models that have a name are found, and which key belongs there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import ModelError
from .address import Endpoint, Origin, address, origin_of
from .ollama import ollama_url

__all__ = ["KEY_VARIABLE", "PROVIDERS", "Provider", "endpoint_of", "stored_keys", "suggestion"]

KEY_VARIABLE = "VERBALIZED_SAMPLING_API_KEY"
_OWNERS = (
    ("openai", r"(gpt|o\d|chatgpt)-?"),
    ("anthropic", "claude"),
    ("google", "gemini"),
    ("xai", "grok-"),
    ("mistral", r"(mistral|ministral|magistral|codestral)-"),
    ("deepseek", "deepseek-"),
)
_stored: dict[str, str] = {}  # keys of a config file, by the name of a provider or by an address
_AT = re.compile(r"(?:(?P<model>.*?)@)?(?P<url>[a-z][a-z0-9+.-]*://.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible endpoint that people know by name.

    Attributes:
        name: What stands before the colon: ``openai`` in ``openai:gpt-6.1-terra``.
        base_url: Its address; empty if each customer has their own, which ``url_variable`` holds.
        key_variables: Environment variables that may hold its key; none needs one where this is empty.
        url_variable: Environment variable that moves it elsewhere.
        default_model: The model that is taken when only the key is known; without one, a key alone decides nothing.
        path: What an address of a customer's own ends with.
    """

    name: str
    base_url: str
    key_variables: tuple[str, ...] = ()
    url_variable: str | None = None
    default_model: str | None = None
    path: str | None = None

    @property
    def url(self) -> str:
        """Its address.

        Raises:
            ModelError: The variable that moves it holds no address, or has to and is not set.
        """
        if not self._written:
            raise ModelError(f"{self.name} has no address of its own: set {self.url_variable} to yours")
        return address(self._written)

    @property
    def origins(self) -> set[Origin | None]:
        """Where its key belongs."""
        return {origin_of(self.base_url), origin_of(self._written)} - {None}

    @property
    def _written(self) -> str:
        moved = os.environ.get(self.url_variable, "").strip() if self.url_variable else ""
        if not moved:
            return self.base_url
        return ollama_url(moved) if self.name == "ollama" else _completed(moved, self.path or _path_of(self.base_url))

    @property
    def key_variable(self) -> str | None:
        """The variable that is set."""
        return next((name for name in self.key_variables if os.environ.get(name, "").strip()), None)

    @property
    def key(self) -> str | None:
        return _key_in(self.key_variable) or _checked(_stored.get(self.name), "the config file")

    @property
    def reason(self) -> str | None:
        """Why its key is known; None if it isn't."""
        if variable := self.key_variable:
            return f"{variable} is set"
        return "the config file has its key" if self.key_variables and _stored.get(self.name) else None


# In the order in which a key that is set decides, if no model is named. The default models are for everyday work, by
# pages of November 2026 (of the providers; for Mistral and Fireworks, of others); they live about a year.
PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",), "OPENAI_BASE_URL", "gpt-6.1-terra"),
        Provider("anthropic", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",), None, "claude-sonnet-5-5"),
        Provider(
            "google",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            None,
            "gemini-3.8-flash",
        ),
        Provider("openrouter", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",), None, "openrouter/auto"),
        Provider("groq", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",), None, "openai/gpt-oss-120b"),
        Provider("mistral", "https://api.mistral.ai/v1", ("MISTRAL_API_KEY",), None, "mistral-medium-latest"),
        Provider("deepseek", "https://api.deepseek.com/v1", ("DEEPSEEK_API_KEY",), None, "deepseek-flash"),
        Provider("xai", "https://api.x.ai/v1", ("XAI_API_KEY",), None, "grok-4.3"),
        Provider("together", "https://api.together.ai/v1", ("TOGETHER_API_KEY",), None, "openai/gpt-oss-20b"),
        Provider(
            "fireworks",
            "https://api.fireworks.ai/inference/v1",
            ("FIREWORKS_API_KEY",),
            None,
            "accounts/fireworks/models/gpt-oss-120b",
        ),
        Provider("azure", "", ("AZURE_OPENAI_API_KEY",), "AZURE_OPENAI_ENDPOINT", path="openai/v1"),
        Provider("ollama", "http://127.0.0.1:11434/v1", (), "OLLAMA_HOST"),
        Provider("vllm", "http://127.0.0.1:8000/v1", (), "VLLM_BASE_URL"),
    )
}


@contextmanager
def stored_keys(keys: Mapping[str, str]) -> Iterator[None]:
    """Keys that somebody has stored, by the names of providers and by addresses, while the command runs.

    A variable that is set counts before the key of a provider; the key of an address belongs to its host alone.
    """
    before = dict(_stored)
    _stored.update(keys)
    try:
        yield
    finally:
        _stored.clear()
        _stored.update(before)


def endpoint_of(name: str, api_key: str | None = None) -> Endpoint | None:
    """The endpoint that ``provider:model``, a base URL or ``model@URL`` names; None if it is no such name.

    Args:
        name: Names it.
        api_key: Its key; by default the one that its address has in the environment.

    Raises:
        ModelError: The address is none, or the provider needs a key and no variable holds one.
    """
    if match := _AT.fullmatch(name):
        url = address(match["url"])
        return Endpoint(url, match["model"] or None, _checked(api_key) or _key_for(url))
    prefix, colon, model = name.partition(":")
    provider = PROVIDERS.get(prefix.lower())
    if provider is None or not colon:
        return None
    key = _checked(api_key) or provider.key
    if key is None and provider.key_variables:
        raise ModelError(f"{name} needs an API key: set {' or '.join(provider.key_variables)}, or pass api_key=")
    url = provider.url
    return Endpoint(url, model or provider.default_model, key or _key_for(url))


def suggestion(name: str) -> str:
    """What may have been meant by a name that names no model; empty if nothing comes to mind."""
    prefix, colon, model = name.partition(":")
    before, at, host = name.rpartition("@")
    if at and host:
        return f"{before}@http://{host}"
    if name.lower() in PROVIDERS:
        provider = PROVIDERS[name.lower()]
        return f"{provider.name}:{provider.default_model or ''}"
    if prefix.lower() == "grok":  # its maker is meant, and not Groq
        return f"xai:{model}"
    if not colon and (owner := next((o for o, made in _OWNERS if re.match(made, name, re.IGNORECASE)), None)):
        return f"{owner}:{name}"
    if close := get_close_matches(prefix.lower(), PROVIDERS, 1, cutoff=0.7):
        return f"{close[0]}:{model or PROVIDERS[close[0]].default_model or ''}"
    if colon and re.match(r"\d{1,5}(/|$)", model):
        return f"http://{name}"
    return ""


def _key_for(url: str) -> str | None:
    """The key that belongs to the host of ``url``: its provider's, else the one for addresses of one's own."""
    here = origin_of(url)
    if stored := next((key for place, key in _stored.items() if here is not None and origin_of(place) == here), None):
        return _checked(stored, "the config file")
    owners = [provider for provider in PROVIDERS.values() if provider.key_variables and here in provider.origins]
    if owners:
        return next((key for provider in owners if (key := provider.key)), None)
    return _key_in(KEY_VARIABLE)


def _key_in(variable: str | None) -> str | None:
    return _checked(os.environ.get(variable), variable) if variable else None


def _checked(key: str | None, source: str | None = "api_key") -> str | None:
    key = (key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ModelError(f"the key in {source} holds characters that cannot be sent: was it copied whole?")
    return key or None


def _path_of(url: str) -> str:
    return url.partition("//")[2].partition("/")[2]


def _completed(place: str, path: str) -> str:
    """An address of which the scheme or the path is left out."""
    url = place if "://" in place else f"http://{place}"
    return url if url.rstrip("/").count("/") > 2 else f"{url.rstrip('/')}/{path}"
