"""Whether the values of JSON are plain: nothing in them may hold further candidates, or escapes meant for LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...language import names
from ...page.swallowed import restored
from ..table import Table

__all__ = ["MAY_BE_JSON", "SCALARS", "is_plain"]

SCALARS = frozenset((int, float, bool, str, type(None)))
MAY_BE_JSON = ("{", "[", "`", '"')  # what a text begins with in which candidates may stand
_SWALLOWED = "\b\t\f\r"


def is_plain(table: Table, root: Mapping[str, Any]) -> bool:
    """Whether there are no further records within the records, and no escapes that were meant for LaTeX."""
    pieces: list[str] = [said for said in root.values() if type(said) is str]
    for name, column in table.columns.items():
        kinds = table.kinds[name]
        if kinds == {str} and not table.ragged:
            pieces += column
        elif kinds <= SCALARS:
            pieces += [value for value in column if type(value) is str] if str in kinds else ()
        elif names.is_probability(name) or not all(_walk(part, pieces, 0) for part in column):
            return False
    joined = "".join(pieces)
    if any(sign in joined for sign in _SWALLOWED) or ("$" in joined and "\n" in joined):
        return all(restored(piece) == piece for piece in pieces)
    return True


def _walk(part: Any, pieces: list[str], depth: int) -> bool:
    """Collects the strings in a value; False if it is too deep."""
    if type(part) is str:
        pieces.append(part)
    elif isinstance(part, dict | list):
        if depth == 8:
            return False
        if isinstance(part, dict):
            if any(map(names.is_probability, part)):
                return False
            pieces += part
        return all(_walk(inner, pieces, depth + 1) for inner in (part.values() if isinstance(part, dict) else part))
    return True
