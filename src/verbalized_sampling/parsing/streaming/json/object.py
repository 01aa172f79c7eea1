"""The candidate in a JSON object that was written to its end, in the quotes of JSON or Python."""

from __future__ import annotations

import re
from typing import Any

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.found import Draft, only_draft
from ...candidate.placeholders import is_placeholder
from ...exact.payload import from_python
from ...numbers.amounts import is_share
from ...numbers.number import Number
from ...page.json_value import json_value
from ...page.swallowed import may_swallow
from ...readers.json.blocks import json_blocks

__all__ = ["drafts_in", "in_json"]

_LONGEST_KEY = 60
# A key without quotes, as in YAML and JavaScript; strings are passed over.
_MAY_HOLD_BARE_KEY = regex(r"[{,]\s{0,40}[a-z_]\w{0,40}:")
_BARE_KEY = regex(r'"(?:[^"\\]++|\\.)*+"|(?P<before>[{,]\s{0,40})(?P<key>[a-z_]\w{0,40})(?=:)', re.DOTALL)


def in_json(text: str) -> Any:
    """What a text says; None if it is not in good order."""
    try:
        return json_value(text)
    except ValueError:
        pass
    written = from_python(text) if "'" in text else text
    written = _BARE_KEY.sub(_in_quotes, written) if _MAY_HOLD_BARE_KEY.search(written) else written
    try:
        return json_value(written)
    except ValueError:
        return None


def _in_quotes(match: re.Match[str]) -> str:
    return match[0] if match["key"] is None else f'{match["before"]}"{match["key"]}"'


def drafts_in(item: str, asked: Asked, *, single: bool) -> list[Draft] | None:
    """The draft in an object, in a list that is empty if it was dropped; None if the object is damaged.

    Args:
        item: The object as written.
        asked: The names that were asked for.
        single: Whether it stands alone, and not in a list.
    """
    fields = in_json(item)
    if fields is None:
        return None
    text, number = fields.get("text"), fields.get("probability")
    as_asked = not asked.fields and len(fields) == 2 and type(text) is str and type(number) is float
    as_asked = as_asked and is_share(number) and not may_swallow(item)
    if as_asked and text.strip() and not is_placeholder(text, Number(number)):
        return [Draft(text, Number(number), 0, 0, {"text": text})]
    if any(len(key) > _LONGEST_KEY or not key.isprintable() for key in fields):
        return None
    wrapped = item if single else f"[{item}]"
    blocks = json_blocks(wrapped, 0, len(wrapped), asked)
    if single and not (blocks and blocks[0].single):
        return None
    return only_draft(blocks)
