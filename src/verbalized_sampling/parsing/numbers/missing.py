"""What models write where they state no number: "?", "n/a", "unknown"."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.words import pattern_of

__all__ = ["MISSING", "is_missing"]

MISSING = (
    r"(?:[?？]{1,3}|[-–—]{1,3}|_{1,6}|\.{2,3}|…|[xX]{1,2}(?!\w)|n/a(?!\w)|none(?!\w)|null(?!\w)|tbd(?!\w)"
    rf"|(?:{pattern_of('level')})(?!\w))"
)
"""Pattern of what stands for a number that isn't stated."""

_ALL_MISSING = regex(rf"[\s*_`]{{0,9}}(?:{MISSING})?[\s*_`%％]{{0,9}}\Z", re.IGNORECASE)


def is_missing(written: str) -> bool:
    """Whether nothing stands where a number was to stand, or what says that there is none."""
    return _ALL_MISSING.match(written) is not None
