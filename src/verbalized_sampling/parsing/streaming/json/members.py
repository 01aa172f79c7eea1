"""Finding the candidates of a map that is still being written: ``{"Paris": 0.6, "Rome": 0.4}``."""

from __future__ import annotations

from typing import Any

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Block, Draft
from ...language import names
from ...numbers.number import number_in
from ...page.swallowed import may_swallow
from ...readers.json.shapes import is_fraction
from .object import in_json

__all__ = ["MapScanner", "says_otherwise"]

_MEMBER_KEY = regex(r"""\s{0,40}+("(?:[^"\\\n]|\\.){1,2000}+"|'(?:[^'\\\n]|\\.){1,200}+')\s{0,9}:\s{0,9}""")
_MEMBER_VALUE = regex(
    r"""(?P<number>[0-9.]{1,20}|["'][0-9.]{1,12}\s?%["'])(?P<end>\s{0,40}(?:(?P<closes>\})|,))"""
    r"""|(?P<opens>\{)|(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')\s{0,9},"""
)
_PLAIN_FRACTION = regex(r"[01]\.\d{1,16}")
_BEFORE_MEMBER = regex(r"\s{0,40}+[\"']|\s{0,40}\Z")
_MAY_BE_NUMBER = regex(r"[{\"'0-9.]|\Z")
_LONGEST_MEMBER = 4096  # characters of a member
_LONGEST_NAME = 40  # characters of a name that says what a field is
_FEWEST_MEMBERS = 2  # members that make a map


class MapScanner:
    """Follows an object whose keys are the texts, or one under a name that says it holds the candidates.

    It fails where the map ends, too: what follows may be anything.
    """

    __slots__ = ("_asked", "_begun", "_held", "_named", "_says_more", "failed", "started", "wakes")

    def __init__(self, asked: Asked) -> None:
        self.failed = False
        self.started = False
        self.wakes = ""
        self._asked = asked
        self._begun = ""  # what is not read yet
        self._held: list[Draft] = []  # members until there are enough of them
        self._named: bool | None = None  # whether a name says what the object holds; None before it
        self._says_more = False  # whether other members stood before it

    @property
    def rest(self) -> None:
        return None

    @property
    def single(self) -> bool | None:
        return False if self.started else None

    def scan(self, piece: str) -> list[Draft]:
        """The candidates whose members end in this piece."""
        text = self._begun + piece
        at = 0
        if self._named is None and text:
            self._named, self.failed, at = False, text[0] != "{", 1
        drafts: list[Draft] = []
        while not self.failed:
            key = _MEMBER_KEY.match(text, at)
            if key is None:
                self.failed = _BEFORE_MEMBER.match(text, at) is None
                break
            name = key[1][1:-1]
            value = _MEMBER_VALUE.match(text, key.end())
            if value is None:
                self.failed = names.text_rank(name) is not None or _MAY_BE_NUMBER.match(text, key.end()) is None
                break
            if value["number"] is not None:
                drafts += self._member(text[at : value.start("end")], name, value["number"])
                if self.started and "'" not in key[1]:  # (Python chooses the quotes by what stands between them)
                    self.wakes = "," + text[at : key.start(1) + 1]  # as each further member will begin
                self.failed = self.failed or value["closes"] is not None
            else:
                self._outside(name, opens=value["opens"] is not None)
            at = value.end()
        self._begun = text[at:]
        self.failed = self.failed or len(self._begun) > _LONGEST_MEMBER
        return drafts

    def _outside(self, name: str, *, opens: bool) -> None:
        """Takes a member that stands before the map, or holds it."""
        self.failed = bool(self._named or self._held)
        if opens:
            self._named = (names.is_wrapper(name) or names.is_probability(name)) and not names.is_draft(name)
            self.failed = self.failed or not self._named
        else:
            self._says_more = True
            self.failed = self.failed or says_otherwise(name)

    def _member(self, written: str, name: str, number: str) -> list[Draft]:
        """The candidates that a member completes; its name and its number as they are written."""
        read = (name, float(number)) if "\\" not in name and _PLAIN_FRACTION.fullmatch(number) else _said(written)
        is_alone = self._named or not self._says_more
        if read is None or not is_alone or not is_fraction(read[1]) or read[0] in self._asked.fields:
            self.failed = True
            return []
        text = read[0]
        if len(text) <= _LONGEST_NAME and says_otherwise(text):
            self.failed = True
            return []
        self._held.append(Draft(text, number_in(read[1]), 0, 0))
        if not self.started and len(self._held) < _FEWEST_MEMBERS:
            return []
        self.started = True
        block = Block([], 0, 0)
        for draft in self._held:
            block.offer(draft, draft.text, typed=self._asked.is_answer(draft.number))
        self._held.clear()
        return block.drafts


def _said(member: str) -> tuple[str, Any] | None:
    """The key and the value of a member; None if only the reader can tell."""
    read = None if may_swallow(member) else in_json("{" + member + "}")
    return None if read is None else next(iter(read.items()))


def says_otherwise(name: str) -> bool:
    """Whether what stands under a name is no candidate's number."""
    return (
        names.text_rank(name) is not None
        or names.is_probability(name)
        or names.is_bookkeeping(name)
        or names.is_setting(name)
    )
