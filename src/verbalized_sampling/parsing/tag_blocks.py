"""Finding tags in a reply: <response><text>…</text><probability>…</probability></response>, and its relatives.

It is no XML parser on purpose: texts hold unescaped ``&`` and ``<``, markup of their own, and tags that nobody
closed. Tags are told apart by name alone, in one pass; nothing is expanded but the five entities of XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..candidate import Dropped
from ..repairs import Repair
from . import names
from .between import revised
from .draft import Block, Draft
from .item_text import labelled_in
from .number import NUMBER, Number, number_in
from .placeholders import is_placeholder
from .tags import Role, Tag, role_of, root_name, stated_in, tags_in
from .wire import UNTYPED, Wire

__all__ = ["tag_blocks"]


_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_HEADING = re.compile(r"(?:^|\n)[ \t]*(?:#{1,6}|[-*>]|\d{1,3}[.)])[ \t]*\Z")


def tag_blocks(text: str, start: int = 0, wire: Wire = UNTYPED) -> list[Block]:
    """The blocks of candidates written as tags, in order."""
    if not any(tag.closes or tag.attributes or tag.role is Role.NUMBER for tag in tags_in(text, start, wire)):
        return []  # nothing was ever closed or stated: no candidate, however many tags
    tags = list(tags_in(text, start, wire))
    root = root_name(tags)
    if root is None:
        return []
    return _grouped(text, list(_Elements(text, tags, root).drafts()), tags)


_LONGEST_NUMBER = 200
_LONGEST_WORDS = 60
# A number that stands alone: no sentence runs on behind it. What ends it is a line feed or a tag, or nothing yet.
_ALONE = re.compile(
    rf"\s{{0,20}}[≈~]?\s{{0,3}}{NUMBER}[^\w\n<(（]{{0,20}}"
    r"(?:[(（][^()（）\n]{0,40}[)）][^\w\n<]{0,20})?(?:\n|\Z)"
)


class _Elements:
    """Cuts a reply into elements of one name and reads each."""

    def __init__(self, text: str, tags: list[Tag], root: str) -> None:
        self.text = text
        self.tags = tags
        self.root = root
        self.rootless = role_of(root) is Role.LEAF
        self.repairs: dict[Repair, None] = {}

    def drafts(self) -> Iterator[tuple[Draft, bool, dict[Repair, None]]]:
        """Each element, whether it is complete, and what was repaired in it."""
        starts = self._starts()
        for number, first in enumerate(starts):
            is_last = number + 1 == len(starts)
            last = len(self.tags) if is_last else starts[number + 1]
            if last - first == 1 and not is_last and not self.tags[first].attributes:
                continue  # no tag stands between this one and the next: it is only spoken of
            yield self._element(first, last, is_last=is_last)

    def _starts(self) -> list[int]:
        """Indices of the opening root tags that open a candidate, not those that stand inside a text."""
        starts: list[int] = []
        leaf: str | None = None  # the text tag we are in
        depth = 0
        known = [(i, t) for i, t in enumerate(self.tags) if t.name == self.root or t.role in (Role.LEAF, Role.NUMBER)]
        for at, (i, tag) in enumerate(known):
            if leaf is not None:
                if tag.name == leaf:
                    depth += -1 if tag.closes else 1
                    if depth <= 0:
                        leaf = None
                elif tag.name == self.root and not tag.closes and not self._inside_text(known, at, leaf):
                    leaf, depth = None, 0
                    starts.append(i)
                elif tag.name == self.root and tag.closes and not self._inside_text(known, at, leaf):
                    leaf, depth = None, 0
            elif tag.name == self.root and not tag.closes:
                starts.append(i)
            elif starts and tag.role is Role.LEAF and not tag.closes and tag.name != self.root:
                leaf, depth = tag.name, 1
        return starts

    @staticmethod
    def _inside_text(known: list[tuple[int, Tag]], at: int, leaf: str) -> bool:
        """Whether the text goes on after a root tag: its closing tag comes before anything that opens anew."""
        for _, tag in known[at + 1 : at + 4]:
            if tag.name == leaf:
                return tag.closes
            if tag.role is Role.NUMBER and not tag.closes:
                return False
        return False

    def _element(self, first: int, last: int, *, is_last: bool) -> tuple[Draft, bool, dict[Repair, None]]:
        text = self.text
        opening = self.tags[first]
        inner = self.tags[first + 1 : last]
        limit = self.tags[last].start if last < len(self.tags) else len(text)
        repairs: dict[Repair, None] = {}
        closing = next((tag for tag in reversed(inner) if tag.closes and tag.name == self.root), None)
        stop = closing.start if closing else limit
        end = closing.end if closing else limit
        if closing and self.rootless:  # <text>…</text><probability>…</probability> without a root
            end = limit
        leaf = None if self.rootless else self._leaf(inner, stop)
        body, body_end, leaf_closed = (leaf[0], leaf[1], leaf[2]) if leaf else (opening.end, stop, closing is not None)
        stated = stated_in(opening.attributes)
        number: Number | None = number_in(stated) if stated is not None else None
        number_tag: Tag | None = None
        number_closed = stated is not None
        if leaf and number is None and (attribute := stated_in(leaf[3].attributes)) is not None:
            number, number_closed = number_in(attribute), True
        for tag in inner:
            if number is not None or tag.role is not Role.NUMBER or tag.closes:
                continue
            if leaf and leaf[0] <= tag.start < leaf[1]:
                continue
            close = text.find("<", tag.end, tag.end + _LONGEST_NUMBER)
            number_end = close if close >= 0 else min(len(text), tag.end + _LONGEST_NUMBER)
            stated = text[tag.end : number_end]
            alone = _ALONE.match(stated)
            if not alone and (not text.startswith("</", number_end) or len(stated) > _LONGEST_WORDS):
                continue  # the tag is only spoken of
            number_tag = tag
            number_closed = close >= 0 or (alone is not None and "\n" in alone[0].lstrip())
            if alone and close < 0:
                stated = alone[0]
            number = number_in(stated, percent=names.is_percent_name(tag.name))
            if not leaf:
                if tag.start < body_end and text[body : tag.start].strip():
                    body_end = tag.start
                elif tag.start < body_end:
                    after = next(
                        (t.end for t in inner if t.closes and t.role is Role.NUMBER and t.start >= tag.end), number_end
                    )
                    body = after
        if closing is None or (leaf and not leaf_closed):
            repairs[Repair.UNCLOSED] = None
        expected = (Role.LEAF, Role.NUMBER)
        if leaf and any(
            tag.role not in expected and tag is not closing and not leaf[0] <= tag.start <= leaf[1] for tag in inner
        ):
            repairs[Repair.EXTRA_TAGS] = None
        raw = text[body:body_end]
        written, unescaped = _content(raw)
        if unescaped:
            repairs[Repair.UNESCAPED] = None
        if not leaf and not self.rootless:
            repairs[Repair.EXTRA_TAGS] = None
            written = re.sub(r"</?[^\W\d][\w.-]{0,40}>\s*\Z", "", written).strip() if closing is None else written
        settled = leaf_closed or (number_tag is not None and number_tag.start > body)  # the text can't go on
        if number is None and number_tag is None and closing is not None:
            # No tag states a number: a label in the element may.
            labelled = labelled_in(text[body_end:stop] if leaf else written)
            if labelled is not None:
                number, remaining = labelled
                repairs[Repair.EXTRA_TAGS] = None
                written = written if leaf else remaining
        told = leaf_closed or (number is not None and number.stated is not None)
        complete = closing is not None or (settled and number_closed if is_last else told)
        end = max(end, opening.end)
        if closing is None and is_last:
            end = max(body_end, number_tag.end if number_tag else 0)
        written = _HEADING.sub("", written).rstrip() if closing is None else written
        return Draft(written, number, opening.start, end, self._fields(inner, leaf)), complete, repairs

    def _leaf(self, inner: list[Tag], stop: int) -> tuple[int, int, bool, Tag] | None:
        """The text tag of an element: from where to where it reaches, and whether it was closed."""
        opening = next((t for t in inner if not t.closes and t.start < stop and self._is_leaf(t)), None)
        if opening is None:
            return None
        depth = 1
        last: Tag | None = None
        for tag in inner:
            if tag.name != opening.name or tag.start <= opening.start or tag.start >= stop:
                continue
            depth += -1 if tag.closes else 1
            if tag.closes:
                last = tag
                if depth == 0:
                    break
        if last is not None:
            return opening.end, last.start, True, opening
        # never closed: up to the number, or to the end of the element
        number = next(
            (t.start for t in inner if t.role is Role.NUMBER and not t.closes and t.start > opening.end), stop
        )
        return opening.end, min(number, stop), False, opening

    def _is_leaf(self, tag: Tag) -> bool:
        return tag.role is Role.LEAF or (tag.role is Role.ROOT and tag.name != self.root)

    def _fields(self, inner: list[Tag], leaf: tuple[int, int, bool, Tag] | None) -> dict[str, str]:
        """What other elements stand directly in this one, for typed candidates."""
        fields: dict[str, str] = {}
        inside = leaf[1] if leaf else -1
        for tag, following in pairwise(inner):
            if tag.closes or not following.closes or tag.name != following.name:
                continue
            if leaf and leaf[0] <= tag.start < inside:
                continue
            fields[tag.name] = _content(self.text[tag.end : following.start])[0]
        if leaf:
            fields[leaf[3].name] = _content(self.text[leaf[0] : leaf[1]])[0]
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


def _grouped(text: str, elements: list[tuple[Draft, bool, dict[Repair, None]]], tags: list[Tag]) -> list[Block]:
    blocks: list[Block] = []
    wrappers = [tag for tag in tags if tag.role is Role.WRAPPER]
    at = 0
    for draft, complete, repairs in elements:
        wrapped = False
        while at < len(wrappers) and wrappers[at].start < draft.start:
            wrapped = wrapped or (not wrappers[at].closes)
            at += 1
        if not blocks or wrapped or revised(text, blocks[-1].end, draft.start):
            blocks.append(Block([], draft.start, draft.end, single=True))
        block = blocks[-1]
        block.end = draft.end
        block.repairs.update(repairs)
        if (
            Repair.UNCLOSED in repairs
            and draft is elements[-1][0]
            and not any(Repair.UNCLOSED in r for _, _, r in elements[:-1][-1:])
        ):
            block.complete = False  # the others were closed: the reply breaks off here
        if not complete and draft is not elements[-1][0]:  # tags that are only spoken of: the reply went on
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.EXAMPLE))
        elif not complete:
            block.complete = False
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.CUT_OFF))
        elif is_placeholder(draft.text, draft.number):
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.EXAMPLE))
        elif not draft.text:
            block.dropped.append(Dropped(text[draft.start : draft.end], draft.start, Repair.EMPTY_TEXT))
        else:
            block.drafts.append(draft)
    return [block for block in blocks if block.drafts or block.dropped]
