"""Replies in the tags that were asked for: one match finds every element."""

from __future__ import annotations

from collections.abc import Iterable

from ...patterns import regex
from ..candidate.columns import Columns
from ..candidate.placeholders import LONGEST, is_placeholder
from ..numbers.number import Number
from ..numbers.restated import without_number
from ..page.signs import in_batches, is_encodable

__all__ = ["read_tags", "tagged"]

_ELEMENT = (
    r"<response>\s*+(?:<text>([^<]*+)</text>\s*+<probability>\s*+([0-9.]{1,20})\s*+</probability>"
    r"|<probability>\s*+([0-9.]{1,20})\s*+</probability>\s*+<text>([^<]*+)</text>)\s*+</response>\s*+"
)
_ONE_ELEMENT = regex(_ELEMENT)
_FOLLOWED = regex(rf"{_ELEMENT}(?=<response>|\Z)")


def read_tags(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but elements in good order, or None."""
    if not text.lstrip().startswith("<response>") or "&" in text:  # an entity
        return None
    elements = _FOLLOWED.findall(text)
    if len(elements) != text.count("<response>"):  # as each is followed by the next, there is nothing else
        return None
    found = _read(elements)
    return None if found is None else Columns(*found)


def tagged(element: str) -> tuple[str, float] | None:
    """The text and the number of one element in good order, or None."""
    match = None if "&" in element else _ONE_ELEMENT.fullmatch(element)
    found = None if match is None else _read([match.groups("")])
    return None if found is None else (found[0][0], found[1][0])


def _read(elements: Iterable[tuple[str, ...]]) -> tuple[list[str], list[float]] | None:
    texts: list[str] = []
    numbers: list[float] = []
    for after, second, first, before in elements:
        answer = (after or before).strip()
        try:
            number = float(second or first)
        except ValueError:
            return None
        if not 0.0 <= number <= 1.0 or not answer:
            return None
        if len(answer) <= LONGEST and is_placeholder(answer, Number(number)):
            return None
        if "\n" in answer and without_number(answer, number) is not None:
            return None
        texts.append(answer)
        numbers.append(number)
    return (texts, numbers) if all(map(is_encodable, in_batches(texts))) else None
