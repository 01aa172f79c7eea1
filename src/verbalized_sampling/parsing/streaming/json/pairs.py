"""Finding candidates whose texts and numbers stand in lists, in JSON that is still being written.

[["Paris", 0.6], …], [{"Paris": 0.6}, …], {"texts": ["Paris", …], "probabilities": [0.6, …]}
"""

from __future__ import annotations

import re

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Block, Draft
from ...language import names
from ...numbers.number import number_in
from ...page.swallowed import may_swallow
from ...readers.json.shapes import is_fraction
from .members import says_otherwise
from .object import in_json

__all__ = ["PairScanner"]

_QUOTED_IN_LIST = r"""(?:"(?:[^"\\\x00-\x1f]++|\\.)*+"|'(?:[^'\\\x00-\x1f]++|\\.)*+')"""
_SHARE_WRITTEN = r"[0-9.]{1,20}"
_OPENING_OF_VALUE = regex(r"\s{0,40}([\[{])")
_OUTER_MEMBER = regex(
    rf"\s{{0,40}},?\s{{0,40}}\"(\w{{1,40}})\"\s{{0,9}}:\s{{0,9}}(?:(?P<lists>\[)|{_QUOTED_IN_LIST}(?=\s{{0,40}},))"
)
_MAY_BE_MEMBER = regex(
    r"\s{0,40},?\s{0,40}(?:\"\w{0,40}(?:\"\s{0,9}(?::\s{0,9}(?:\"(?:[^\"\\]++|\\.)*+(?:\"\s{0,40}|\\)?)?)?)?)?\Z",
    re.DOTALL,
)
_LISTED = {
    "texts": regex(rf"\s{{0,40}}({_QUOTED_IN_LIST})(?=\s{{0,40}}[,\]])"),
    "numbers": regex(rf"\s{{0,40}}({_SHARE_WRITTEN})(?=\s{{0,40}}[,\]])"),
    "rows": regex(
        rf"\s{{0,40}}(?:\[\s{{0,40}}(?P<text>{_QUOTED_IN_LIST})\s{{0,9}},\s{{0,40}}(?P<number>{_SHARE_WRITTEN})\s{{0,40}}\]"
        rf"|\[\s{{0,40}}(?P<first>{_SHARE_WRITTEN})\s{{0,9}},\s{{0,40}}(?P<second>{_QUOTED_IN_LIST})\s{{0,40}}\]"
        rf"|\{{\s{{0,40}}(?P<key>{_QUOTED_IN_LIST})\s{{0,9}}:\s{{0,9}}(?P<value>{_SHARE_WRITTEN})\s{{0,40}}\}})"
    ),
}
_MAY_BE_LISTED = {
    "texts": regex(r"\s{0,40}(?:[\"']|\Z)"),
    "numbers": regex(r"\s{0,40}(?:[0-9.]|\Z)"),
    "rows": regex(r"\s{0,40}(?:\[\s{0,40}(?:[\"'0-9.]|\Z)|\{\s{0,40}(?:[\"']|\Z)|\Z)"),
}
_BEGUN_MAP = regex(rf"\s{{0,40}}\{{\s{{0,40}}({_QUOTED_IN_LIST})\s{{0,9}}(?::\s{{0,9}}(?P<other>[^\s\d.])?|\Z)")
_SEPARATOR = regex(r"\s{0,40}([,\]])")
_ONLY_BLANK = regex(r"\s{0,40}\Z")
_LONGEST_LISTED = 4096  # characters of an item
_FEWEST_ROWS = 2  # that make a list of them
_MAY_BE_JSON = ("{", "[", "`", '"')


class PairScanner:
    """Follows pairs, maps of one member each, or a list of texts and one of their numbers, whichever comes first.

    It fails where they end, too: what follows may be anything.
    """

    __slots__ = ("_asked", "_begun", "_held", "_items", "_kind", "_next", "_opened", "failed", "started", "wakes")

    def __init__(self, asked: Asked) -> None:
        self.failed = False
        self.started = False
        self.wakes = ""
        self._asked = asked
        self._begun = ""  # what is not read yet
        self._opened = ""  # the bracket of the value
        self._kind: str | None = None  # of the list that is open
        self._items: dict[str, list[str]] = {}  # what the lists hold, as written
        self._next = False  # whether an item stands before, and a comma is to follow
        self._held: list[Draft] = []  # of rows, until there are enough

    @property
    def rest(self) -> None:
        return None

    @property
    def single(self) -> bool | None:
        return False if self.started else None

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that a piece completes."""
        text = self._begun + piece
        at: int | None = 0
        read = 0
        drafts: list[Draft] = []
        while at is not None and not self.failed:
            read = at
            at = self._outside(text, at) if self._kind is None else self._inside(text, at, self._kind, drafts)
        self._begun = text[read:]
        self.failed = self.failed or len(self._begun) > _LONGEST_LISTED
        block = Block([], 0, 0)
        for draft in drafts:
            block.offer(draft, draft.text, typed=self._asked.is_answer(draft.number))
        return block.drafts

    def _outside(self, text: str, at: int) -> int | None:
        """Reads on where no list is open; returns where to go on, or None if more must come first."""
        if not self._opened:
            opening = _OPENING_OF_VALUE.match(text, at)
            if opening is None:
                return None
            self._opened = opening[1]
            self._kind = "rows" if opening[1] == "[" else None
            return opening.end()
        member = _OUTER_MEMBER.match(text, at)
        if member is None:
            self.failed = _MAY_BE_MEMBER.match(text, at) is None
            return None
        name = member[1]
        self.failed = names.is_draft(name) or names.is_alternative(name) or name in self._asked.fields
        if member["lists"] is None:
            self.failed = self.failed or names.text_rank(name) is not None or names.is_probability(name)
        elif _ONLY_BLANK.match(text, member.end()):
            return None
        else:
            self._open(name, text[member.end() :].lstrip()[0])
        return member.end()

    def _open(self, name: str, sign: str) -> None:
        """Takes a list by its name, and by what its first item begins with."""
        if names.are_probabilities(name):
            self._kind = "numbers"
        else:
            self._kind = "texts" if sign in "\"'" else "rows"
        is_first = not self._items
        self.failed = (
            self.failed
            or self._kind in self._items
            or (self._kind == "rows" and not (names.is_wrapper(name) and is_first))
        )
        self._items[self._kind] = []
        self._next = False
        self.started = self.started or not (is_first or self.failed)

    def _inside(self, text: str, at: int, kind: str, drafts: list[Draft]) -> int | None:
        """Reads on in a list; returns where to go on, or None if more must come first."""
        if self._next:
            separator = _SEPARATOR.match(text, at)
            if separator is None:
                self.failed = _ONLY_BLANK.match(text, at) is None
                return None
            self._next = False
            if separator[1] == "]":
                self._kind = None
                self.failed = kind == "rows" or len(self._items) > 1
            return separator.end()
        item = _LISTED[kind].match(text, at)
        if item is None:
            begun = _BEGUN_MAP.match(text, at) if kind == "rows" else None
            self.failed = _MAY_BE_LISTED[kind].match(text, at) is None
            if begun is not None and (begun["other"] or says_otherwise(begun[1][1:-1])):
                self.failed = True
            return None
        self._next = True
        if kind == "rows":
            quoted, number = (
                item["text"] or item["second"] or item["key"],
                item["number"] or item["first"] or item["value"],
            )
            self._row(quoted, number, drafts, is_map=item["key"] is not None)
        else:
            self._listed(kind, item[1], drafts)
        return item.end()

    def _row(self, quoted: str, number: str, drafts: list[Draft], *, is_map: bool) -> None:
        draft = self._draft(quoted, number)
        if draft is None or (is_map and says_otherwise(draft.text)):
            self.failed = True
            return
        self._held.append(draft)
        self.started = self.started or len(self._held) >= _FEWEST_ROWS
        if self.started:
            self.wakes = "}" if is_map else "]"
            drafts += self._held
            self._held.clear()

    def _listed(self, kind: str, item: str, drafts: list[Draft]) -> None:
        """Takes an item of one of two lists; the second that has begun completes candidates."""
        listed = self._items[kind]
        listed.append(item)
        if len(self._items) == 1:
            return
        other = self._items["numbers" if kind == "texts" else "texts"]
        pair = (item, other[len(listed) - 1]) if len(listed) <= len(other) else None
        draft = None if pair is None else self._draft(*(pair if kind == "texts" else pair[::-1]))
        if draft is None or draft.text.lstrip()[:1] in _MAY_BE_JSON:
            self.failed = True
            return
        self.wakes = "," if kind == "numbers" else item[0]
        drafts.append(draft)

    def _draft(self, quoted: str, number: str) -> Draft | None:
        """A text and its number, both as written; None if only the reader can tell."""
        if may_swallow(quoted):
            return None
        text = quoted[1:-1]
        if "\\" in text or (quoted[0] == "'" and '"' in text):
            read = in_json(f"[{quoted}]")
            if read is None:
                return None
            text = read[0]
        try:
            share = float(number)
        except ValueError:
            return None
        return Draft(text, number_in(share), 0, 0) if is_fraction(share) else None
