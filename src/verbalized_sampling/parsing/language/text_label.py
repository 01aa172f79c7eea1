"""The label of a text: "Text: …", "**Response:** …"."""

from __future__ import annotations

import re

from ...patterns import regex
from .table import LANGUAGES

__all__ = ["TEXT_LABEL"]

_WRITTEN = dict.fromkeys(word for row in LANGUAGES for word in (row.label or row.text).split("|") if word)
_WORD = rf"(?:{'|'.join(_WRITTEN)})"
_IN_SQUARE = rf"\[{_WORD}\](?=[*_`]{{0,3}}[ \t]?[:：])"
TEXT_LABEL = regex(
    rf"[ \t>\n]{{0,8}}(?:[-*•][ \t]+)?[*_`]{{0,3}}(?:{_WORD}|{_IN_SQUARE})[*_`]{{0,3}}[ \t]{{0,3}}(?:[:：]|=(?=[ \t]))"
    r"[*_`]{0,3}[ \t]*+",
    re.IGNORECASE,
)
