"""Which models can be used on this machine, and what the others need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from . import embedded
from .endpoint import INSTALL, has_client
from .ollama import listed_models
from .providers import PROVIDERS, Provider
from .resolve import VARIABLE

__all__ = ["Choice", "available"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of model.

    Attributes:
        name: How it is named.
        found: What of it is here.
        missing: What it needs; empty if it can be used.
    """

    name: str
    found: str = ""
    missing: str = ""


def available() -> Iterator[Choice]:
    """All kinds, in the order in which the default looks for them."""
    named = os.environ.get(VARIABLE)
    yield Choice("(none given)", f"{VARIABLE} names {named}" if named else "", "" if named else f"set {VARIABLE}")
    for provider in PROVIDERS.values():
        yield _of_provider(provider)
    yield Choice("http://host:port/v1, model@URL", "any OpenAI-compatible endpoint", "" if has_client() else INSTALL)
    yield Choice("path/to/model.gguf", "any GGUF file", "" if embedded.has_runtime() else embedded.INSTALL_RUNTIME)
    path = embedded.shipped_path()
    needs = [] if embedded.has_runtime() else [embedded.INSTALL_RUNTIME]
    needs += [] if path else [embedded.INSTALL_MODEL]
    yield Choice("(none at all)", path.stem if path else "the embedded model", " && ".join(needs))


def _of_provider(provider: Provider) -> Choice:
    name = f"{provider.name}:{provider.default_model or 'MODEL'}"
    needs = [] if has_client() else [INSTALL]
    found = ""
    if provider.key_variables:
        if provider.reason:
            found = provider.reason
        else:
            needs.append(f"set {' or '.join(provider.key_variables)}")
    else:
        models = listed_models(provider.url)
        found = ", ".join(models)
        needs += [] if models else [f"a server at {provider.url} (or set {provider.url_variable})"]
    return Choice(name, found, "; ".join(needs))
