"""A seed of its own for each input: with a bare one, a batch would draw the same rank every time."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

__all__ = ["mixed_seed"]

_ENCODER = json.JSONEncoder(sort_keys=True, default=str)  # in ASCII: lone surrogates too


def mixed_seed(seed: int | str | None, *inputs: Any) -> str | None:
    """``seed`` mixed with what it is used for: the same of equal inputs, on any machine, and another of others.

    Args:
        seed: The seed; None stays None.
        inputs: Plain JSON values; what is none is taken as its text. A mapping's order doesn't matter.
    """
    if seed is None:
        return None
    said = _ENCODER.encode([seed, *inputs])
    return sha256(said.encode()).hexdigest()
