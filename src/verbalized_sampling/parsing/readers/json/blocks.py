"""Finding JSON in a reply: wherever it starts, whatever stands around it."""

from __future__ import annotations

import json

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.asked import Asked
from ...candidate.found import Block
from ...language.words import MARKS
from .reader import JsonReader
from .records import block_of
from .values import JsonObject, Node

__all__ = ["START", "json_blocks"]

# Where a value that can hold candidates may start. The look-ahead keeps prose ("[1]", "{name}") from being tried, and
# markers in two brackets, be they written to their end or not: "[[ ## candidates ## ]]", the "[[responses]]" of TOML.
START = regex(
    rf"""\{{(?=\s{{0,500}}(?:["'“”„‘’`«]|[^\W\d][\w{MARKS}-]{{0,40}}["”]?\s{{0,20}}[:=]|//|/\*|\#))"""
    r"""|\[(?!\[\s{0,9}(?:\#|\Z|[^\W\d][\w.-]{0,60}\s?(?:\]\]|\]?\Z)))(?=\s{0,500}(?:[\[{"'“”„‘`(]|//|/\*))(?!(?:\[\s{0,9}){12})"""
)
_TYPED = frozenset(("type", "$ref", "anyOf", "enum", "oneOf", "allOf"))
_MAX_DECODED = 3  # JSON in a string in JSON: models go no deeper


def json_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The blocks of candidates written as JSON, in order.

    A value that turns out to hold nothing is searched for others inside it, as long as the work stays
    proportional to the text.
    """
    return _blocks(text[:end], start, asked, 0)


def _blocks(text: str, start: int, asked: Asked, depth: int) -> list[Block]:
    blocks: list[Block] = []
    if text[start:].lstrip()[:1] == '"' and (inner := _decoded_string(text, start, asked, depth)):
        return [inner]
    budget = (len(text) - start) // 4 + 2000
    outer = 0  # up to here reaches a value in good order that holds no answers itself
    match = START.search(text, start)
    while match:
        reader = JsonReader(text)
        root = reader.read(match.start())
        reached = max(reader.position, match.end())
        budget -= reached - match.start() + (reader.searched + reader.tried) // 8  # both are quick
        block = block_of(root, text, asked, lambda inner: _decoded(inner, asked, depth))
        if reader.cut and not root.complete:
            block.repairs[Repair.CUT_OFF] = None
        block.repairs.update(reader.repairs)
        if match.start() < outer and not block.has_numbers and root.complete:
            following = reached  # a list of words within what holds no answers is none of answers
        elif block.drafts or block.dropped:
            blocks.append(block)
            following = reached if budget > 0 else max(reached, reader.position + reader.searched)
        elif root.complete and _is_schema(root):
            block.drop(text[root.start : root.end], root.start, Repair.EXAMPLE)
            blocks.append(block)
            following = reached
        else:
            outer = max(outer, root.end if root.complete and not reader.repairs else 0)
            following = match.end() if budget > 0 and not reader.too_deep else reached
        match = START.search(text, following)
    sure = [block for block in blocks if block.sure]
    return sure if any(block.drafts for block in sure) else blocks


def _is_schema(root: Node) -> bool:
    """Whether an object only says what the fields are and of which types."""
    properties = root.get("properties") if isinstance(root, JsonObject) else None
    return isinstance(properties, JsonObject) and all(
        isinstance(value, JsonObject) and not _TYPED.isdisjoint(value) for value in properties.values()
    )


def _decoded(inner: str, asked: Asked, depth: int) -> Block | None:
    if depth >= _MAX_DECODED:
        return None
    holding = [block for block in _blocks(inner, 0, asked, depth + 1) if block.drafts]
    return holding[-1] if holding else None


def _decoded_string(text: str, start: int, asked: Asked, depth: int) -> Block | None:
    """A reply that is one JSON string as a whole."""
    try:
        inner = json.loads(text[start:].strip(), strict=False)
    except (ValueError, RecursionError):
        return None
    block = _decoded(inner, asked, depth) if isinstance(inner, str) else None
    if block is None:
        return None
    block.repairs[Repair.DOUBLE_ENCODED] = None
    block.move(start, len(text))
    return block
