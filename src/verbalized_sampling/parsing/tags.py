"""Tags by name: which of them hold a candidate, its text, its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from . import names
from .wire import Wire

__all__ = ["Role", "Tag", "role_of", "root_name", "stated_in", "tags_in"]


class Role(Enum):
    ROOT = auto()
    LEAF = auto()
    NUMBER = auto()
    WRAPPER = auto()
    REASONING = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    role: Role
    closes: bool
    start: int
    end: int
    attributes: str


_TAG = re.compile(r"<(/?)\s{0,2}([^\W\d][\w.:-]{0,40})((?:\s[^<>]{0,300})?)>")
_ATTRIBUTE = re.compile(r"([^\W\d][\w-]{0,40})\s{0,3}=\s{0,3}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>/]{1,40}))")
_UNSURE = frozenset(
    ("text", "content", "body", "message", "value", "文本", "内容", "テキスト", "텍스트", "내용", "texto", "texte")
)
_ROOTS = frozenset(names.normalised(word) for word in names.ROOT_WORDS)
_P_NUMBER = re.compile(r"\s{0,9}[≈~]?\s{0,3}[\d.,]{1,12}\s{0,3}%?\s{0,9}</")


def tags_in(text: str, start: int, wire: Wire) -> Iterator[Tag]:
    for match in _TAG.finditer(text, start):
        name = names.normalised(match[2])
        role = Role.LEAF if match[2] in wire.fields else Role.NUMBER if match[2] == wire.probability else role_of(name)
        if match[2] in ("p", "P"):  # a paragraph, unless nothing but a number stands in it
            role = Role.NUMBER if match[1] or _P_NUMBER.match(text, match.end()) else Role.OTHER
        yield Tag(name, role, bool(match[1]), match.start(), match.end(), match[3])


def role_of(name: str) -> Role:
    """What a tag of this (normalised) name is for."""
    if names.is_probability(name):
        return Role.NUMBER
    if name in _UNSURE:
        return Role.LEAF
    if name in _ROOTS:
        return Role.ROOT
    if names.is_wrapper(name):
        return Role.WRAPPER
    if names.is_reasoning(name):
        return Role.REASONING
    return Role.LEAF if names.text_rank(name) is not None else Role.OTHER


def root_name(tags: list[Tag]) -> str | None:
    """The name of the tag that each candidate stands in."""
    known = [tag for tag in tags if tag.role not in (Role.OTHER, Role.REASONING)]
    first_root: str | None = None
    for i, tag in enumerate(known):
        if tag.closes:
            continue
        following = known[i + 1 : i + 4]
        inner = following[0] if following else None
        if tag.role is Role.ROOT:
            first_root = first_root or tag.name
            if stated_in(tag.attributes) is not None or (
                inner and not inner.closes and inner.role in (Role.LEAF, Role.NUMBER)
            ):
                return tag.name
            if (
                len(following) == 3
                and following[0].role is Role.ROOT
                and following[1].closes
                and following[1].name == following[0].name != tag.name
                and following[2].role is Role.NUMBER
            ):
                return tag.name  # <candidate><response>…</response><probability>…
        elif tag.role in (Role.LEAF, Role.NUMBER) and first_root is None:
            return _unknown_root(tags, tag) or (tag.name if tag.role is Role.LEAF else None)
    # <answer><response>…</response><response>…</response></answer>: the inner one repeats
    counts: dict[str, int] = {}
    for tag in known:
        if tag.role is Role.ROOT and not tag.closes:
            counts[tag.name] = counts.get(tag.name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else None


def _unknown_root(tags: list[Tag], leaf: Tag) -> str | None:
    index = tags.index(leaf)
    before = tags[index - 1] if index else None
    if before and before.role in (Role.OTHER, Role.REASONING) and not before.closes:
        return before.name
    return None


def stated_in(attributes: str) -> str | None:
    """The number that a tag states as an attribute, as written."""
    for match in _ATTRIBUTE.finditer(attributes):
        if names.is_probability(match[1]):
            return match[2] or match[3] or match[4] or ""
    return None
