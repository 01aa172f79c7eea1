"""The candidate in a JSON object that was written to its end, in the quotes of JSON or Python."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from ...candidate.asked import Asked
from ...candidate.found import Draft, only_draft
from ...candidate.placeholders import is_placeholder
from ...exact.payload import from_python
from ...numbers.amounts import is_share
from ...numbers.number import Number
from ...page.swallowed import may_swallow
from ...readers.json.blocks import json_blocks

__all__ = ["drafts_in", "in_json"]

_LONGEST_KEY = 60


def in_json(text: str) -> tuple[Any, str] | None:
    """What a text says, and the JSON that says so; None if it is not in good order."""
    try:
        return from_json(text), text
    except (ValueError, TypeError):  # (a lone surrogate is a TypeError)
        pass
    if "'" not in text:
        return None
    written = from_python(text)
    try:
        return from_json(written), written
    except (ValueError, TypeError):
        return None


def drafts_in(item: str, asked: Asked, *, single: bool) -> list[Draft] | None:
    """The draft in an object, in a list that is empty if it was dropped; None if the object is damaged.

    Args:
        item: The object as written.
        asked: The names that were asked for.
        single: Whether it stands alone, and not in a list.
    """
    read = in_json(item)
    if read is None:
        return None
    fields, written = read
    text, number = fields.get("text"), fields.get("probability")
    as_asked = not asked.fields and len(fields) == 2 and type(text) is str and type(number) is float
    as_asked = as_asked and is_share(number) and written.count('"text"') == 1 and not may_swallow(item)
    if as_asked and text.strip() and not is_placeholder(text, Number(number)):
        return [Draft(text, Number(number), 0, 0, {"text": text})]
    if any(len(key) > _LONGEST_KEY or not key.isprintable() for key in fields):
        return None
    wrapped = item if single else f"[{item}]"
    blocks = json_blocks(wrapped, 0, len(wrapped), asked)
    if single and not (blocks and blocks[0].single):
        return None
    return only_draft(blocks)
