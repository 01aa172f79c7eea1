"""Finding the model that is meant."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import ModelError
from . import embedded
from .caller import Caller, Options
from .endpoint import INSTALL, from_endpoint, has_client
from .functions import Function, from_function
from .objects import from_object
from .providers import PROVIDERS, Endpoint, endpoint_of

__all__ = ["VARIABLE", "ModelLike", "listed_models", "resolve"]

ModelLike = str | os.PathLike[str] | Function | Any
"""A name (``openai:gpt-5-mini``, ``ollama:llama3.2``, a base URL, the path of a GGUF file), a function from messages
to a text or a Reply (sync or async), or the model of a framework: of LangChain, LlamaIndex or DSPy."""

VARIABLE = "VERBALIZED_SAMPLING_MODEL"
_LOCAL = "local:"
_QUICKLY = 0.5  # seconds, for asking whether a local server is there

_log = logging.getLogger("verbalized_sampling")


def resolve(model: ModelLike | None, options: Options) -> Caller:
    """A caller for ``model``.

    Without one it is, in this order: what ``$VERBALIZED_SAMPLING_MODEL`` names, the first provider whose API key is
    set, a local Ollama server, the embedded model. Which and why is said once, on the library's logger.

    Raises:
        ModelError: There is no such model here.
        SettingsError: An option that the model cannot take.
    """
    if model is None:
        return _default(options)
    if isinstance(model, os.PathLike):
        return embedded.from_file(Path(model).expanduser(), options)
    if isinstance(model, str):
        return _named(model, options)
    if (caller := from_object(model, options)) is not None:
        return caller
    if callable(model):
        return from_function(model, options)
    raise ModelError(
        f"cannot use {type(model).__name__} as a model: give a name such as openai:gpt-5-mini, a base URL, the path "
        "of a GGUF file, a function, or a model of LangChain, LlamaIndex or DSPy"
    )


def _named(name: str, options: Options) -> Caller:
    if name.startswith(_LOCAL):
        return embedded.from_file(Path(name.removeprefix(_LOCAL)).expanduser(), options)
    if endpoint := endpoint_of(name):
        return from_endpoint(endpoint, options)
    path = Path(name).expanduser()
    if path.suffix == ".gguf" or path.exists():
        return embedded.from_file(path, options)
    raise ModelError(
        f"no model is called {name!r}: write provider:model with one of {', '.join(PROVIDERS)}; "
        "a base URL; or the path of a GGUF file"
    )


def _default(options: Options) -> Caller:
    if name := os.environ.get(VARIABLE):
        _say(f"answering with {name}, which {VARIABLE} names")
        return _named(name, options)
    if (found := _with_key() or _ollama()) is not None:
        endpoint, reason = found
        if has_client():
            _say(f"answering with {endpoint}, because {reason}; model= or {VARIABLE} chooses another")
            return from_endpoint(endpoint, options)
        _say(f"passing over {endpoint} ({reason}): it needs the openai client, {INSTALL}")
    return embedded.shipped(options)


def _with_key() -> tuple[Endpoint, str] | None:
    for provider in PROVIDERS.values():
        if key := provider.key:
            name = next(n for n in provider.key_variables if os.environ.get(n))
            return Endpoint(provider.url, provider.default_model, key), f"{name} is set"
    return None


def _ollama() -> tuple[Endpoint, str] | None:
    provider = PROVIDERS["ollama"]
    models = listed_models(provider.url)
    return (Endpoint(provider.url, models[0], "none"), "Ollama runs here") if models else None


def listed_models(base_url: str) -> list[str]:
    """The models that a local server offers; none if there is no server."""
    import json
    import urllib.request  # here, for it brings an HTTP client

    if not base_url.startswith(("http://", "https://")):
        return []
    try:
        with urllib.request.urlopen(f"{base_url}/models", timeout=_QUICKLY) as answer:  # noqa: S310 - checked above
            return [str(model["id"]) for model in json.load(answer)["data"] or ()]
    except (OSError, ValueError, KeyError, TypeError):
        return []


@lru_cache(maxsize=64)  # once each
def _say(message: str) -> None:
    _log.warning(message)
