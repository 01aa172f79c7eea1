"""Following a reply that is still being written to its candidates."""

from __future__ import annotations

import re

from ...patterns import regex
from ..candidate.asked import Asked
from ..candidate.found import Draft
from ..language.transitions import revised
from ..page.headless import head_of
from ..page.thought_marks import CLOSING, OPENING
from ..readers.json.blocks import START
from .calls import CallScanner
from .elements import TagScanner
from .json.items import JsonScanner
from .json.value import JsonValue
from .lines.formats import LineFormats
from .scanner import Scanner, ValueScanner

__all__ = ["Follower"]

_LONGEST_MARK = 200  # characters of a mark that may be cut in two
_LONGEST_KEPT_GAP = 5000
_LONGEST_PIECE = 4096  # characters that are followed at once: what begins in a piece makes its rest be looked at again
# JSON in a string that is no value of other JSON.
_STRING_OF_JSON = r"\"(?=(?:[{\[](?:\s|\\[nt]){0,40}){1,3}\\\")"
_BEGINNING = regex(rf"(?P<thought>(?i:{OPENING.pattern}))|(?P<string>{_STRING_OF_JSON})|{START.pattern}")
_SIGNS_OF_THOUGHTS = "<[◁"  # each mark begins with one
_OPENING_SIGNS = _SIGNS_OF_THOUGHTS + '{"'
# The end of a text that may be the beginning of a mark of thoughts, a tag, or JSON.
_PARTIAL_MARK = regex(
    r"<\|channel\|>[a-z]{0,12}(?:<(?:\|[a-z]{0,8}\|?)?)?\Z|\[\[[^\[\]\n]{0,80}\]?\Z|[<◁\[][^<>\[\]◁▷\n]{0,110}\Z|[{\[]\s{0,500}(?:[\w-]{0,40}\s{0,20}|/)\Z"
)
# The same of JSON in a string: its brackets alone may be those of JSON.
_PARTIAL_STRING = regex(r"\"(?:[{\[](?:\s|\\[nt]){0,40}){0,3}\\?\Z")


class Follower:
    """Follows a reply to its candidates: first to where they begin, then through JSON, tags or a list."""

    __slots__ = (
        "_asked",
        "_before",
        "_calls",
        "_gap",
        "_json",
        "_lines",
        "_rest",
        "_single",
        "_tags",
        "_thinking",
        "quiet",
    )

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.quiet = False  # nothing more will be given before the end
        self._rest = ""  # may be the beginning of a mark
        self._thinking = False
        self._json: ValueScanner | None = None
        self._tags = TagScanner(asked)
        self._calls = CallScanner(asked)
        self._lines = LineFormats()
        self._single: bool | None = None  # whether the JSON so far was free-standing objects
        self._gap = ""  # what stood since the last of them
        self._before: str | None = ""  # what stood before the first; None once the reply can't lack its beginning

    @property
    def wakes(self) -> str:
        """What alone can complete a candidate where the reply stands; "" if several things can."""
        return self._current().wakes

    def _current(self) -> Scanner:
        """The scanner of what is being written."""
        if self._json is not None:
            return self._json
        return self._lines if self._lines.started else self._calls if self._calls.started else self._tags

    def scan(self, piece: str) -> list[Draft]:
        """The drafts that a piece completes."""
        if len(piece) > _LONGEST_PIECE:
            cuts = range(0, len(piece), _LONGEST_PIECE)
            return [draft for at in cuts for draft in self.scan(piece[at : at + _LONGEST_PIECE])]
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
        listed = self._lines.started or self._calls.started  # nothing else begins then
        beginning = OPENING if listed else _BEGINNING
        signs = _SIGNS_OF_THOUGHTS if listed else _OPENING_SIGNS
        looks = not self._tags.started and any(sign in text for sign in signs)
        found = beginning.search(text) if looks else None
        if looks and (partial := _partial(text, found)) is not None:
            text, self._rest = text[:partial], text[partial:]
            found = None
        head = text[: found.start()] if found else text
        self._read(head, drafts)
        if self._before is not None:
            self._before = self._before + head if len(self._before) < _LONGEST_KEPT_GAP else None
        if self._single is not None:
            self._gap = (self._gap + head)[-_LONGEST_KEPT_GAP:]
        if found is None or self._tags.started or self._lines.started or self._calls.started:
            # (What the head held decides: a tag or a list that began there goes on behind it.)
            if found is not None:
                self._read(text[len(head) :], drafts)
            return ""
        if found["thought"] is not None:
            self._thinking = True
            self._before = None
            self._tags, self._calls, self._lines = TagScanner(self._asked), CallScanner(self._asked), LineFormats()
            return text[found.end() :]
        if self._before is not None and head_of(self._before) is not None:
            self.quiet = True
            return ""
        if self._single is False or (self._single and revised(self._gap, 0, len(self._gap))):
            self.quiet = True
            return ""
        if found["string"] is None:
            self._json = JsonValue(self._asked)
        else:
            self._json = JsonScanner(self._asked)
            self._json.scan('{"string": ')  # it is followed like one in an object
        self._before = None
        self._lines.failed = True
        self._gap = ""
        return text[found.start() :]

    def _read(self, text: str, drafts: list[Draft]) -> None:
        drafts += self._tags.scan(text)
        if self._tags.failed:
            self.quiet = True
            return
        if self._tags.started:
            return
        if not self._calls.failed and not self._lines.started:
            drafts += self._calls.scan(text)
        if self._calls.started:
            self.quiet = self._calls.failed
        elif not self._lines.failed:
            drafts += self._lines.scan(text)

    def _in_json(self, scanner: ValueScanner, piece: str, drafts: list[Draft]) -> str:
        found = scanner.scan(piece)
        if isinstance(scanner, JsonValue) and scanner.settled is not None:
            self._json = scanner = scanner.settled
        if scanner.single is not None:
            if self._single not in (None, scanner.single):
                self.quiet = True
                return ""
            self._single = scanner.single
        drafts += found
        if scanner.failed:
            self.quiet = True
            return ""
        if scanner.rest is not None:
            self._json = None
            return scanner.rest
        return ""


def _partial(text: str, found: re.Match[str] | None) -> int | None:
    """Where that begins at the end of a text which may become another beginning than the one that was found."""
    if found is None:
        begin = max(0, len(text) - 3 * _LONGEST_MARK)
        marks = [pattern.search(text, begin) for pattern in (_PARTIAL_MARK, _PARTIAL_STRING)]
        return min((mark.start() for mark in marks if mark), default=None)
    before = found.start() - 1
    return before if before >= 0 and _PARTIAL_STRING.match(text, before) else None
