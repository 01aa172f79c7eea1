"""Tags by name: which of them hold a candidate, its text, its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from ....patterns import regex
from ...candidate.asked import Asked
from ...language import names
from ...language.words import MARKS, ROOT_WORDS, words

__all__ = ["MARKUP", "Role", "Tag", "attributes_of", "role_of", "stated_in", "tags_in"]


class Role(Enum):
    """What a tag is for, as its name says."""

    ROOT = auto()
    LEAF = auto()
    NUMBER = auto()
    WRAPPER = auto()
    REASONING = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, as it stands in the reply.

    Attributes:
        name: Normalised, without a namespace.
        role: What it is for.
        closes: Whether it closes an element.
        start: Where it begins, marks that decorate it included.
        end: Where it ends.
        attributes: What stands behind its name, as written.
    """

    name: str
    role: Role
    closes: bool
    start: int
    end: int
    attributes: str

    @property
    def is_meant(self) -> bool:
        """Whether it states something in an attribute: "<response here>" only speaks of one."""
        return bool(self.attributes) and _STATES_VALUE.search(self.attributes) is not None

    @property
    def opens_number(self) -> bool:
        return self.role is Role.NUMBER and not self.closes


MARKUP = frozenset(
    words(
        "a abbr b blockquote br code dd dl dt em h1 h2 h3 h4 h5 h6 hr i img input kbd li mark ol p pre s small strong "
        "sub sup svg table tbody td textarea th thead tr u ul path rect circle html head div span button form label"
    )
)
"""Names of tags that are markup in a text and no part of a candidate."""

_TAG_LIKE = rf"<\s{{0,2}}(/{{1,2}}|\\/?|)\s{{0,2}}([^\W\d][\w{MARKS}.:-]{{0,40}})((?:[\s=][^<>]{{0,300}})?)\\?>"
_ANY_TAG_LIKE = regex(_TAG_LIKE)
# Tags of the names that were asked for, which lack one of their brackets: "text>", "/text>", "</text".
_TAG_LESS_BRACKET = (
    r"(?:(?<=>)|^[ \t]{0,12})(?P<opened>text|probability|response)>|(?<![</\w])/(?P<closed>text|probability|response)>"
    r"|(?<=\w)/(?P<behind>text|probability|response)>"
    r"|<(?P<slash>/?)(?P<unclosed>text|probability|response)(?=[\n<\d]|(?<=text)[A-Z\"“])"
)
_ASKED_FOR = ("response", "text", "probability")
_BROKEN_OR_ANY = regex(rf"{_TAG_LIKE}|{_TAG_LESS_BRACKET}", re.MULTILINE)
_ATTRIBUTE = regex(r"([^\W\d][\w-]{0,40})\s{0,3}[=:]\s{0,3}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>/()]{1,40}))")
_STATES_VALUE = regex(r"[=:(\d/]")
_STATED_IN_BRACKETS = regex(r"\s*\(\s*(\d{0,3}(?:\.\d{1,9}%?|%))\s*\)\s*\Z")
_EMPHASIS_BEFORE = regex(r"(?:(?<=\s)|(?<=>)|\A)(\*\*|`)\Z")
_CLOSED = regex(r"(\*\*|`)\Z")
_NAMING = frozenset(("parameter", "param", "arg", "argument", "field", "property"))
_BARE_NAME = regex(rf"\s?=\s?([^\W\d][\w{MARKS}]{{0,40}})\s?")
_ROOT_NAMES = frozenset(names.normalised(word) for word in ROOT_WORDS)
_P_NUMBER = regex(r"\s{0,9}[≈~]?\s{0,3}[\d.,]{1,12}\s{0,3}%?\s{0,9}</")


def tags_in(text: str, start: int, asked: Asked) -> Iterator[Tag]:
    """The tags of a text in order, each with the marks that decorate it ("**<text>**")."""
    called: dict[str, str] = {}  # what the open tags that only name another one stand for
    for match in (_BROKEN_OR_ANY if _may_be_broken(text) else _ANY_TAG_LIKE).finditer(text, start):
        written = match[2]
        if written is None:
            broken = match["opened"] or match["closed"] or match["behind"] or match["unclosed"]
            closes = bool(match["closed"] or match["behind"] or match["slash"])
            yield Tag(broken, role_of(broken), closes, match.start(), match.end(), "")
            continue
        if written in _NAMING:
            written = called.pop(written, written) if match[1] else _named_by(match[3]) or written
            if not match[1] and written != match[2]:
                called[match[2]] = written
        name = names.normalised(written.rpartition(":")[2] or written)  # a prefix is a namespace's
        role = Role.LEAF if written in asked.fields else Role.NUMBER if written == asked.probability else role_of(name)
        if written in ("p", "P"):  # a paragraph, unless nothing but a number stands in it
            role = Role.NUMBER if match[1] or match[3][:1] == "=" or _P_NUMBER.match(text, match.end()) else Role.OTHER
        begin, end = match.span()
        if begin and text[begin - 1] in "\\*`":
            begin, end = _decorated(text, begin, end, closes=bool(match[1]))
        yield Tag(name, role, bool(match[1]), begin, end, match[3])


def _may_be_broken(text: str) -> bool:
    """Whether a tag that was asked for may lack one of its brackets; far quicker than to search for one."""
    if "<response" not in text:
        return False
    for name in _ASKED_FOR:
        opened, closed, stating = (text.count(sign) for sign in (f"<{name}>", f"</{name}>", f"<{name} "))
        if opened + stating == closed:
            continue
        begun = text.count(f"<{name}") + text.count(f"</{name}") - stating
        if text.count(f"{name}>") != opened + closed or begun != opened + closed:
            return True
    return False


def _named_by(attributes: str) -> str | None:
    """The name of a field that a tag states as an attribute: <parameter name="text">, <parameter=text>."""
    bare = _BARE_NAME.fullmatch(attributes)
    stated = bare[1] if bare else next((v for name, v in attributes_of(attributes) if name in ("name", "key")), "")
    return stated if role_of(names.normalised(stated)) in (Role.LEAF, Role.NUMBER) else None


def _decorated(text: str, begin: int, end: int, *, closes: bool) -> tuple[int, int]:
    if text[begin - 1] == "\\":
        return begin - 1, end
    mark = (_CLOSED if closes else _EMPHASIS_BEFORE).search(text[max(0, begin - 3) : begin])
    if mark and text.startswith(mark[1], end):
        return begin - len(mark[1]), end + len(mark[1])
    return begin, end


def role_of(name: str) -> Role:
    """What a tag of this (normalised) name is for."""
    if names.is_probability(name):
        return Role.NUMBER
    if name in _ROOT_NAMES:
        return Role.ROOT
    if names.is_wrapper(name):
        return Role.WRAPPER
    if names.is_reasoning(name):
        return Role.REASONING
    return Role.LEAF if names.text_rank(name) is not None else Role.OTHER


def attributes_of(attributes: str) -> Iterator[tuple[str, str]]:
    """The names and values of a tag's attributes."""
    for match in _ATTRIBUTE.finditer(attributes):
        yield match[1], match[2] or match[3] or match[4] or ""


def stated_in(attributes: str) -> str | None:
    """The number that a tag states as an attribute, as written."""
    if not attributes:
        return None
    stated = [(name, value) for name, value in attributes_of(attributes) if names.is_probability(name)]
    if stated:
        return min(stated, key=lambda one: names.probability_rank(one[0]))[1]
    bare = _STATED_IN_BRACKETS.match(attributes)
    return bare[1] if bare else None
