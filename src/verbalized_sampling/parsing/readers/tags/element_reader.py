"""Reading one element of a tagged reply: its text, its number, and what was not as asked for in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.asked import TEXT_FIELD, Asked
from ...candidate.found import Draft
from ...language import names
from ...language.text_label import TEXT_LABEL
from ...language.words import MARKS
from ...numbers.number import Number
from ...numbers.restated import without_number
from .element_number import Stated, attribute_of, numbers_behind, stated_of, told_beside
from .element_text import Leaf, beside_of, content_of, fields_of, leaf_of, said_otherwise
from .elements import Element
from .tags import Role

__all__ = ["Reading", "read_element"]

_ROOT = "response"
_LIST_MARK = regex(r"(?:^|\n)[ \t]*(?:#{1,6}|[-*>]|\d{1,3}[.)])[ \t]*\Z")
_CLOSER = regex(rf"</[^\W\d][\w{MARKS}.-]{{0,40}}>\s*\Z")
_LAST_CLOSER = regex(rf"</([^\W\d][\w{MARKS}.-]{{0,40}})>\s*\Z")
_LAST_TAG = regex(rf"</?[^\W\d][\w{MARKS}.-]{{0,40}}>\s*\Z")


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


def read_element(text: str, element: Element, root: str, asked: Asked) -> Reading:
    """Reads one element."""
    opening, closing, inner = element.opening, element.closing, element.inner
    leaf = leaf_of(text, inner, opening, root, element.stop)
    number, stated = attribute_of(opening, leaf), None
    if number is None:
        stated = stated_of(text, inner, leaf, asked)
        number = stated.number if stated else None
    body, body_end = _body(text, element, leaf, stated)
    repairs = _repairs(text, element, leaf, stated, root, asked)
    if leaf and stated and stated.tag.start == body_end:  # closed under another name
        written, unescaped = content_of(_CLOSER.sub("", text[body:body_end], count=1))
    else:
        written, unescaped = content_of(text[body:body_end])
    if not leaf and opening.role is not Role.LEAF:
        written = _bare(written, labelled=stated is not None, closed=closing is not None)
    fields = fields_of(text, inner, leaf, asked)
    otherwise = said_otherwise(written, opening, leaf, fields, asked) if not leaf or not written else None
    if otherwise is not None:
        written = otherwise
    elif unescaped:
        repairs[Repair.UNESCAPED] = None
    end = element.limit if closing is None or opening.role is Role.LEAF else closing.end
    if number is None and stated is None and closing is not None:
        number, written, behind = told_beside(text, element, written, body_end, in_leaf=leaf is not None)
        if number is not None:
            repairs[Repair.EXTRA_TAGS] = None
            end = max(end, behind)
    elif number is not None and (rest := without_number(written, number.stated)) is not None:
        written = rest
        repairs[Repair.PROSE] = None
    if closing is None:
        written = _LIST_MARK.sub("", written).rstrip()
        if element.is_last:
            end = max(body_end, stated.end if stated else 0)
    beside = beside_of(fields, leaf.tag) if leaf and not asked.fields else {}
    draft = Draft(written, number, opening.start, max(end, opening.end), fields, beside=beside)
    complete = _is_complete(element, leaf, stated, number, settled_at=body)
    return Reading(draft, complete, closing is not None, numbers_behind(text, inner, closing), repairs)


def _body(text: str, element: Element, leaf: Leaf | None, stated: Stated | None) -> tuple[int, int]:
    """From where to where an element's text reaches: up to a number within it, or behind one that it begins with."""
    start, end = (leaf.start, leaf.end) if leaf else (element.opening.end, element.stop)
    if stated is None or not start <= stated.tag.start < end:
        return start, end
    if leaf or text[start : stated.tag.start].strip():
        return start, stated.tag.start
    return stated.end, end


def _bare(written: str, *, labelled: bool, closed: bool) -> str:
    """The text of an element that holds no element of its own for it."""
    if not closed:
        written = _LAST_TAG.sub("", written).strip()
    elif (
        (stray := _LAST_CLOSER.search(written))
        and f"<{stray[1]}" not in written
        and names.text_rank(stray[1]) is not None
    ):
        written = written[: stray.start()].rstrip()  # it was never opened
    label = TEXT_LABEL.match(written) if labelled else None
    return written[label.end() :] if label and label.end() < len(written) else written


def _repairs(
    text: str, element: Element, leaf: Leaf | None, stated: Stated | None, root: str, asked: Asked
) -> dict[Repair, None]:
    """What is not as asked for in an element's tags, and between them."""
    repairs: dict[Repair, None] = {}
    if element.closing is None or element.opening.name != root:
        repairs[Repair.UNCLOSED] = None
    if (leaf and not leaf.closed) or (stated and not stated.closed):
        repairs[Repair.UNCLOSED] = None
    if not leaf or (stated and leaf.start <= stated.tag.start < leaf.end) or _has_others(text, element, leaf, asked):
        repairs[Repair.EXTRA_TAGS] = None
    if leaf and leaf.closed and stated:
        behind = [tag for tag in element.inner if leaf.end <= tag.start]
        if any(not tag.closes and tag.name == leaf.tag.name for tag in behind):
            repairs[Repair.EXTRA_TAGS] = None  # a second text
        if any(a.closes and _speaks(text, a.end, b.start) for a, b in pairwise(behind)):
            repairs[Repair.PROSE] = None
    return repairs


def _speaks(text: str, start: int, end: int) -> bool:
    return any(map(str.isalnum, text[start:end]))


def _is_complete(
    element: Element, leaf: Leaf | None, stated: Stated | None, number: Number | None, *, settled_at: int
) -> bool:
    """Whether an element's text and its number can't go on; the text is settled by a number behind where it begins."""
    if element.is_last and stated and not stated.settled:
        return False  # the number may go on, though the text beside it is closed
    if element.closing is not None:
        return True
    closed = leaf is not None and leaf.closed
    if not element.is_last:
        return closed or (number is not None and number.stated is not None)
    return (closed or (stated is not None and stated.tag.start > settled_at)) and (stated or number) is not None


def _has_others(text: str, element: Element, leaf: Leaf | None, asked: Asked) -> bool:
    """Whether tags stand in an element that were not asked for, or not in that way."""
    expected = _expected(asked)
    return any(
        text[tag.start : tag.end] not in expected
        for tag in (element.opening, *element.inner)
        if leaf is None or tag is leaf.tag or not leaf.start <= tag.start < leaf.end
    )


@lru_cache(maxsize=8)
def _expected(asked: Asked) -> frozenset[str]:
    expected = (_ROOT, asked.probability, *(asked.fields or (TEXT_FIELD,)))
    return frozenset(written for name in expected for written in (f"<{name}>", f"</{name}>"))
