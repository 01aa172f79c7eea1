"""Telling an answer from an example of the format: models echo the prompt and write out its placeholders."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.words import UNSPACED, in_all_languages, pattern_of, words
from ..numbers.number import Number

__all__ = ["LONGEST", "is_placeholder"]

LONGEST = 160  # characters of a placeholder; whatever is longer is an answer

_DOTS = regex(r"[\s.…_·•*\-–—\"'`]+")
_BRACKETED = regex(r"[\[<{(［【（«‹][^\]>})］】）»›]{0,120}[\]>})］】）»›]")
_HINT = regex(rf"(?:(?<![\w-])|(?=[{UNSPACED}]))(?:{pattern_of('hint')})(?:(?![\w-])|(?<=[{UNSPACED}]))", re.IGNORECASE)
# What stands in round brackets or quotation marks may well be an answer ("(reads the story aloud)").
_ADDRESS = regex(r"\b(?:your|here|insert|placeholder)\b", re.IGNORECASE)
_SAYS_SOMETHING = regex(r"[=:;\"'“”]|\b(?:no|not|none|without)\b", re.IGNORECASE)  # code, or a refusal
_PHRASES = frozenset(map(str.casefold, in_all_languages("placeholder")))
# Words that are an answer beside a number ("text", 0.2), and an example beside another word ("text", "number").
_SCHEMA_WORDS = frozenset(words("text response answer string content str output completion candidate reply"))
_TYPES = frozenset(words("string str"))  # an example beside a zero
_ORDINAL_PREFIX = regex(r"\A(?:first|second|third|fourth|fifth|another|next)\s+|[\s#]*\d{1,2}\Z")


def is_placeholder(text: str, number: Number | None = None) -> bool:
    """Whether a text stands for an answer instead of being one ("...", "<your text>")."""
    if len(text) > LONGEST:
        return False
    plain = text.strip()
    if not plain:
        return False
    bare = plain[0].isalnum()  # neither dots nor a bracket
    if not bare and _DOTS.fullmatch(plain) and ("." in plain or "…" in plain or "_" in plain):
        return True
    if not bare and _BRACKETED.fullmatch(plain):
        inner = plain[1:-1].strip()
        if not inner or _DOTS.fullmatch(inner):
            return True
        hint = _ADDRESS if plain[0] in "(（«‹" else _HINT
        return hint.search(inner) is not None and not _SAYS_SOMETHING.search(inner)
    lowered = plain.casefold().strip(" .…!\"'*_")
    if lowered in _PHRASES:
        return True
    if number is None:
        return False
    if number.stated == 0.0:
        return lowered in _TYPES
    return number.stated is None and _ORDINAL_PREFIX.sub("", lowered) in _SCHEMA_WORDS
