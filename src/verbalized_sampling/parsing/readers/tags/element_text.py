"""The text of an element of a tagged reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ....patterns import regex
from ...candidate.asked import Asked
from ...candidate.fields import text_of
from ...language import names
from .tags import MARKUP, Role, Tag, attributes_of

__all__ = ["ANY_TAG", "Leaf", "beside_of", "content_of", "fields_of", "leaf_of", "said_otherwise"]

_ENTITY = regex(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CDATA = regex(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
ANY_TAG = regex(r"<!\[CDATA\[|\]\]>|<!--.{0,200}?-->|</?[^\W\d][^<>]{0,100}>", re.DOTALL)
_MOST_FIELDS = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """The text of an element: from where to where it reaches, and in what."""

    start: int
    end: int
    closed: bool
    tag: Tag


def leaf_of(text: str, inner: list[Tag], opening: Tag, root: str, stop: int) -> Leaf | None:
    """The text tag of an element."""
    if opening.role is Role.LEAF and opening.name != root:
        return _leaf_from(text, inner, opening, stop)  # the root was neither closed nor opened anew
    found = next((t for t in inner if not t.closes and opening.start < t.start < stop and _is_leaf(t, root)), None)
    if found is None or (opening.role is Role.LEAF and text[opening.end : found.start].strip()):
        return None
    return _leaf_from(text, inner, found, stop)


def _is_leaf(tag: Tag, root: str) -> bool:
    return tag.name != root and tag.role in (Role.LEAF, Role.ROOT)


def _leaf_from(text: str, inner: list[Tag], opening: Tag, stop: int) -> Leaf:
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
        return Leaf(opening.end, last.start, True, opening)
    # never closed: up to the number, or to the end of the element
    behind = [tag for tag in inner if tag.start > opening.start]
    end = next((t.start for t in behind if t.opens_number), stop)
    end = min(end, stop)
    within = {tag.name for tag in behind if tag.end <= end and not tag.closes and tag.name != opening.name}
    for tag in reversed(behind):  # what should have closed it, under another name or without its stroke
        if tag.end > end:
            continue
        closer = tag.name not in within if tag.closes else tag.name == opening.name
        if not closer or text[tag.end : end].strip():
            break
        end = tag.start
    return Leaf(opening.end, end, False, opening)


def said_otherwise(written: str, opening: Tag, leaf: Leaf | None, fields: dict[str, str], asked: Asked) -> str | None:
    """A text that stands in an attribute, or in an element of a name of its own."""
    if not written or (not leaf and not ANY_TAG.sub("", written).strip()):
        for tag in (leaf.tag, opening) if leaf else (opening,):
            for name, value in attributes_of(tag.attributes):
                if names.text_rank(name) is not None:
                    return content_of(value)[0]
    if asked.fields or leaf or not written.startswith("<") or not written.endswith(">"):
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
    return None if ANY_TAG.sub("", outside).strip() else text_of(own)[0]


def fields_of(text: str, inner: list[Tag], leaf: Leaf | None, asked: Asked) -> dict[str, str]:
    """What other elements stand directly in this one, for typed candidates."""
    fields: dict[str, str] = {}
    for tag, following in pairwise(inner):
        if tag.closes or not following.closes or tag.name != following.name:
            continue
        if leaf and leaf.start <= tag.start < leaf.end and tag.name not in asked.fields:
            continue
        fields[tag.name] = content_of(text[tag.end : following.start])[0]
    if leaf:
        fields[leaf.tag.name] = content_of(text[leaf.start : leaf.end])[0]
    return fields


def beside_of(fields: dict[str, str], leaf: Tag) -> dict[str, str]:
    """What other elements say of the text that stands in one."""
    return {
        name: value
        for name, value in fields.items()
        if value and name != leaf.name and name not in MARKUP and not names.is_probability(name)
    }


def content_of(raw: str) -> tuple[str, bool]:
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
