"""The lines of a reply."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ...patterns import regex
from ..language.counting import label_words
from ..numbers.marks import SHORT
from .openers import Opener, openers_of, with_label

__all__ = ["Line", "has_fence", "inside_fences", "is_fence", "is_rule", "lines_of"]


class Line(NamedTuple):
    """A line, where it starts in the reply, and every way in which it can be taken to open an item."""

    text: str
    start: int
    openers: tuple[Opener, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def body(self) -> int:
        """Where the text begins behind what opens it; bold type opens an item and is a part of its text."""
        for opener in reversed(self.openers):
            if opener.kind != "bold":
                return opener.body
        return 0

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


_RULE = regex(r"[ \t]{0,8}(?:[-_*=~#+─━═]{3,}|[-*_](?: [-*_]){2,} ?)[ \t]{0,8}\Z")
_FENCE_LINE = regex(r"[ \t>]{0,8}(?:```|~~~)")


def is_rule(line: str) -> bool:
    """Whether a line is a horizontal rule."""
    return line[:1] in " \t-_*=~#+─━═" and _RULE.match(line) is not None


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a fence."""
    return line[:1] in " \t>`~" and _FENCE_LINE.match(line) is not None


def has_fence(line: Line) -> bool:
    """Whether a line opens or closes a fence, be it behind what opens an item: "1. ```sql"."""
    if "```" not in line.text and "~~~" not in line.text:
        return False
    return is_fence(line.text) or (line.body > 0 and _FENCE_LINE.match(line.text, line.body) is not None)


def inside_fences(lines: list[Line]) -> set[int]:
    """The lines between a fence and the one that closes it, by their index."""
    inside: set[int] = set()
    opened: int | None = None
    for i, line in enumerate(lines):
        if has_fence(line):
            if opened is not None:
                inside.update(range(opened + 1, i))
            opened = i if opened is None else None
    return inside


def lines_of(text: str, start: int, end: int) -> list[Line]:
    """The lines of a part of a reply."""
    part = text[start:end]
    words = label_words(part) if part.find("\n") not in (-1, len(part) - 1) else ()  # one line doesn't count up
    result: list[Line] = []
    shared: dict[tuple[Opener, ...], tuple[Opener, ...]] = {}  # lines begin in a few ways
    at = start
    for raw in part.splitlines(keepends=True):
        line = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        openers = _known(line) if len(line) <= SHORT else _openers(line)
        if words:
            openers = with_label(line, openers, words)
        result.append(Line(line, at, shared.setdefault(openers, openers) if openers else ()))
        at += len(raw)
    return result


def _openers(line: str) -> tuple[Opener, ...]:
    return () if is_rule(line) else openers_of(line)


_known = lru_cache(maxsize=1024)(_openers)
