"""A list that goes on counting where tags end: small models drift from one format into another."""

from __future__ import annotations

import re

from ...values.repairs import Repair
from ..candidate.asked import Asked
from ..candidate.found import Block
from ..language.words import ROOT_WORDS
from ..readers.lists.blocks import list_blocks

__all__ = ["list_behind"]

_LONGEST_WORD = max(map(len, ROOT_WORDS))


def list_behind(text: str, block: Block, end: int, asked: Asked) -> Block | None:
    """The list behind tags whose first item counts on from their last candidate; None if there is none."""
    following = str(len(block.drafts) + 1)
    if not block.complete or text[block.end - 1] != ">" or following not in text[block.end : end]:
        return None
    counted = re.compile(
        rf"^[ \t>#*_]{{0,8}}(?:[^\W\d]{{1,{_LONGEST_WORD}}}[ ]#?)?{following}(?:[.):][*_ ]|[*_]|[ ][(\[])", re.MULTILINE
    )
    first = counted.search(text, block.end, end)
    found = list_blocks(text, first.start(), end, asked) if first is not None else []
    if first is None or len(found) != 1 or not found[0].has_numbers:
        return None
    before = text[first.start() : found[0].start].strip()
    if "\n\n" in before:
        return None
    if before:  # an item whose number is missing
        found[0].drop(before, first.start(), Repair.UNREADABLE)
    return found[0]
