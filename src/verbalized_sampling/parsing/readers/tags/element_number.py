"""The number of an element of a tagged reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.item_text import labelled_in
from ...numbers.number import NUMBER, Number, number_in, unit_of
from .element_text import ANY_TAG, Leaf, content_of
from .elements import Element
from .tags import Tag, attributes_of, stated_in

__all__ = ["Stated", "attribute_of", "numbers_behind", "stated_of", "told_beside"]

_LONGEST_NUMBER = 200
_LONGEST_WORDS = 60
# A number that stands alone: no sentence runs on behind it. What ends it is a line feed or a tag, or nothing yet.
_NOTHING_BUT_NUMBER = regex(
    rf"\s{{0,20}}[≈~]?\s{{0,3}}{NUMBER}[^\w\n<(（]{{0,20}}"
    r"(?:[(（][^()（）\n]{0,40}[)）][^\w\n<]{0,20})?(?:\n|\Z)"
)
_NUMBER_BESIDE = regex(rf"[\s,:|(（\[–—=≈~-]{{0,12}}{NUMBER}[\s)）\].]{{0,12}}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that a tag states: whether that tag is closed, and whether the number can't go on."""

    number: Number | None
    tag: Tag
    end: int
    closed: bool = True
    settled: bool = True


def attribute_of(opening: Tag, leaf: Leaf | None) -> Number | None:
    for tag in (opening, leaf.tag) if leaf else (opening,):
        if (stated := stated_in(tag.attributes)) is not None:
            return number_in(stated)
    return None


def stated_of(text: str, inner: list[Tag], leaf: Leaf | None, asked: Asked) -> Stated | None:
    """The number of an element: the one whose name says most surely that it is a probability."""
    everywhere = list(_all_stated(text, inner))
    found = [one for one in everywhere if not (leaf and leaf.start <= one.tag.start < leaf.end)]
    if not found and leaf and everywhere:  # the last thing in the text
        last = everywhere[-1]
        if text[leaf.start : last.tag.start].strip() and not ANY_TAG.sub("", text[last.end : leaf.end]).strip():
            return last
    return min(found, key=lambda one: asked.number_rank(one.tag.name), default=None)


def _all_stated(text: str, inner: list[Tag]) -> Iterator[Stated]:
    for i, tag in enumerate(inner):
        if tag.opens_number and (found := _stated_at(text, tag, inner[i + 1 : i + 5])):
            yield found


def _stated_at(text: str, tag: Tag, following: list[Tag]) -> Stated | None:
    unit = unit_of(tag.name)
    written = next((value for _, value in attributes_of(tag.attributes)), tag.attributes.strip(" /:="))
    if written and (number := number_in(written, unit)) and number.stated is not None:
        return Stated(number, tag, tag.end)
    limit = tag.end + _LONGEST_NUMBER
    close = next((t for t in following if t.closes and t.name == tag.name), None)
    if close and close.start < limit and not any(t.opens_number and t.start < close.start for t in following):
        stated = ANY_TAG.sub("", text[tag.end : close.start])
        if len(stated) > _LONGEST_WORDS and not _NOTHING_BUT_NUMBER.match(stated):
            return None  # the tag is only spoken of
        return Stated(number_in(content_of(stated)[0], unit), tag, close.end, following[0] is close)
    end = text.find("<", tag.end, limit)
    settled = end >= 0
    end = end if settled else min(len(text), limit)
    stated = text[tag.end : end]
    alone = _NOTHING_BUT_NUMBER.match(stated)
    if not alone and (not text.startswith("</", end) or len(stated) > _LONGEST_WORDS):
        return None
    if alone and not settled:
        settled = "\n" in alone[0].lstrip()
        stated = alone[0]
    return Stated(number_in(stated, unit), tag, tag.end + len(stated), False, settled)


def told_beside(
    text: str, element: Element, written: str, body_end: int, *, in_leaf: bool
) -> tuple[Number | None, str, int]:
    """The number that no tag states but words beside the text, the text without it, and where that ends.

    Args:
        text: The reply.
        element: A closed one.
        written: Its text.
        body_end: Where that ends.
        in_leaf: Whether a tag of its own holds that: then no number is cut out of it.
    """
    end = element.closing.end if element.closing else element.limit
    for start, reach in ((body_end, element.stop), (end, element.limit)):
        beside = ANY_TAG.sub("", text[start:reach].split("\n\n", maxsplit=1)[0]) if start < reach else ""
        if not beside.strip() or len(beside) > _LONGEST_NUMBER:
            continue
        labelled = labelled_in(beside)
        if labelled is None and (bare := _NUMBER_BESIDE.match(beside)):
            number = number_in(bare["number"] + (bare["percent"] or ""))
            labelled = (number, "") if number else None
        if labelled is not None:
            return labelled[0], written, max(end, reach if reach == element.limit else end)
    if not in_leaf and (inside := labelled_in(written)) is not None:
        return inside[0], inside[1], end
    return None, written, end


def numbers_behind(text: str, inner: list[Tag], closing: Tag | None) -> list[Number | None]:
    """The numbers that stand behind an element."""
    if closing is None:
        return []
    return [one.number for one in _all_stated(text, [tag for tag in inner if tag.start > closing.start])]
