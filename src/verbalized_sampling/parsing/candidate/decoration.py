"""Marks of bold or italic type and quotation marks around a text as a whole."""

from __future__ import annotations

__all__ = ["undecorated", "unquoted_text"]

_QUOTE_PAIRS = {'"': '"', "“": "”", "„": "“", "»": "«", "「": "」", "«": "»", "『": "』"}


def undecorated(body: str) -> str:
    """Takes bold or italic marks off a text that is decorated as a whole, and off its first line."""
    first, newline, rest = body.partition("\n")
    stripped = first.strip()
    if not stripped or (stripped[0] not in "*_`" and stripped[-1] not in "*_`"):
        return body
    for mark in ("***", "**", "__", "*", "_", "`"):
        inner = stripped[len(mark) : -len(mark)]
        if (
            stripped.startswith(mark)
            and stripped.endswith(mark)
            and inner
            and mark[0] not in (inner[0], inner[-1])
            and mark not in inner
        ):
            return (inner.strip(" :：") if newline else inner.strip()) + newline + rest
    if stripped.startswith("**") and stripped.count("**") == 1:
        return stripped[2:].strip() + newline + rest
    if stripped.endswith("**") and stripped.count("**") == 1:
        return stripped[:-2].strip() + newline + rest
    return body


def unquoted_text(body: str) -> str:
    closing = _QUOTE_PAIRS.get(body[:1])
    if closing and len(body) > 2 and body.endswith(closing) and body.count(closing) == (2 if closing == '"' else 1):
        return body[1:-1].strip()
    return body
