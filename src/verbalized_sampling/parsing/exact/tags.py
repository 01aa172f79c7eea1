"""Replies in the tags that were asked for: one match finds every element."""

from __future__ import annotations

from collections.abc import Iterable

from ...patterns import regex
from ..candidate.columns import Columns
from ..candidate.placeholders import LONGEST, is_placeholder
from ..numbers.number import Number
from ..numbers.restated import without_number

__all__ = ["read_tags", "tagged"]

_ELEMENT = (
    r"<response>\s*+(?:<text>([^<&]*+)</text>\s*+<probability>\s*+([0-9.]{1,20})\s*+</probability>"
    r"|<probability>\s*+([0-9.]{1,20})\s*+</probability>\s*+<text>([^<&]*+)</text>)\s*+</response>\s*+"
)
_TAGGED = regex(rf"\s*+(?:{_ELEMENT})++\Z")
_TAGGED_ONE = regex(_ELEMENT)
_SURROGATE = regex("[\ud800-\udfff]")


def read_tags(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but elements in good order, or None."""
    if "<response>" not in text or not _TAGGED.match(text) or (not text.isascii() and _SURROGATE.search(text)):
        return None
    found = _elements(_TAGGED_ONE.findall(text))
    return None if found is None else Columns(*found)


def tagged(element: str) -> tuple[str, float] | None:
    """The text and the number of one element in good order, or None."""
    match = _TAGGED_ONE.fullmatch(element)
    found = None if match is None else _elements([match.groups("")])
    return None if found is None else (found[0][0], found[1][0])


def _elements(found: Iterable[tuple[str, ...]]) -> tuple[list[str], list[float]] | None:
    texts: list[str] = []
    numbers: list[float] = []
    for after, second, first, before in found:
        answer = (after or before).strip()
        try:
            number = float(second or first)
        except ValueError:
            return None
        if not 0.0 <= number <= 1.0 or not answer:
            return None
        if len(answer) <= LONGEST and is_placeholder(answer, Number(number)):
            return None
        if without_number(answer, number) is not None:
            return None
        texts.append(answer)
        numbers.append(number)
    return (texts, numbers) if texts else None
