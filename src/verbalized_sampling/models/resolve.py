"""Finding the model that is meant."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import ModelError
from . import embedded
from .address import Endpoint
from .caller import Caller, Options
from .endpoint import INSTALL, from_endpoint, has_client
from .functions import Function, from_function
from .objects import from_object
from .ollama import listed_models
from .providers import PROVIDERS, endpoint_of, suggestion

__all__ = ["VARIABLE", "ModelLike", "check_name", "endpoint_for", "resolve"]

ModelLike = str | os.PathLike[str] | Function | Any
"""A name (``openai:gpt-6.1-terra``, ``ollama:llama3.2``, a base URL, the path of a GGUF file), a function from messages
to a text or a Reply (sync or async), or the model of a framework: of LangChain, LlamaIndex or DSPy."""

VARIABLE = "VERBALIZED_SAMPLING_MODEL"
_LOCAL = "local:"

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
    if isinstance(model, Endpoint):
        return from_endpoint(model, options)
    if isinstance(model, os.PathLike):
        return embedded.from_file(Path(model).expanduser(), options)
    if isinstance(model, str):
        return _named(model, options)
    if (caller := from_object(model, options)) is not None:
        return caller
    if callable(model):
        return from_function(model, options)
    raise ModelError(
        f"cannot use {type(model).__name__} as a model: give a name such as openai:gpt-6.1-terra, a base URL, the path "
        "of a GGUF file, a function, or a model of LangChain, LlamaIndex or DSPy"
    )


def _named(name: str, options: Options) -> Caller:
    if name.startswith(_LOCAL):
        return embedded.from_file(Path(name.removeprefix(_LOCAL)).expanduser(), options)
    if endpoint := endpoint_of(name, options.api_key):
        return from_endpoint(endpoint, options)
    if _is_file(name):
        return embedded.from_file(Path(name).expanduser(), options)
    raise _unknown(name)


def check_name(name: str) -> None:
    """Lets a name through that a model can have, whether or not its key is set and its server runs.

    Raises:
        ModelError: No model is called so, or the address or the file in it is none.
    """
    provider, colon, _ = name.partition(":")
    if colon and provider.lower() in PROVIDERS:
        return
    if name.startswith(_LOCAL) or ("://" not in name and _is_file(name)):
        embedded.check_file(Path(name.removeprefix(_LOCAL)).expanduser())
    elif endpoint_of(name) is None:
        raise _unknown(name)


def _unknown(name: str) -> ModelError:
    meant = suggestion(name)
    return ModelError(
        f"no model is called {name[:100]!r}{f' (did you mean {meant!r}?)' if meant else ''}: write provider:model with "
        f"one of {', '.join(PROVIDERS)}; a base URL; model@URL; or the path of a GGUF file"
    )


def endpoint_for(model: ModelLike | None, api_key: str | None = None) -> Endpoint | None:
    """The endpoint that ``model`` names, or that is found without one; None if the model is of another kind.

    Raises:
        ModelError: The name is an address that is none, or its key is missing.
    """
    if model is None and (name := os.environ.get(VARIABLE)):
        return endpoint_for(name, api_key)
    if model is None:
        found = _with_key(api_key) or _ollama() if has_client() else None
        return found[0] if found else None
    if isinstance(model, Endpoint):
        return model
    return endpoint_of(model, api_key) if isinstance(model, str) and not model.startswith(_LOCAL) else None


def _is_file(name: str) -> bool:
    try:
        path = Path(name).expanduser()
        return bool(name) and (path.suffix == ".gguf" or path.is_file())
    except (OSError, ValueError, RuntimeError):  # no name that a file could have
        return False


def _default(options: Options) -> Caller:
    if name := os.environ.get(VARIABLE):
        _say(f"answering with {name}, which {VARIABLE} names")
        return _named(name, options)
    if (found := _with_key(options.api_key) or _ollama()) is not None:
        endpoint, reason = found
        if has_client():
            _say(f"answering with {endpoint}, because {reason}; model= or {VARIABLE} chooses another")
            return from_endpoint(endpoint, options)
        _say(f"passing over {endpoint} ({reason}): it needs an HTTP client, {INSTALL}")
    return embedded.shipped(options)


def _with_key(api_key: str | None) -> tuple[Endpoint, str] | None:
    for provider in PROVIDERS.values():
        if provider.default_model and (reason := provider.reason):
            return Endpoint(provider.url, provider.default_model, api_key or provider.key), reason
    return None


def _ollama() -> tuple[Endpoint, str] | None:
    url = PROVIDERS["ollama"].url
    models = listed_models(url)
    return (Endpoint(url, models[0], None), "Ollama runs here") if models else None


@lru_cache(maxsize=64)  # once each
def _say(message: str) -> None:
    _log.warning(message)
