"""Finding the candidates of JSON that is still being written.

It follows brackets and strings only, piece by piece, and remembers a state of constant size beside the item that is
open. Whatever is not in good order makes it stop: then the candidates come when the reply is closed.
"""

from __future__ import annotations

import re

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Draft
from ...language import names
from .encoded import EncodedScanner
from .members import says_otherwise
from .object import drafts_in, in_json
from .openings import follows_item, is_said, key_before, opens_arguments, opens_keyed_item, opens_list, tail_of

__all__ = ["JsonScanner"]

_STRUCTURE = regex(r"""["'{}\[\]]""")
_IN_STRING = {'"': regex(r'["\\]'), "'": regex(r"['\\]")}
_FURTHER_IN = 4  # brackets between a call in a list and the candidates in its arguments
_LONGEST_BEFORE = 400  # characters before a string that are looked at for its key
_FEW_PARTS = 8  # of an item: to join more of them at each bracket in a text would take quadratic time
_PLAIN_ITEM = regex(
    r'(?P<gap>\s{0,9},\s{0,40}+)?(?P<item>\{\s{0,40}+"[^"\\\n]{1,40}":\s?"(?:[^"\\\x00-\x1f]++|\\.)*+",\s{0,40}+'
    r'"[^"\\\n]{1,40}":\s?[0-9.]{1,20}\s{0,40}+\})'
)
_MAY_BEGIN_JSON = ("", "{", "[", " ", "\\")  # what follows a quote; nothing if the piece ends there


class JsonScanner:
    """Follows one JSON value to its items.

    Attributes:
        failed: Something is not in good order.
        rest: What of the last piece stands behind the value; None while it goes on.
        single: Whether the value as a whole is the item; None until one is complete.
    """

    __slots__ = (
        "_asked",
        "_behind",
        "_brackets",
        "_depth",
        "_encoded",
        "_escape",
        "_held",
        "_in_string",
        "_in_strings",
        "_item",
        "_item_depth",
        "_keyed",
        "_parts",
        "_said",
        "_started",
        "failed",
        "rest",
        "single",
    )

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.failed = False
        self.rest: str | None = None
        self.single: bool | None = None
        self._depth = 0
        self._in_string = ""  # the quote that opened it
        self._escape = False
        self._item_depth = -1  # depth at which items open; -1 until the list was found
        self._item = False
        self._said = False  # whether text stands before an item that calls a tool
        self._keyed = False  # whether items stand under keys that count them
        self._held: list[Draft] | None = None  # of the first of those; a second shows that it is no object of its own
        self._started = False
        self._brackets: list[str] = []  # those that are open
        self._behind = ""  # the last plain item, not looked at yet
        self._parts: list[str] = []  # what was written since the last item, or since the open one began
        self._encoded: EncodedScanner | None = None  # of the string that is open, if that may hold JSON
        self._in_strings: list[Draft] | None = None  # candidates that stand in strings; None if none do so far

    @property
    def started(self) -> bool:
        return True  # it is there because a value has begun

    @property
    def wakes(self) -> str:
        return "}"

    def scan(self, piece: str) -> list[Draft]:
        """The candidates whose objects end in this piece."""
        drafts: list[Draft] = []
        items = self._items(piece)
        if self._in_strings is not None:
            drafts, self._in_strings = self._in_strings, []
            return drafts
        for item in items:
            found = drafts_in(item, self._asked, single=self.single is True)
            if found is None:
                self.failed = True
                break
            if self._keyed:
                if self._held is None:
                    self._held = found
                    continue
                drafts += self._held
                self._held = []
            drafts += found
        return drafts

    def _items(self, piece: str) -> list[str]:
        """The items that ended in this piece."""
        items: list[str] = []
        if self._behind:
            piece, self._behind = self._behind + piece, ""
        plain = self._started and not self._said and self._in_strings is None and len(self._parts) < _FEW_PARTS
        if plain and (end := self._plain_items(piece, items)):
            piece = piece[end:]
            if "}" not in piece and "]" not in piece:  # nothing ends in it: most items are plain, so the next may be
                self._behind = piece
                return items
        pos = begin = string = 0
        if self._escape:
            self._escape = False
            pos = 1
        while True:
            if self._in_string:
                match = _IN_STRING[self._in_string].search(piece, pos)
                if match is None:
                    break
                pos = match.end()
                if match[0] == "\\":
                    if pos >= len(piece):
                        self._escape = True
                        break
                    pos += 1
                    continue
                self._in_string = ""
                if self._encoded is not None:
                    self._in_encoded(self._encoded, piece[string : match.start()], ended=True)
                continue
            match = _STRUCTURE.search(piece, pos)
            if match is None:
                break
            char = match[0]
            pos = match.end()
            if char in "\"'":
                self._in_string, string = char, pos
                self._encoded = self._may_hold_json(piece, begin, match)
            elif char in "{[":
                begin = self._open(char, piece, begin, match.start())
                if self.failed:
                    break
            else:
                begin = self._close(char, piece, begin, pos, items)
                if self.rest is not None:
                    return items
        if self._encoded is not None:
            self._in_encoded(self._encoded, piece[string:], ended=False)
        self._parts.append(piece[begin:])
        return items

    def _open(self, char: str, piece: str, begin: int, pos: int) -> int:
        """Notes that a bracket opens; returns where what it belongs to begins in the piece."""
        before = piece[begin:pos]
        if not self._item and self._opens(char, before):
            self._item = True
            self._parts.clear()
            begin = pos
        elif char == "{" and self._holds_list(before):
            self._item_depth = self._depth
            self._said = False
            self._parts.clear()
            begin = pos
        self._depth += 1
        self._brackets.append(char)
        return begin

    def _close(self, char: str, piece: str, begin: int, end: int, items: list[str]) -> int:
        """Notes that a bracket closes, takes the item that ends with it; returns where what follows begins."""
        self._depth -= 1
        del self._brackets[-1:]
        if self._item and self._depth == self._item_depth:
            self._parts.append(piece[begin:end])
            self._take("".join(self._parts), items)
            self._parts.clear()
            self._item = False
            begin = end
        if self._depth <= 0:
            self.rest = piece[end:]
            if not self._started and not self.failed and char == "}" and self._in_strings is None:
                self.single = True
                self._parts.append(piece[begin:end])
                items.append("".join(self._parts))
        return begin

    def _take(self, item: str, items: list[str]) -> None:
        """Takes an object of the list, unless it is what a message says before it calls a tool."""
        if self.single is None and is_said(item):
            self._said = True
            return
        if self._said and self.single is None:
            self.failed = True  # that was a candidate, too
            return
        items.append(item)
        self.single = False

    def _may_hold_json(self, piece: str, begin: int, quote: re.Match[str]) -> EncodedScanner | None:
        """What follows a string that may hold the JSON of the candidates: it is no candidate's text."""
        if quote[0] == "'" or (self.single is not None and self._in_strings is None):
            return None
        if piece[quote.end() : quote.end() + 1] not in _MAY_BEGIN_JSON:
            return None
        key = key_before(tail_of(self._parts, piece[max(begin, quote.start() - _LONGEST_BEFORE) : quote.start()]))
        if key is None or (self._item and self._depth == self._item_depth + 1 and names.text_rank(key) is not None):
            return None
        return EncodedScanner(JsonScanner(self._asked))

    def _in_encoded(self, encoded: EncodedScanner, raw: str, *, ended: bool) -> None:
        """Follows the JSON in a string; a list in one holds all candidates, or each string holds one."""
        drafts = encoded.scan(raw)
        if drafts:
            self._in_strings = [*(self._in_strings or ()), *drafts]
            self.single = False
        if ended or encoded.failed:
            self._encoded = None
            told = encoded.started and (encoded.failed or not encoded.holds_one)
            self.failed = self._in_strings is not None and told

    def _plain_items(self, piece: str, items: list[str]) -> int:
        """Takes the items that end in a piece and are as asked for; returns how much of the piece they take."""
        text = "".join((*self._parts, piece))
        end = 0
        while match := _PLAIN_ITEM.match(text, end):
            if not end and match["gap"] and self._item:
                return 0
            items.append(match["item"])
            end = match.end()
        if not end:
            return 0
        self._parts.clear()
        self._item = self._escape = False
        self._in_string = ""
        self._encoded = None
        self._depth = self._item_depth
        self._brackets = self._brackets[: self._depth]
        self.single = False
        return end - len(text) + len(piece)

    def _opens(self, char: str, before: str) -> bool:
        """Whether a bracket opens an item; finds the list of items on the way."""
        if self._depth == 0:
            return False
        if char != "{" or (self._item_depth >= 0 and self._depth != self._item_depth):
            if self._started and self._depth >= self._item_depth:
                self.failed = True  # something else stands among the items
            return False
        if self._started:
            self.failed = not follows_item("".join(self._parts) + before, keyed=self._keyed)
            return not self.failed
        tail = tail_of(self._parts, before)
        if self._depth == 1 and opens_keyed_item(tail):
            return self._opens_first_keyed(before)
        if not opens_list(tail, self._brackets):
            return False
        if in_json("".join(self._parts) + before + "]" + "}" * (self._depth - 1)) is None:
            self.failed = True
            return False
        self._item_depth = self._depth
        self._started = True
        return True

    def _opens_first_keyed(self, before: str) -> bool:
        """Whether a bracket behind a key that counts opens the first item: nothing beside it is a candidate itself."""
        beside = in_json("".join(self._parts) + before + "null}")
        if type(beside) is not dict or any(says_otherwise(key) for key in beside if beside[key] is not None):
            return False
        self._item_depth = self._depth
        self._started = self._keyed = True
        return True

    def _holds_list(self, before: str) -> bool:
        """Whether the first item is the call of a tool, and a bracket opens the first candidate of its arguments."""
        if not self._item or self.single is not None or self._depth > self._item_depth + _FURTHER_IN:
            return False
        return opens_arguments(tail_of(self._parts, before))
