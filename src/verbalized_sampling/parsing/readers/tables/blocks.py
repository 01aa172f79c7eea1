"""The tables of a reply: those drawn with bars, or those whose cells signs or blanks part."""

from __future__ import annotations

from ...candidate.asked import Asked
from ...candidate.found import Block
from .piped import piped_blocks
from .separated import separated_blocks

__all__ = ["table_blocks"]


def table_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The tables with a column of probabilities, in order."""
    return piped_blocks(text, start, end, asked) or separated_blocks(text, start, end, asked)
