"""Lines that are all alike, while they are written: which of them is an item."""

from __future__ import annotations

import re

__all__ = ["UniformLines"]


class UniformLines:
    """Tells the items of a list by one pattern, whose first group is the number that counts them, if one does.

    Args:
        pattern: Of a whole line.
        at: The number of the first item; 0 if nothing counts them.
    """

    __slots__ = ("_at", "_pattern")
    mark = ""

    def __init__(self, pattern: re.Pattern[str], at: int) -> None:
        self._pattern = pattern
        self._at = at

    def opens(self, line: str, *, next_one: bool) -> bool:
        """Whether a line is an item, the next one if it has to be."""
        found = self._pattern.fullmatch(line)
        if found is None:
            return False
        ordinal = int(found[1] or 0)
        if ordinal and next_one and ordinal != self._at + 1:
            return False
        self._at = ordinal
        return True

    def goes_on(self, line: str) -> bool:
        """Whether a line behind an item is a part of it, or between it and the next."""
        return not line
