"""What a scanner is: it follows one kind of reply while that is being written.

A scanner is given the reply piece by piece, every character once and in order, and gives the candidates that each
piece completes. It keeps no more than the candidate that is open, so that its time and its memory are in proportion
to what it is given, however that is cut.

It gives only what the reader of its format will also find in the whole reply. Where it can't be sure of that, it
gives nothing more and says ``failed``: the rest comes when the reply is closed. So a scanner knows the good order of
its format alone, and leaves every damage to the reader.
"""

from __future__ import annotations

from typing import Protocol

from ..candidate.found import Draft

__all__ = ["LineScanner", "Scanner", "ValueScanner"]


class Scanner(Protocol):
    """Follows one kind of reply.

    Attributes:
        failed: Only the whole reply can tell how it goes on.
    """

    @property
    def failed(self) -> bool: ...
    @property
    def started(self) -> bool:
        """Whether the beginning of its kind was found: what follows is its own, and nobody else's."""

    @property
    def wakes(self) -> str:
        """What alone can complete a candidate from here on; "" if several things can."""

    @property
    def rest(self) -> str | None:
        """What of the last piece stands behind the end of its kind; None while it goes on."""

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that a piece completes."""


class LineScanner(Protocol):
    """Follows a format that is read line by line; it is given whole lines, and words may follow its last candidate.

    Attributes:
        failed: Only the whole reply can tell how it goes on.
    """

    failed: bool

    @property
    def started(self) -> bool:
        """Whether the beginning of its kind was found: what follows is its own, and nobody else's."""

    @property
    def mark(self) -> str:
        """How a line begins that alone can complete a candidate; "" if any may."""

    def scan(self, lines: str) -> list[Draft]:
        """The candidates that some lines complete."""


class ValueScanner(Scanner, Protocol):
    """Follows one value."""

    @property
    def single(self) -> bool | None:
        """Whether the value as a whole is the candidate; None while that can't be told."""
