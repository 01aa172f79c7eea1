"""Finding the candidates of a tagged reply that is still being written."""

from __future__ import annotations

import re

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import Asked
from ..candidate.found import Draft, only_draft
from ..exact.tags import tagged
from ..language import names
from ..numbers.number import Number
from ..readers.tags.blocks import tag_blocks
from ..readers.tags.tags import Role, role_of, stated_in
from ..reply.blocks import read_on

__all__ = ["TagScanner"]

_PLAIN_TAG = regex(r"<\s{0,2}(/?)\s{0,2}([^\W\d][\w.:-]{0,40})((?:\s[^<>]{0,300})?)>")
_TAGS = 6  # of an element: its own, its text's, its number's
_LONGEST_TAG_WRITTEN = 400  # characters of a tag that is still being written


class TagScanner:
    """Follows a tagged reply to its elements; it has started once their name is known."""

    __slots__ = (
        "_asked",
        "_candidate",
        "_closing",
        "_open",
        "_opening",
        "_own",
        "_parts",
        "_raw",
        "_rest",
        "_root",
        "_wakes",
        "failed",
    )

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._own = {names.normalised(name) for name in asked.fields}  # texts, whatever their tags mean elsewhere
        self.failed = False
        self._root: str | None = None
        self._candidate: str | None = None  # a tag that is the root if the next tag is a text or a number
        self._raw = ""  # as it was written
        self._closing = self._opening = "<"  # what a piece must hold to be looked at, once the root is known
        self._wakes = ""
        self._open = False
        self._rest = ""  # the start of a tag that goes on in the next piece
        self._parts: list[str] = []

    @property
    def started(self) -> bool:
        return self._root is not None

    @property
    def wakes(self) -> str:
        return self._wakes

    @property
    def rest(self) -> None:
        return None  # words may follow the last element: it ends with the reply

    def scan(self, piece: str) -> list[Draft]:
        """The candidates whose elements end in this piece."""
        drafts: list[Draft] = []
        for element in self._elements(piece):
            found = _drafts(element, self._asked)
            if found is None:
                self.failed = True
                break
            drafts += found
        return drafts

    def _end_in(self, piece: str) -> int:
        """Where the open element ends in a piece that opens no other before; 0 if it doesn't."""
        at = piece.find(self._closing)
        end = at + len(self._closing)
        return end + 1 if at >= 0 and piece[end : end + 1] == ">" and self._opening not in piece[:at] else 0

    def _whole(self, piece: str) -> str | None:
        """The element that a piece is, if that is in good order and only the start of another tag stands behind it."""
        at = piece.find(self._wakes)
        end = at + len(self._wakes)
        element, behind = piece[:end].lstrip(), piece[end:]
        if at < 0 or not element.startswith(self._opening + ">") or element.count("<") != _TAGS or ">" in behind:
            return None
        self._rest = behind[behind.find("<") :] if "<" in behind else ""
        return element

    def _elements(self, piece: str) -> list[str]:
        """The elements that ended in this piece."""
        if self._rest:
            piece = self._rest + piece
            self._rest = ""
        if not self._open and self._root is not None and (element := self._whole(piece)):
            return [element]
        if self._open and self._closing not in piece and self._opening not in piece:
            keep = piece.rfind(
                "<", max(0, len(piece) - _LONGEST_TAG_WRITTEN)
            )  # most pieces: nothing but a part of the element
            if keep >= 0 and ">" not in piece[keep:]:
                self._rest = piece[keep:]
                piece = piece[:keep]
            self._parts.append(piece)
            return []
        cut = piece.rfind("<", max(0, len(piece) - _LONGEST_TAG_WRITTEN))
        if cut >= 0 and ">" not in piece[cut:]:
            piece, self._rest = piece[:cut], piece[cut:]
        elements: list[str] = []
        if self._open and (end := self._end_in(piece)):  # the usual way on: this element ends, and no other began
            self._parts.append(piece[:end])
            elements.append("".join(self._parts))
            self._parts.clear()
            self._open = False
            piece = piece[end:]
        begin = self._follow_tags(piece, elements)
        if self._open or self._candidate:
            self._parts.append(piece[begin:])
        return elements

    def _follow_tags(self, piece: str, elements: list[str]) -> int:
        """Takes the elements that end at a tag of a piece; returns where the one begins that is open behind them."""
        begin = 0
        for match in _PLAIN_TAG.finditer(piece):
            name = names.normalised(match[2])
            if match[1]:
                if self._open and name == self._root:
                    self._parts.append(piece[begin : match.end()])
                    elements.append("".join(self._parts))
                    self._parts.clear()
                    self._open = False
                    begin = match.end()
                elif name == self._candidate:
                    self._candidate = None
                elif self._root is None and self._candidate is None and role_of(name) is Role.LEAF:
                    self.failed = True  # it was opened before the reply began
                    break
            elif self._root is None:
                begin = self._seek_root(match, name, begin)
            elif name == self._root:
                if self._open:  # a tag in a text, or one that was not closed: that takes the whole to tell
                    self.failed = True
                    break
                self._open = True
                self._parts.clear()
                begin = match.start()
        return begin

    def _seek_root(self, tag: re.Match[str], name: str, begin: int) -> int:
        """Looks whether a tag opens an element, or a field in it, which shows what it is; returns where that begins."""
        role = Role.LEAF if name in self._own else role_of(name)
        is_root = role is Role.ROOT
        if is_root:
            self._candidate, self._raw = name, tag[2]
            self._parts.clear()
            begin = tag.start()
        shows = stated_in(tag[3]) is not None if is_root else role in (Role.LEAF, Role.NUMBER)
        if self._candidate and shows:
            self._root, self._open = self._candidate, True
            self._wakes = self._raw[-1:] + ">"  # how the tag ends that closes an element
            if self._raw == self._root:
                self._closing, self._opening = f"</{self._raw}", f"<{self._raw}"
                self._wakes = self._closing + ">"
        return begin


def _drafts(element: str, asked: Asked) -> list[Draft] | None:
    """The draft in an element, in a list that is empty if it was dropped; None if only the whole reply can tell."""
    reading = None if asked.fields else tagged(element)
    if reading is not None:
        return [Draft(reading[0], Number(reading[1]), 0, 0, {"text": reading[0]})]
    blocks = read_on(element, tag_blocks(element, 0, len(element), asked), asked)
    drafts = only_draft(blocks)
    if (
        drafts is None
        or Repair.UNCLOSED in blocks[0].repairs
        or any(draft.number is None or draft.text[:1] in ("{", "[") for draft in drafts)
    ):
        return None
    return drafts
