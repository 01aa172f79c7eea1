"""Finding the model that is meant."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ModelError
from . import embedded
from .caller import Caller, Options
from .functions import Function, from_function

__all__ = ["ModelLike", "resolve"]

ModelLike = str | os.PathLike[str] | Function
"""The path of a GGUF file, or a function (sync or async) from messages to a text or a Reply."""

VARIABLE = "VERBALIZED_SAMPLING_MODEL"


def resolve(model: ModelLike | None, options: Options) -> Caller:
    """A caller for ``model``; None means ``$VERBALIZED_SAMPLING_MODEL``, else the embedded model.

    Raises:
        ModelError: There is no such model here.
        SettingsError: An option that the model cannot take.
    """
    if model is None:
        model = os.environ.get(VARIABLE) or None
    if model is None:
        return embedded.shipped(options)
    if isinstance(model, str | os.PathLike):
        return embedded.from_file(Path(model).expanduser(), options)
    if callable(model):
        return from_function(model, options)
    raise ModelError(f"cannot use {type(model).__name__} as a model: give the path of a GGUF file, or a function")
