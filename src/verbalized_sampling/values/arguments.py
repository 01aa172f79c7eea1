"""Numbers and functions that a caller gives, checked where they come in."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from ..errors import SettingsError

__all__ = ["check_function", "check_number", "seed_of", "whole"]


def whole(name: str, value: Any, least: int) -> int:
    """``value`` as an int, NumPy's integers too.

    Raises:
        SettingsError: It is no whole number, or below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise SettingsError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def check_number(name: str, value: Any, *, above: float = -math.inf, advice: str = "") -> None:
    """Refuses what is no number, NaN too, or not above a bound.

    Raises:
        SettingsError: See above.
    """
    number: Any = value  # (Real has no order of its own)
    if isinstance(value, bool) or not isinstance(value, Real) or not number > above:
        bound = "" if above == -math.inf else f" above {above:g}"
        raise SettingsError(f"{name} must be a number{bound}, not {value!r}{advice and '; '}{advice}")


def seed_of(seed: Any) -> int | str | None:
    """``seed`` as it draws the same on any machine, NumPy's integers too.

    Raises:
        SettingsError: It is neither a whole number nor a text.
    """
    if isinstance(seed, str | None):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, Integral):
        raise SettingsError(f"seed must be a whole number or a text, not {seed!r}")
    return int(seed)


def check_function(name: str, value: Any, what: str) -> None:
    """Refuses what can't be called.

    Raises:
        SettingsError: See above.
    """
    if not callable(value):
        raise SettingsError(f"{name} must be a function that {what}, not {value!r}")
