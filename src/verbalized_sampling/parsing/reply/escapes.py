"""Replies that are escaped as a whole, as if they stood in a string, in HTML or in a template."""

from __future__ import annotations

import html

from ...patterns import regex
from ..page.backslashes import unescaped

__all__ = ["undoubled", "unescaped_whole"]

_ESCAPED_JSON = regex(r"[{\[]\s{0,40}\\\"")
_DOUBLED = regex(r"\{\{\s{0,40}\"")
_SINGLE = regex(r"(?<!\{)\{\s{0,40}\"")
_DOUBLED_QUOTES = regex(r"[{\[,]\s{0,40}\"\"\w")
_WIDE_BRACKETS = str.maketrans("｛｝［］：＂", '{}[]:"')


def undoubled(text: str) -> str | None:
    """The text with single braces if all of its objects stand in double ones ("{{"), position by position."""
    if "{{" not in text or not _DOUBLED.search(text) or _SINGLE.search(text):
        return None
    return text.replace("{{", " {").replace("}}", "} ")


def unescaped_whole(text: str) -> str | None:
    """The plain form of a text whose syntax is escaped or in full-width characters; otherwise None."""
    if _ESCAPED_JSON.search(text):
        return unescaped(text)
    if _DOUBLED_QUOTES.search(text):  # a field of CSV
        return text.replace('""', '"')
    if "&quot;" in text or ("&lt;" in text and "&gt;" in text):
        return html.unescape(text)
    if "｛" in text and "{" not in text:
        return text.translate(_WIDE_BRACKETS)
    return None
