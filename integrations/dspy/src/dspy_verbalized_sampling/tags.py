"""A list of candidates in tags within tags, as ``dspy.XMLAdapter`` asks for it, but for those of older DSPy."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

__all__ = ["is_nested", "with_numbers"]

_IN_TAGS = re.compile(r"(?>\s|<!--.*?-->)*+(?![\[{])[^<]*+<(?![/!])", re.DOTALL)
_NUMBER = re.compile(r"\s*\d*\.?\d+\s*")


def is_nested(text: str, name: str) -> bool:
    """Whether the list is written in tags, and ``dspy.XMLAdapter`` reads it so."""
    start = text.find(tag := f"<{name}>")
    return start >= 0 and _IN_TAGS.match(text, start + len(tag)) is not None and _nests()


def with_numbers(items: Any, key: str) -> Any:
    """The same candidates; in tags everything is a text, but what is written as a number is one."""
    if not isinstance(items, list):
        return items
    return [
        {**item, key: float(item[key])} if isinstance(item, dict) and _NUMBER.fullmatch(str(item.get(key))) else item
        for item in items
    ]


@cache
def _nests() -> bool:
    signature = dspy.Signature({"all": (list[str], dspy.OutputField())})
    try:
        with dspy.context(callbacks=[]):  # it is nobody's call
            return bool(dspy.XMLAdapter().parse(signature, "<all><item>one</item></all>") == {"all": ["one"]})
    except (AdapterParseError, ValueError):
        return False
