"""The label of a text: "Text: …", "**Response:** …"."""

from __future__ import annotations

import re

from ...patterns import regex
from .table import LANGUAGES

__all__ = ["TEXT_LABEL"]

_WRITTEN = dict.fromkeys(word for row in LANGUAGES for word in (row.label or row.text).split("|") if word)
TEXT_LABEL = regex(
    rf"[ \t>\n]{{0,8}}(?:[-*•][ \t]+)?[*_`]{{0,3}}(?:{'|'.join(_WRITTEN)})[*_`]{{0,3}}[ \t]{{0,3}}(?:[:：]|=(?=[ \t]))"
    r"[*_`]{0,3}[ \t]*+",
    re.IGNORECASE,
)
