"""How far from the typical answers are to be, in words."""

from __future__ import annotations

from typing import Literal

from ..errors import SettingsError

__all__ = ["DIVERSITY", "DiversityWord", "tau_by"]

DiversityWord = Literal["low", "medium", "high"]
DIVERSITY: dict[str, float] = {"low": 0.5, "medium": 0.1, "high": 0.01}
"""The tail threshold that each word stands for: three points of the paper's sweep. Without a word: no threshold."""


def tau_by(diversity: object, tau: float | None = None) -> float | None:
    """The tail threshold, by a word for it or as a number.

    Raises:
        SettingsError: The word is none, or there is a number too.
    """
    if diversity is None:
        return tau
    if tau is not None:
        raise SettingsError("diversity= is a word for tau=: give one of them")
    if not isinstance(diversity, str) or diversity not in DIVERSITY:
        raise SettingsError(f"diversity must be one of {', '.join(DIVERSITY)}, not {diversity!r}")
    return DIVERSITY[diversity]
