"""Reading one element of a tagged reply: its text, its number, and what was not as asked for in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from ..repairs import Repair
from . import names
from .draft import Draft
from .elements import Element
from .item_text import labelled_in
from .number import NUMBER, Number, number_in
from .shapes import text_of
from .tags import MARKUP, Role, Tag, attributes_of, stated_in
from .wire import TEXT_FIELD, Wire

__all__ = ["Reading", "read_element"]

ROOT_TAG = "response"
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_ANY_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<!--.{0,200}?-->|</?[^\W\d][^<>]{0,100}>", re.DOTALL)
_HEADING = re.compile(r"(?:^|\n)[ \t]*(?:#{1,6}|[-*>]|\d{1,3}[.)])[ \t]*\Z")
_LAST_TAG = re.compile(r"</?[^\W\d][\w.-]{0,40}>\s*\Z")
_LONGEST_NUMBER = 200
_LONGEST_WORDS = 60
_MOST_FIELDS = 12
# A number that stands alone: no sentence runs on behind it. What ends it is a line feed or a tag, or nothing yet.
_ALONE = re.compile(
    rf"\s{{0,20}}[≈~]?\s{{0,3}}{NUMBER}[^\w\n<(（]{{0,20}}"
    r"(?:[(（][^()（）\n]{0,40}[)）][^\w\n<]{0,20})?(?:\n|\Z)"
)
_BESIDE = re.compile(rf"[\s,:|(（\[–—=≈~-]{{0,12}}{NUMBER}[\s)）\].]{{0,12}}\Z", re.IGNORECASE)


@dataclass(slots=True)
class Reading:
    """What an element says.

    Attributes:
        draft: The candidate.
        complete: Whether its text and its number can't go on.
        closed: Whether the element's own tag was closed.
        numbers: All numbers that stand in it and behind it, if there are several.
        repairs: What was repaired in it.
    """

    draft: Draft
    complete: bool
    closed: bool
    numbers: list[Number | None]
    repairs: dict[Repair, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Span:
    """The text of an element: from where to where it reaches, and in what."""

    start: int
    end: int
    closed: bool
    tag: Tag


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number that a tag states: whether that tag is closed, and whether the number can't go on."""

    number: Number | None
    tag: Tag
    end: int
    closed: bool = True
    settled: bool = True


def read_element(text: str, element: Element, root: str, wire: Wire) -> Reading:
    """Reads one element."""
    opening, inner = element.opening, element.inner
    rootless = opening.role is Role.LEAF
    repairs: dict[Repair, None] = {}
    closing = next((tag for tag in reversed(inner) if tag.closes and tag.name == opening.name), None)
    if closing is None and opening.attributes.endswith("/"):
        closing = opening
    stop = max(closing.start, opening.end) if closing else element.limit
    end = element.limit if closing is None or rootless else closing.end
    leaf = _leaf(text, inner, opening, root, stop)
    body, body_end = (leaf.start, leaf.end) if leaf else (opening.end, stop)
    number, stated = _attribute(opening, leaf), None
    if number is None:
        stated = _stated(text, inner, leaf, wire)
        number = stated.number if stated else None
    if stated and stated.tag.start < body_end and stated.tag.start >= body:
        if leaf or text[body : stated.tag.start].strip():
            body_end = stated.tag.start
        else:
            body = stated.end
    if closing is None or opening.name != root or (leaf and not leaf.closed) or (stated and not stated.closed):
        repairs[Repair.UNCLOSED] = None
    if not leaf or (stated and leaf.start <= stated.tag.start < leaf.end) or _has_others(text, element, leaf, wire):
        repairs[Repair.EXTRA_TAGS] = None
    written, unescaped = _content(text[body:body_end])
    if unescaped:
        repairs[Repair.UNESCAPED] = None
    if not leaf and not rootless:
        written = written if closing else _LAST_TAG.sub("", written).strip()
    settled = (leaf is not None and leaf.closed) or (stated is not None and stated.tag.start > body)
    fields = _fields(text, inner, leaf, wire)
    if not leaf or not written:
        written = _said_otherwise(written, opening, leaf, fields, wire) or written
    if number is None and stated is None and closing is not None:
        number, written, behind = _told(
            text, written, body_end, stop, closing.end, element.limit, in_leaf=leaf is not None
        )
        if number is not None:
            repairs[Repair.EXTRA_TAGS] = None
            end = max(end, behind)
    told = (leaf is not None and leaf.closed) or (number is not None and number.stated is not None)
    number_closed = stated.settled if stated else number is not None
    complete = closing is not None or (settled and number_closed if element.is_last else told)
    end = max(end, opening.end)
    if closing is None and element.is_last:
        end = max(body_end, stated.tag.end if stated else 0)
    written = _HEADING.sub("", written).rstrip() if closing is None else written
    draft = Draft(written, number, opening.start, end, fields)
    return Reading(draft, complete, closing is not None, _numbers(text, inner, closing), repairs)


def _has_others(text: str, element: Element, leaf: _Span | None, wire: Wire) -> bool:
    """Whether tags stand in an element that were not asked for, or not in that way."""
    asked = _asked(wire)
    return any(
        text[tag.start : tag.end] not in asked
        for tag in (element.opening, *element.inner)
        if leaf is None or tag is leaf.tag or not leaf.start <= tag.start < leaf.end
    )


@lru_cache(maxsize=8)
def _asked(wire: Wire) -> frozenset[str]:
    asked = (ROOT_TAG, wire.probability, *(wire.fields or (TEXT_FIELD,)))
    return frozenset(written for name in asked for written in (f"<{name}>", f"</{name}>"))


# Text


def _leaf(text: str, inner: list[Tag], opening: Tag, root: str, stop: int) -> _Span | None:
    """The text tag of an element."""
    if opening.role is Role.LEAF and opening.name != root:
        return _span(text, inner, opening, stop)  # the root was neither closed nor opened anew
    found = next((t for t in inner if not t.closes and opening.start < t.start < stop and _is_leaf(t, root)), None)
    if found is None or (opening.role is Role.LEAF and text[opening.end : found.start].strip()):
        return None
    return _span(text, inner, found, stop)


def _is_leaf(tag: Tag, root: str) -> bool:
    return tag.name != root and tag.role in (Role.LEAF, Role.ROOT)


def _span(text: str, inner: list[Tag], opening: Tag, stop: int) -> _Span:
    depth = 1
    last: Tag | None = None
    for tag in inner:
        if tag.name != opening.name or tag.start <= opening.start or tag.start > stop:
            continue
        depth += -1 if tag.closes else 1
        if tag.closes:
            last = tag
            if depth == 0:
                break
    if last is not None:
        return _Span(opening.end, last.start, True, opening)
    # never closed: up to the number, or to the end of the element
    behind = [tag for tag in inner if tag.start > opening.start]
    end = next((t.start for t in behind if t.role is Role.NUMBER and not t.closes), stop)
    end = min(end, stop)
    within = {tag.name for tag in behind if tag.end <= end and not tag.closes and tag.name != opening.name}
    for tag in reversed(behind):  # what should have closed it, under another name or without its stroke
        closer = tag.name not in within if tag.closes else tag.name == opening.name
        if tag.end <= end and closer and not text[tag.end : end].strip():
            end = tag.start
    return _Span(opening.end, end, False, opening)


def _said_otherwise(written: str, opening: Tag, leaf: _Span | None, fields: dict[str, str], wire: Wire) -> str | None:
    """A text that stands in an attribute, or in an element of a name of its own."""
    if not written or (not leaf and not _ANY_TAG.sub("", written).strip()):
        for tag in (leaf.tag, opening) if leaf else (opening,):
            for name, value in attributes_of(tag.attributes):
                if names.text_rank(name) is not None:
                    return _content(value)[0]
    if wire.fields or leaf or not written.startswith("<") or not written.endswith(">"):
        return None
    own = {name: value for name, value in fields.items() if not names.is_probability(name)}
    if (
        not 0 < len(own) <= _MOST_FIELDS
        or not MARKUP.isdisjoint(own)
        or sum(map(len, own.values())) + 80 * len(own) < len(written)
    ):
        return None
    outside = written
    for value in own.values():
        outside = outside.replace(value, "", 1)
    return None if _ANY_TAG.sub("", outside).strip() else text_of(own)[0]


# Number


def _attribute(opening: Tag, leaf: _Span | None) -> Number | None:
    for tag in (opening, leaf.tag) if leaf else (opening,):
        if (stated := stated_in(tag.attributes)) is not None:
            return number_in(stated)
    return None


def _stated(text: str, inner: list[Tag], leaf: _Span | None, wire: Wire) -> _Stated | None:
    """The number of an element: the one whose name says most surely that it is a probability."""
    everywhere = list(_all_stated(text, inner))
    found = [one for one in everywhere if not (leaf and leaf.start <= one.tag.start < leaf.end)]
    if not found and leaf and everywhere:  # the last thing in the text
        last = everywhere[-1]
        if text[leaf.start : last.tag.start].strip() and not _ANY_TAG.sub("", text[last.end : leaf.end]).strip():
            return last
    return min(found, key=lambda one: wire.number_rank(one.tag.name), default=None)


def _all_stated(text: str, inner: list[Tag]) -> Iterator[_Stated]:
    for i, tag in enumerate(inner):
        if tag.role is Role.NUMBER and not tag.closes and (found := _stated_at(text, tag, inner[i + 1 : i + 5])):
            yield found


def _stated_at(text: str, tag: Tag, following: list[Tag]) -> _Stated | None:
    percent = names.is_percent_name(tag.name)
    written = next((value for _, value in attributes_of(tag.attributes)), tag.attributes.strip(" /:="))
    if written and (number := number_in(written, percent=percent)) and number.stated is not None:
        return _Stated(number, tag, tag.end)
    limit = tag.end + _LONGEST_NUMBER
    close = next((t for t in following if t.closes and t.name == tag.name), None)
    if close and close.start < limit and not any(_opens_number(t) and t.start < close.start for t in following):
        stated = _ANY_TAG.sub("", text[tag.end : close.start])
        if len(stated) > _LONGEST_WORDS and not _ALONE.match(stated):
            return None  # the tag is only spoken of
        return _Stated(number_in(_content(stated)[0], percent=percent), tag, close.end, following[0] is close)
    end = text.find("<", tag.end, limit)
    settled = end >= 0
    end = end if settled else min(len(text), limit)
    stated = text[tag.end : end]
    alone = _ALONE.match(stated)
    if not alone and (not text.startswith("</", end) or len(stated) > _LONGEST_WORDS):
        return None
    if alone and not settled:
        settled = "\n" in alone[0].lstrip()
        stated = alone[0]
    return _Stated(number_in(stated, percent=percent), tag, tag.end + len(stated), False, settled)


def _opens_number(tag: Tag) -> bool:
    return tag.role is Role.NUMBER and not tag.closes


def _told(
    text: str, written: str, body_end: int, stop: int, end: int, limit: int, *, in_leaf: bool
) -> tuple[Number | None, str, int]:
    """The number that no tag states but words beside the text, the text without it, and where that ends."""
    for start, reach in ((body_end, stop), (end, limit)):
        beside = _ANY_TAG.sub("", text[start:reach].split("\n\n", maxsplit=1)[0]) if start < reach else ""
        if not beside.strip() or len(beside) > _LONGEST_NUMBER:
            continue
        labelled = labelled_in(beside)
        if labelled is None and (bare := _BESIDE.match(beside)):
            number = number_in(bare["number"] + (bare["percent"] or ""))
            labelled = (number, "") if number else None
        if labelled is not None:
            return labelled[0], written, max(end, reach if reach == limit else end)
    if not in_leaf and (inside := labelled_in(written)) is not None:
        return inside[0], inside[1], end
    return None, written, end


def _numbers(text: str, inner: list[Tag], closing: Tag | None) -> list[Number | None]:
    """The numbers that stand behind an element."""
    if closing is None:
        return []
    return [one.number for one in _all_stated(text, [tag for tag in inner if tag.start > closing.start])]


# Fields and contents


def _fields(text: str, inner: list[Tag], leaf: _Span | None, wire: Wire) -> dict[str, str]:
    """What other elements stand directly in this one, for typed candidates."""
    fields: dict[str, str] = {}
    for tag, following in pairwise(inner):
        if tag.closes or not following.closes or tag.name != following.name:
            continue
        if leaf and leaf.start <= tag.start < leaf.end and tag.name not in wire.fields:
            continue
        fields[tag.name] = _content(text[tag.end : following.start])[0]
    if leaf:
        fields[leaf.tag.name] = _content(text[leaf.start : leaf.end])[0]
    return fields


def _content(raw: str) -> tuple[str, bool]:
    """The text of an element, and whether it held characters that XML wants escaped."""
    if "<![CDATA[" in raw:
        return _CDATA.sub(lambda match: match[1], raw).strip(), False
    bare = "<" in raw
    if "&" in raw:
        resolved = _ENTITY.sub(_resolved, raw)
        bare = bare or resolved.count("&") > raw.count("&amp;")
        return resolved.strip(), bare
    return raw.strip(), bare


def _resolved(match: re.Match[str]) -> str:
    if match[1]:
        return _ENTITIES[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"
