"""A list of candidates in tags within tags, as ``dspy.XMLAdapter`` asks for it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Container
from typing import Any

__all__ = ["is_flat", "untagged", "with_numbers"]

_NUMBER = re.compile(r"\s*\d*\.?\d+\s*")
_SCALARS = ("string", "integer", "number", "boolean")


def is_flat(schema: dict[str, Any]) -> bool:
    """Whether a candidate with this JSON schema has a text in each tag, and no more tags: then it needs no schema."""
    return all(each.get("type") in _SCALARS for each in schema.get("properties", {}).values())


def untagged(text: str, names: Container[str]) -> list[Any] | None:
    """The candidates in the content of the list's tag, each a flat one, read as ``XMLAdapter`` reads them.

    Args:
        text: The content.
        names: Of the fields that are texts, in which tags are marks of emphasis.

    Returns:
        A candidate's texts by tag, a list of them where a tag comes again, or its text if it has no tags; None if this
        is no XML.
    """
    if not text.lstrip().startswith("<"):
        return None
    try:
        # (DSPy has parsed the whole reply so already.)
        every = ET.fromstring(f"<all>{text}</all>")  # noqa: S314
    except ET.ParseError:
        return None
    return [_value(item, names) for item in every.findall("item") or [every]]


def with_numbers(items: Any, key: str) -> Any:
    """The same candidates; in tags everything is a text, but what is written as a number is one."""
    if not isinstance(items, list):
        return items
    return [
        {**item, key: float(item[key])} if isinstance(item, dict) and _NUMBER.fullmatch(str(item.get(key))) else item
        for item in items
    ]


def _value(element: ET.Element, names: Container[str]) -> Any:
    if not len(element):
        return (element.text or "").strip() or {}
    found: dict[str, list[Any]] = {}
    for each in element:
        if not len(each):
            said: Any = (each.text or "").strip()
        elif each.tag in names:
            said = "".join((each.text or "", *(ET.tostring(mark, "unicode") for mark in each)))
        else:
            said = _value(each, names)
        found.setdefault(each.tag, []).append(said)
    return {name: said[0] if len(said) == 1 else said for name, said in found.items()}
