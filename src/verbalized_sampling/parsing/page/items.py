"""Lines that may be a candidate."""

from __future__ import annotations

from dataclasses import dataclass

from ..language import names
from .openers import Opener
from .outline import Outline

__all__ = ["Item", "has_text"]


@dataclass(slots=True)
class Item:
    """Some lines that may be a candidate, and which of the outline's marks stand in them."""

    first: int  # index of its first line
    last: int  # index after its last line
    opener: Opener
    low: int  # index of its first mark
    high: int  # index after its last mark
    repeats: int = 0  # index after the marks that only say its number again; they are no part of its text

    @property
    def marks(self) -> int:
        return self.high - self.low

    @property
    def is_named(self) -> bool:
        """Whether what opens it is a name that says something by itself ("Plan A"); "Response 1" only counts."""
        return self.opener.label != "" and not names.is_root(self.opener.label)


def has_text(outline: Outline, item: Item) -> bool:
    """Whether an item says anything beside its opener and its number."""
    at, mark = outline.places[item.low], outline.marks[item.low]
    for i in range(item.first, item.last):
        line = outline.lines[i]
        written = line.text
        if i == item.first:
            body = 0 if item.is_named else max(item.opener.body, line.body)
            written = " " * body + written[body:]
        if i == at:
            written = written[: mark.start] + written[mark.end :]
        if any(map(str.isalnum, written)):
            return True
    return False
