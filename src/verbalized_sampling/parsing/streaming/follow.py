"""Following a reply that is still being written to its candidates."""

from __future__ import annotations

import re

from pydantic_core import from_json

from ...repairs import Repair
from ..candidate.asked import Asked
from ..candidate.found import Block, Draft
from ..candidate.placeholders import is_placeholder
from ..exact import tagged
from ..language.transitions import revised
from ..numbers.number import Number
from ..page.swallowed import may_swallow
from ..readers.json.blocks import START, json_blocks
from ..readers.tags.blocks import tag_blocks
from ..reply.read import read_on
from ..reply.thoughts import CLOSING, OPENING
from .elements import TagScanner
from .json_items import JsonScanner
from .list_items import LineScanner

__all__ = ["Follower"]

_LONGEST_MARK = 200  # characters of a mark that may be cut in two
_LONGEST_KEY = 60
_LONGEST_KEPT_GAP = 5000
# The end of a text that may be the beginning of a mark of thoughts, a tag, or JSON.
_PARTIAL_MARK = re.compile(r"[<◁\[][^<>\[\]◁▷\n]{0,110}\Z|[{\[]\s{0,500}(?:[\w-]{0,40}\s{0,20}|/)\Z")


class Follower:
    """Follows a reply to its candidates: first to where they begin, then through JSON, tags or a list."""

    __slots__ = ("_gap", "_json", "_lines", "_rest", "_single", "_tags", "_thinking", "_wire", "quiet")

    def __init__(self, asked: Asked) -> None:
        self._wire = asked
        self.quiet = False  # nothing more will be given before the end
        self._rest = ""  # may be the beginning of a mark
        self._thinking = False
        self._json: JsonScanner | None = None
        self._tags = TagScanner(asked)
        self._lines = LineScanner()
        self._single: bool | None = None  # whether the JSON so far was free-standing objects
        self._gap = ""  # what stood since the last of them

    @property
    def wakes(self) -> str:
        """What alone can complete a candidate where the reply stands, or "" if several things can."""
        if self._json is not None:
            return "}"
        return self._tags.ending if self._tags.started else ""

    def scan(self, piece: str) -> list[Draft]:
        """The drafts that a piece completes."""
        drafts: list[Draft] = []
        if self._tags.started and self._json is None and not self._rest:
            self._read(piece, drafts)
            return drafts
        while piece and not self.quiet:
            if self._json is not None:
                piece = self._in_json(self._json, piece, drafts)
            elif self._thinking:
                piece = self._in_thoughts(piece)
            else:
                piece = self._outside(piece, drafts)
        return drafts

    def _in_thoughts(self, piece: str) -> str:
        text = self._rest + piece
        closing = CLOSING.search(text)
        if closing is None:
            self._rest = text[-_LONGEST_MARK:]
            return ""
        self._rest = ""
        self._thinking = False
        return text[closing.end() :]

    def _outside(self, piece: str, drafts: list[Draft]) -> str:
        """Reads tags and lists, and looks for where JSON or thoughts begin."""
        text = self._rest + piece
        self._rest = ""
        thought = None if self._tags.started else OPENING.search(text)
        start = None if self._tags.started or self._lines.started else START.search(text)
        found = min((match for match in (thought, start) if match), key=lambda match: match.start(), default=None)
        if (
            found is None
            and not self._tags.started
            and (partial := _PARTIAL_MARK.search(text, max(0, len(text) - 600)))
        ):
            text, self._rest = text[: partial.start()], text[partial.start() :]
        head = text[: found.start()] if found else text
        self._read(head, drafts)
        if self._single is not None:
            self._gap = (self._gap + head)[-_LONGEST_KEPT_GAP:]
        if found is None or self._tags.started or self._lines.started:
            # (What the head held decides: a tag or a list that began there goes on behind it.)
            if found is not None:
                self._read(text[len(head) :], drafts)
            return ""
        if found is thought:
            self._thinking = True
            self._tags, self._lines = TagScanner(self._wire), LineScanner()
            return text[found.end() :]
        if self._single is False or (self._single and revised(self._gap, 0, len(self._gap))):
            self.quiet = True
            return ""
        self._json = JsonScanner()
        self._lines.failed = True
        self._gap = ""
        return text[found.start() :]

    def _read(self, text: str, drafts: list[Draft]) -> None:
        for element in self._tags.scan(text):
            found = _element(element, self._wire)
            if found is None:
                self.quiet = True
                return
            drafts += found
        if self._tags.failed:
            self.quiet = True
        if not self._tags.started and not self._lines.failed:
            drafts += self._lines.scan(text)

    def _in_json(self, scanner: JsonScanner, piece: str, drafts: list[Draft]) -> str:
        items, read = scanner.scan(piece)
        for item in items:
            found = _in_order(item, self._wire, single=scanner.single)
            if found is None or self._single not in (None, scanner.single):
                self.quiet = True
                return ""
            self._single = scanner.single
            drafts += found
        if scanner.failed:
            self.quiet = True
            return ""
        if scanner.done:
            self._json = None
            return piece[read:]
        return ""


def _element(element: str, asked: Asked) -> list[Draft] | None:
    """The draft in an element, none if it is no candidate; None if that takes the whole to tell."""
    reading = None if asked.fields else tagged(element)
    if reading is not None:
        return [Draft(reading.texts[0], Number(reading.numbers[0]), 0, 0, {"text": reading.texts[0]})]
    blocks = read_on(element, tag_blocks(element, 0, len(element), asked), asked)
    drafts = _only(blocks)
    if (
        drafts is None
        or Repair.UNCLOSED in blocks[0].repairs
        or any(draft.number is None or draft.text[:1] in ("{", "[") for draft in drafts)
    ):
        return None
    return drafts


def _in_order(item: str, asked: Asked, *, single: bool) -> list[Draft] | None:
    """The draft in a JSON object, none if it is no candidate; None if the object is not in good order."""
    try:
        fields = from_json(item)
    except (ValueError, TypeError):  # (a lone surrogate is a TypeError)
        return None
    text, number = fields.get("text"), fields.get("probability")
    as_asked = not asked.fields and len(fields) == 2 and type(text) is str and type(number) is float
    as_asked = as_asked and 0.0 <= number <= 1.0 and item.count('"text"') == 1 and not may_swallow(item)
    if as_asked and text.strip() and not is_placeholder(text, Number(number)):
        return [Draft(text, Number(number), 0, 0, {"text": text})]
    if any(len(key) > _LONGEST_KEY or not key.isprintable() for key in fields):
        return None
    text = item if single else f"[{item}]"
    blocks = json_blocks(text, 0, len(text), asked)
    if single and not (blocks and blocks[0].single):
        return None
    return _only(blocks)


def _only(blocks: list[Block]) -> list[Draft] | None:
    """The draft of a block that holds one candidate, or of one that drops it; None of any other."""
    if len(blocks) != 1 or not blocks[0].complete or any(d.reason is Repair.CUT_OFF for d in blocks[0].dropped):
        return None
    if len(blocks[0].drafts) + len(blocks[0].dropped) != 1:
        return None
    return blocks[0].drafts
