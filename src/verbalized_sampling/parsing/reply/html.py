"""Lists and tables in HTML, as the Markdown that they stand for."""

from __future__ import annotations

import re

from ...entities import without_entities
from ...patterns import regex
from ..language.words import words

__all__ = ["as_markdown", "has_lines", "list_begins"]

_LINE_TAG = regex(r"<(?:br\s?/?|details|p|div|h[1-4])(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_LIST = regex(r"<(?:ol|ul|dl|table|tbody)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_TAG = regex(r"\s*+<(?P<name>/?[a-z][a-z0-9]{0,9})(?:\s[^<>]{0,200})?/?>(?P<behind>\s*+)", re.IGNORECASE)
_BLOCKS = {
    **dict.fromkeys(("li", "dt"), "\n- "),
    **dict.fromkeys(("td", "th"), "|"),
    "dd": ": ",
    "/tr": "|",
    **dict.fromkeys(words("ol ul dl table /ol /ul /dl /table tr p /p br /summary details /details div /div"), "\n"),
    **dict.fromkeys(("h1", "h2", "h3", "h4"), "\n\n"),
    **dict.fromkeys(("/h1", "/h2", "/h3", "/h4"), "\n"),
    **dict.fromkeys(words("/li /td /th /dt /dd thead /thead tbody /tbody summary"), ""),
}
_INLINE = {"b": "**", "/b": "**", "strong": "**", "/strong": "**", "i": "*", "/i": "*", "em": "*", "/em": "*"}


def list_begins(text: str) -> int | None:
    """Where the first list or table in HTML begins; otherwise None."""
    found = _LIST.search(text) if "<" in text else None
    return found.start() if found else None


def has_lines(text: str) -> bool:
    """Whether a text has lines or paragraphs in HTML."""
    return "<" in text and _LINE_TAG.search(text) is not None


def as_markdown(text: str) -> str:
    """The text with the tags of its lists and tables as Markdown; others stay."""
    return without_entities(_TAG.sub(_markdown, text))


def _markdown(match: re.Match[str]) -> str:
    name = match["name"].lower()
    if (mark := _INLINE.get(name)) is not None:
        before, behind = match[0][: match[0].index("<")], match["behind"]
        return f"{before}{mark}{behind}"
    return _BLOCKS.get(name, match[0])
