"""Characters that HTML writes by name or by number: "&quot;", "&#39;"."""

from __future__ import annotations

from html import unescape

from .patterns import regex

__all__ = ["without_entities"]

# Python reads no decimal number of more digits where its limit is set as low as it may be; no character has so many.
_OVERLONG = regex(r"&#[0-9]{640,}+;?")


def without_entities(text: str) -> str:
    """The text with the characters that its entities stand for; any text can be read."""
    return unescape(_OVERLONG.sub("\ufffd", text) if "&#" in text else text)
