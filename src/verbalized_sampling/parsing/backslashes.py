"""Backslash escapes, as JSON and Python write them."""

from __future__ import annotations

import json
import re

__all__ = ["resolved", "unescaped"]

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PUNCTUATION = frozenset("\"'/\\`“”‘’?$*_#[]().,!-&<>%{}:;=+~^| ")


def unescaped(raw: str) -> str:
    """Resolves JSON's and Python's escapes; an unknown one keeps its backslash (LaTeX)."""
    try:
        value = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return resolved(raw)
    return str(value)


def resolved(raw: str) -> str:
    """The same for a text that JSON refuses, escape by escape."""
    return _ESCAPE.sub(_resolved, raw)


def _resolved(match: re.Match[str]) -> str:
    unicode, byte, newline, char = match.groups()
    if unicode or byte:
        return chr(int(unicode or byte, 16))
    if newline:
        return ""
    return _ESCAPES.get(char, char if char in _PUNCTUATION else "\\" + char)
