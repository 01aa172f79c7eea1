"""The name of a model, as results and journals know it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ..models import VARIABLE, ModelLike

__all__ = ["EMBEDDED", "is_small", "model_name"]

EMBEDDED = "the embedded SmolLM2-135M"
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*([mb])(?![a-z0-9])", re.IGNORECASE)
_SMALL = 3.0  # billions of parameters


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


def is_small(name: str) -> bool:
    """Whether a model is, by its name, too small to judge a method by: below three billion parameters."""
    sizes = [float(number) / (1000 if unit in "mM" else 1) for number, unit in _SIZE.findall(name)]
    return bool(sizes) and max(sizes) < _SMALL


def _default_name() -> str:
    from ..models.resolve import _ollama, _with_key

    if name := os.environ.get(VARIABLE):
        return name
    found: Any = _with_key(None) or _ollama()
    return f"{found[0].model or 'the first model'}@{found[0].base_url}" if found else EMBEDDED


def _without_secrets(name: str) -> str:
    return Path(name).stem if name.endswith(".gguf") else re.sub(r"//[^/@]*@", "//", name)
