"""Finding candidates that are calls by keywords, in a reply that is still being written.

[Candidate(text='Tea', probability=0.5), Candidate(text='Milk', probability=0.2)]
"""

from __future__ import annotations

import re
from typing import cast

from ...patterns import regex
from ..candidate.asked import Asked
from ..candidate.found import Draft
from ..language import names
from ..reply.escapes import objects_in_calls
from .json.object import drafts_in

__all__ = ["CallScanner"]

_QUOTED_ARGUMENT = r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')"""
_KEYWORD_ARGUMENT = regex(rf"(\w{{1,40}})\s?=\s?({_QUOTED_ARGUMENT}|[-\d.eE]{{1,20}}|None|True|False)", re.DOTALL)
_WHOLE_CALL = regex(
    rf"[^\W\d][\w.]{{0,60}}\((?P<arguments>(?:\s{{0,40}}{_KEYWORD_ARGUMENT.pattern}\s{{0,9}},?){{2,9}}+)\s{{0,40}}\)",
    re.DOTALL,
)
_CALL_BEGINS = regex(r"\b[^\W\d][\w.]{0,60}\(\s{0,40}(?P<key>\w{1,40})\s?=\s?(?=[\"'\d.])")
_BETWEEN_CALLS = regex(r"\s{0,40}[,;]?\s{0,40}")
_MAY_BE_CALL = regex(r"[^\W\d][\w.]{0,60}(?:\(|\Z)|\Z")
_LONGEST_CALL_HEAD = 200
_LONGEST_CALL = 5000  # characters of a call
_IN_JSON = {"None": "null", "True": "true", "False": "false"}


class CallScanner:
    """Follows calls that stand one after another, each with a text and its number; it fails where they end."""

    __slots__ = ("_asked", "_begun", "_opened", "failed", "started")

    def __init__(self, asked: Asked) -> None:
        self.failed = False
        self.started = False
        self._asked = asked
        self._begun = ""  # what is not read yet
        self._opened = False  # whether a call has begun

    @property
    def wakes(self) -> str:
        return ")" if self.started else ""

    @property
    def rest(self) -> None:
        return None

    def scan(self, piece: str) -> list[Draft]:
        """The candidates whose calls end in this piece."""
        text = self._begun + piece
        at = 0
        drafts: list[Draft] = []
        if not self._opened:
            if "(" not in text:
                self._begun = text[-_LONGEST_CALL_HEAD:]
                return drafts
            at = self._beginning(text)
        ends = self._opened and (")" in piece or not self._begun)
        while ends and not self.failed:
            at = cast("re.Match[str]", _BETWEEN_CALLS.match(text, at)).end()  # it matches nothing at least
            call = _WHOLE_CALL.match(text, at)
            if call is None:
                self.failed = not _MAY_BE_CALL.match(text, at)
                break
            # (The first is looked at with the eyes of the reader: so will the others.)
            known = self.started or objects_in_calls(call[0]) is not None
            found = self._drafts(call["arguments"]) if known else None
            self.failed = found is None
            self.started = self.started or not self.failed
            drafts += found or ()
            at = call.end()
        self._begun = text[at:]
        self.failed = self.failed or (self._opened and len(self._begun) > _LONGEST_CALL)
        return drafts

    def _beginning(self, text: str) -> int:
        """Where the first call begins whose first argument is known, or the last that may be one."""
        for beginning in _CALL_BEGINS.finditer(text):
            key = beginning["key"]
            if names.text_rank(key) is not None or self._asked.is_probability(key) or key in self._asked.fields:
                self._opened = True
                return beginning.start()
        return max(0, len(text) - _LONGEST_CALL_HEAD)

    def _drafts(self, arguments: str) -> list[Draft] | None:
        """The draft in a call; None if it is no candidate."""
        members = [f'"{key}": {_IN_JSON.get(value, value)}' for key, value in _KEYWORD_ARGUMENT.findall(arguments)]
        found = drafts_in("{" + ", ".join(members) + "}", self._asked, single=False)
        if found is None or any(draft.number is None for draft in found):
            return None
        return found
