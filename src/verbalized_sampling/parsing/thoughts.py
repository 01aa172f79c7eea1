"""Where a reply's thoughts end and its answer begins."""

from __future__ import annotations

import re
from bisect import bisect_left

from .draft import Block

__all__ = ["CLOSING", "OPENING", "Thoughts", "find_thoughts"]

_NAMES = r"(?:seed:)?(?:think|thinking|thought|thoughts|reasoning|analysis|reflection|scratchpad|rationale|planning)"
OPENING = re.compile(
    rf"<{_NAMES}(?:\s[^<>]{{0,100}})?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>",
    re.IGNORECASE,
)
CLOSING = re.compile(
    rf"</{_NAMES}\s{{0,3}}>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>", re.IGNORECASE
)


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
    if not any(mark in text for mark in ("<", "[", "◁")):
        return Thoughts(0, len(text), None)
    spans = sorted((block.start, block.end) for block in blocks if block.complete and block.drafts)
    opens = [m for m in OPENING.finditer(text) if not _within(m.start(), spans)]
    marks = sorted([*opens, *CLOSING.finditer(text)], key=lambda m: m.start())
    closes: list[re.Match[str]] = []
    thinking = False
    for mark in marks:
        if mark.re is OPENING:
            thinking = True
        elif thinking or not _within(mark.start(), spans):  # a draft that was not finished may seem to hold it
            closes.append(mark)
            thinking = False
    start = closes[-1].end() if closes else 0
    end = next((m.start() for m in opens if m.start() >= start), len(text))
    thought = None
    if closes:
        begin = opens[0].end() if opens and opens[0].start() < closes[-1].start() else 0
        thought = text[begin : closes[-1].start()].strip() or None
    elif end < len(text):
        thought = text[opens[0].end() :].strip() or None
    return Thoughts(start, end, thought)


def _within(position: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect_left(spans, (position, 0)) - 1  # blocks don't overlap: only the last one before can hold it
    return at >= 0 and position < spans[at][1]
