r"""JSON in a string of JSON that is still being written, as in a tool call: ``"arguments": "{\"responses\": …"``."""

from __future__ import annotations

import json
import re

from ....patterns import regex
from ...candidate.found import Draft
from ...page.swallowed import may_swallow
from ..scanner import ValueScanner

__all__ = ["EncodedScanner"]

# Escapes that are whole; a character of two halves needs both.
_WHOLE = regex(
    r"(?:[^\\]++|\\(?:[^u]|u(?![dD][89a-bA-B])[0-9a-fA-F]{4}"
    r"|u[dD][89a-bA-B][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*+",
    re.DOTALL,
)
_LONGEST_ESCAPE = 12  # characters


class EncodedScanner:
    """Follows the JSON in a string, which it is given as it is written between the quotes.

    Attributes:
        failed: The string does not begin as JSON does, or only the whole reply can tell how it goes on.
    """

    __slots__ = ("_begun", "_rest", "_scanner", "failed")

    def __init__(self, scanner: ValueScanner) -> None:
        self.failed = False
        self._begun = False
        self._rest = ""  # an escape that goes on in the next piece
        self._scanner = scanner  # of the JSON

    @property
    def started(self) -> bool:
        return self._begun

    @property
    def holds_one(self) -> bool:
        """Whether the JSON as a whole is one candidate."""
        return self._scanner.single is True

    @property
    def wakes(self) -> str:
        return self._scanner.wakes

    @property
    def rest(self) -> str | None:
        return self._scanner.rest

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that end in this piece."""
        text = self._decoded(piece)
        if not self._begun:
            text = text.lstrip()
            self._begun = text[:1] in ("{", "[")
            self.failed = self.failed or (text != "" and not self._begun)
        elif self._scanner.rest is not None:
            self.failed = self.failed or text.strip() != ""
        if self.failed or not text or self._scanner.rest is not None:
            return []
        drafts = self._scanner.scan(text)
        self.failed = self._scanner.failed or bool(self._scanner.rest and not self._scanner.rest.isspace())
        return drafts

    def _decoded(self, piece: str) -> str:
        """What a piece says, but for an escape at its end that isn't whole."""
        raw = self._rest + piece
        whole = _WHOLE.match(raw)
        end = whole.end() if whole else 0
        self._rest = raw[end:]
        if len(self._rest) >= _LONGEST_ESCAPE or may_swallow(raw[:end]):
            self.failed = True
            return ""
        try:
            return str(json.loads(f'"{raw[:end]}"', strict=False))
        except ValueError:
            self.failed = True
            return ""
