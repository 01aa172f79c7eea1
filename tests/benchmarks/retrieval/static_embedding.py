"""A static dense model: the mean of the token vectors that come with the package wordllama, read without its code."""

from __future__ import annotations

from functools import cache
from importlib.metadata import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

__all__ = ["embed"]

Vector = NDArray[np.float32]


@cache
def embed(text: str) -> Vector:
    """The unit vector of a text, shape (256,); a text without tokens is zero."""
    tokenizer, table = _model()
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    mean = table[ids].mean(axis=0) if ids else np.zeros(table.shape[1], np.float32)
    return mean / (np.linalg.norm(mean) or 1.0)


@cache
def _model() -> tuple[Tokenizer, Vector]:
    paths = [Path(str(file.locate())) for file in files("wordllama") or ()]
    (weights,) = (path for path in paths if path.name == "l2_supercat_256.safetensors")
    (config,) = (path for path in paths if path.name == "l2_supercat_tokenizer_config.json")
    (table,) = load_file(weights).values()
    return Tokenizer.from_file(str(config)), table.astype(np.float32)
