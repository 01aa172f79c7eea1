"""Which models are too small to judge a method by, as far as their names say."""

from __future__ import annotations

import re

__all__ = ["is_small"]

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*([mb])(?![a-z0-9])", re.IGNORECASE)
_SMALL = 3.0  # billions of parameters


def is_small(name: str) -> bool:
    """Whether a model is, by its name, too small to judge a method by: below three billion parameters."""
    sizes = [float(number) / (1000 if unit in "mM" else 1) for number, unit in _SIZE.findall(name)]
    return bool(sizes) and max(sizes) < _SMALL
