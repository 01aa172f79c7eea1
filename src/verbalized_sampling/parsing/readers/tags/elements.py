"""Cutting a tagged reply into elements, one a candidate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ....patterns import regex
from .tags import Role, Tag

__all__ = ["Element", "elements_in"]

_SPEAKING = regex(r"[^\W\d_][,;]?[ \t]\Z")  # words run on into the tag


@dataclass(frozen=True, slots=True)
class Element:
    """A candidate's stretch of a reply.

    Attributes:
        opening: The tag that opens it.
        inner: The tags in it and behind it, up to the next element, and a number's that stands before it.
        limit: Where the next element begins, or the text ends.
        is_last: Whether none follows.
        closing: The tag that closes it; its opening tag, if that closes itself; None if nothing does.
    """

    opening: Tag
    inner: list[Tag]
    limit: int
    is_last: bool
    closing: Tag | None

    @property
    def stop(self) -> int:
        """Where what stands in it ends."""
        return self.limit if self.closing is None else max(self.closing.start, self.opening.end)


def elements_in(text: str, tags: list[Tag], root: str) -> Iterator[Element]:
    """The elements of one name, in order."""
    starts = _starts(tags, root)
    ahead = _numbers_ahead(tags, starts)
    for number, first in enumerate(starts):
        is_last = number + 1 == len(starts)
        last = len(tags) if is_last else starts[number + 1]
        inner = tags[first + 1 : last]
        if not inner and not is_last and not tags[first].attributes:
            continue  # no tag stands between this one and the next: it is only spoken of
        if is_last and number and _is_spoken(text, tags[first], inner):
            continue
        if ahead:
            inner = tags[ahead[number] : first] + (inner if is_last else tags[first + 1 : ahead[number + 1]])
        limit = tags[last].start if last < len(tags) else len(text)
        yield Element(tags[first], inner, limit, is_last, _closing(tags[first], inner))


def _closing(opening: Tag, inner: list[Tag]) -> Tag | None:
    closing = next((tag for tag in reversed(inner) if tag.closes and tag.name == opening.name), None)
    return opening if closing is None and opening.attributes.endswith("/") else closing


def _is_spoken(text: str, opening: Tag, inner: list[Tag]) -> bool:
    """Whether the last tags of a reply are only spoken of: "each <response> has a <text>"."""
    before = text[max(0, opening.start - 3) : opening.start]
    return _SPEAKING.search(before) is not None and not any(tag.closes for tag in inner)


def _numbers_ahead(tags: list[Tag], starts: list[int]) -> list[int]:
    """Where each element's number stands if it comes before its element; nothing if it doesn't."""
    ahead: list[int] = []
    previous = 0
    for start in starts:
        if start < 2 or tags[start - 1].role is not Role.NUMBER or not tags[start - 1].closes:
            return []
        at = next((i for i in range(start - 1, previous - 1, -1) if tags[i].opens_number), None)
        if at is None:
            return []
        ahead.append(at)
        previous = start
    for tag in tags[previous + 1 :]:  # a number in the last element is its own; behind it, it opens one that was cut
        if tag.name == tags[previous].name:
            break
        if tag.opens_number:
            return []
    return ahead


def _starts(tags: list[Tag], root: str) -> list[int]:
    """Indices of the tags that open a candidate, not of those that stand inside a text."""
    starts: list[int] = []
    leaf: str | None = None  # the text tag we are in
    depth = 0
    is_open = False  # the root is
    texts: str | None = None  # the name of the texts in it
    numbered = False  # the text in it has its number
    known = [(i, t) for i, t in enumerate(tags) if t.name == root or t.role in (Role.LEAF, Role.NUMBER)]
    unopened = _unopened([tag for _, tag in known], root)
    closers = _closers([tag for _, tag in known])
    quoted = 0  # up to this one, tags stand within a text
    for at, (i, tag) in enumerate(known):
        if at < quoted:
            continue
        if leaf is not None:
            if tag.name == leaf:
                depth += -1 if tag.closes else 1
                if depth <= 0:
                    leaf = None
                continue
            if tag.name != root:
                continue
            leaf, depth = None, 0
        if tag.name == root:
            is_open, texts, numbered = not tag.closes, None, False
            if not tag.closes:
                starts.append(i)
        elif tag.role is Role.NUMBER:
            numbered = numbered or (tag.closes and texts is not None)
        elif not tag.closes and (starts or at in unopened):
            if at in unopened and not is_open:
                starts.append(i)
            elif is_open and numbered and tag.name == texts:
                starts.append(i)  # the root was neither closed nor opened anew
                numbered = False
            texts = texts or tag.name
            if at in closers:
                quoted = closers[at] + 1
            else:
                leaf, depth = tag.name, 1
    return starts


def _closers(known: list[Tag]) -> dict[int, int]:
    """Where each tag is closed, by place; what was opened within it and never closed is only spoken of."""
    closers: dict[int, int] = {}
    opened: list[int] = []
    names: Counter[str] = Counter()
    for at, tag in enumerate(known):
        if not tag.closes:
            opened.append(at)
            names[tag.name] += 1
        elif names[tag.name]:
            while known[first := opened.pop()].name != tag.name:
                names[known[first].name] -= 1
            names[tag.name] -= 1
            closers[first] = at
    return closers


def _unopened(known: list[Tag], root: str) -> set[int]:
    """Where texts open that have a number and a closing root behind them: if no root is open, its tag is missing."""
    found: set[int] = set()
    closes = numbered = False
    for at in range(len(known) - 1, -1, -1):
        tag = known[at]
        if tag.name == root:
            closes, numbered = tag.closes, False
        elif tag.role is Role.NUMBER:
            numbered = numbered or not tag.closes
        elif not tag.closes and closes and numbered:
            found.add(at)
    return found
