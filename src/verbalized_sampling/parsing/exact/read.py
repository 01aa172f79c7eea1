"""The ways that need no care, in order."""

from __future__ import annotations

from ..candidate.asked import Asked
from ..candidate.columns import Columns
from ..candidate.typed import Typed
from .calls import read_calls
from .headed import read_headed
from .lists import read_list
from .payload import read_json
from .percents import read_percents
from .records import read_records
from .tables import read_table
from .tags import read_tags

__all__ = ["read_exactly"]


def read_exactly(text: str, asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of a reply that needs no care, or None."""
    if (found := read_json(text, asked, kind)) is not None:
        return found
    if kind is not None:
        return None
    readers = (read_tags, read_list, read_percents, read_records, read_headed, read_table, read_calls)
    return next((found for reader in readers if (found := reader(text)) is not None), None)
