"""Where a reply's thoughts end and its answer begins."""

from __future__ import annotations

import re

from ...patterns import regex
from ..candidate.found import Block
from ..page.spans import within
from ..page.thought_marks import CLOSING, OPENING, may_mark

__all__ = ["Thoughts", "find_thoughts"]

_MARK = regex(rf"(?P<closing>{CLOSING.pattern})|{OPENING.pattern}", re.IGNORECASE)


class Thoughts:
    """Where the answer may stand, and what was thought before it.

    Attributes:
        start: The answer begins here.
        end: It ends here: thoughts that were opened and never closed end it.
        text: What was thought, or None.
    """

    __slots__ = ("end", "start", "text")

    def __init__(self, start: int, end: int, text: str | None) -> None:
        self.start, self.end, self.text = start, end, text


def find_thoughts(text: str, blocks: list[Block]) -> Thoughts:
    """Finds the thoughts of a reply; marks within a complete block are part of its texts.

    Args:
        text: The reply.
        blocks: The blocks read in it so far, thoughts or not.
    """
    # (A mark that a block begins with is not part of its texts: the tag may hold its candidates.)
    spans = sorted((block.start + 1, block.end) for block in blocks if block.complete and block.drafts)
    written = len(text.rstrip())
    broken = sorted((block.start + 1, block.end) for block in blocks if not block.complete)
    within_candidate = False  # thoughts are open that belong to a candidate, though its block is never closed
    first: int | None = None  # where the first thoughts begin
    opened: tuple[int, int] | None = None  # the mark that opened thoughts which have not ended yet
    closed: tuple[int, int] | None = None  # the mark that ended the last ones
    for mark in _MARK.finditer(text) if may_mark(text) else ():
        inside = within(mark.start(), spans)
        if mark["closing"] and within_candidate:
            within_candidate = False
        elif mark["closing"]:
            if opened and mark.end() >= written and _is_answered(blocks, opened[0]):
                opened = None  # they only say why
            elif opened or not inside:  # (a draft that was not finished may seem to hold the mark)
                closed, opened = mark.span(), None
        elif not inside and opened is None and within(mark.start(), broken):
            within_candidate = True
        elif not inside and opened is None:
            opened = mark.span()
            first = mark.end() if first is None else first
    start = closed[1] if closed else 0
    end = opened[0] if opened else len(text)
    if closed:
        begin = first if first is not None and first <= closed[0] else 0
        return Thoughts(start, end, text[begin : closed[0]].strip() or None)
    return Thoughts(start, end, text[opened[1] :].strip() or None if opened else None)


def _is_answered(blocks: list[Block], end: int) -> bool:
    """Whether candidates stand before a position."""
    return any(block.complete and block.drafts and block.end <= end for block in blocks)
