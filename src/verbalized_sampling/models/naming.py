"""The name of a model, as results and journals know it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .resolve import VARIABLE, ModelLike, _ollama, _with_key

__all__ = ["EMBEDDED", "model_name"]

EMBEDDED = "the embedded SmolLM2-135M"


def model_name(model: ModelLike | None) -> str:
    """What a model is called: the name that it was given, or that of the object."""
    if model is None:
        return _default_name()
    if isinstance(model, str | os.PathLike):
        return _without_secrets(os.fspath(model))
    for attribute in ("model", "model_name", "__qualname__"):
        if isinstance(name := getattr(model, attribute, None), str) and name:
            return name
    return type(model).__name__


def _default_name() -> str:
    if name := os.environ.get(VARIABLE):
        return name
    found = _with_key(None) or _ollama()
    return f"{found[0].model or 'the first model'}@{found[0].base_url}" if found else EMBEDDED


def _without_secrets(name: str) -> str:
    return Path(name).stem if name.endswith(".gguf") else re.sub(r"//[^/@]*@", "//", name)
