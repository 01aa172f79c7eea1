"""Cutting lines into list items: of all ways, the one in which most items carry exactly one number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from ....patterns import regex
from ...numbers.amounts import same
from ...numbers.number import Number
from ...page.items import Item, has_text
from ...page.lines import Line
from ...page.openers import NO_HEADING, Opener
from ...page.outline import UNMARKED, Outline
from .endings import cut_last, cut_tails, ends, paragraphs

__all__ = ["Cut", "best_cut"]

_MOST_KINDS = 12  # each costs a walk over its items
_COUNTED_NUMBER = regex(r"\d{1,4}")
# What takes away from the score of a cut, where each text with its number adds 1.
_COST_ASTRAY = 1.6  # under headings that hold their numbers, an item whose number stands below
_COST_CROWDED = 1.5  # an item with several numbers
_COST_BEFORE = 0.9  # a number before the first item
_COST_UNCOVERED = 0.1  # a number that no item holds
_COST_UNMARKED = 0.2  # an item without a number among those that have one
_MOST_REPEATED = 8  # in one item; more can't be one statement repeated


class Cut(NamedTuple):
    """A way to cut a reply into items.

    Attributes:
        score: How well it explains the marks: at most their number.
        items: In order.
    """

    score: float
    items: list[Item]


def best_cut(outline: Outline) -> Cut | None:
    """The best of all ways to cut, if one gives items with one number each: two at least where nothing opens them."""
    marked = len(set(outline.places))
    best: Cut | None = None
    for kind in [*outline.kinds()[:_MOST_KINDS], *UNMARKED]:
        if best is not None and (best.score >= marked or (kind == "paragraph" and _explains(outline, best, marked))):
            break  # nothing can be better; without any marker only where the marked lists don't explain the numbers
        if best is not None and kind not in UNMARKED and len(outline.starts[kind]) <= best.score:
            continue
        items = _cut_after(outline) if kind == "after" else _cut(outline, kind)
        fewest = 2 if kind in UNMARKED and not _is_form(outline, items) else 1
        if sum(1 for item in items if item.marks == 1) >= fewest:
            score = _score(outline, items, marked)
            if score > (best.score if best else 0.0):
                best = Cut(score, items)
    return best


def _is_form(outline: Outline, items: list[Item]) -> bool:
    """Whether the line below the number of the one item is labelled as its text."""
    below = items[0].first + 1 if len(items) == 1 and items[0].opener.kind == "mark" else len(outline.lines)
    return below < len(outline.lines) and any(o.kind.startswith("text:") for o in outline.lines[below].openers)


def _explains(outline: Outline, cut: Cut, marked: int) -> bool:
    """Whether a cut explains a good part of the numbers and leaves none before its first item."""
    return cut.score * 3 >= marked and outline.places[0] >= cut.items[0].first


def _score(outline: Outline, items: list[Item], marked: int) -> float:
    """How many items hold one number and a text, less what the items leave unexplained."""
    places = outline.places
    text = crowded = covered = astray = 0
    unmarked = since = 0  # items without a number before the last that has one; those since then may be remarks
    heads = _are_headed(outline, items)
    for item in items:
        if item.marks == 1:
            text += has_text(outline, item)
            astray += heads and places[item.low] != item.first
            covered += 1
        elif item.marks:
            crowded += 1
            covered += len(set(places[item.low : item.high]))
        else:
            since += covered > 0
            continue
        unmarked, since = unmarked + since, 0
    if unmarked and _counts_up(outline, items):
        unmarked = 0  # one of a numbered list may lack its number
    before = len(set(places[: bisect_left(places, items[0].first)]))
    cost = _COST_ASTRAY * astray + _COST_CROWDED * crowded + _COST_BEFORE * before
    return text - cost - _COST_UNCOVERED * (marked - covered) - _COST_UNMARKED * unmarked


def _are_headed(outline: Outline, items: list[Item]) -> bool:
    """Whether items open with headings, most of which hold their number."""
    if items[0].opener.rank == NO_HEADING:
        return False
    marked = [item for item in items if item.marks == 1]
    return 3 * sum(outline.places[item.low] == item.first for item in marked) >= 2 * len(marked)


def _counts_up(outline: Outline, items: list[Item]) -> bool:
    """Whether items are numbered one after the other; steps within candidates begin anew in each."""
    ordinals = [_COUNTED_NUMBER.search(outline.lines[item.first].text, 0, item.opener.body) for item in items]
    numbers = [int(match[0]) for match in ordinals if match]
    return len(numbers) == len(items) and all(b == a + 1 for a, b in pairwise(numbers))


def _cut(outline: Outline, kind: str) -> list[Item]:
    """Cuts the lines into items of one kind; each is cut off where something greater begins."""
    lines, breaks = outline.lines, outline.breaks
    opened = outline.opened(kind)
    followed = [i + 1 for i in opened] if kind == "line" else [*opened[1:], len(lines)]
    if outer := outline.outer(kind):
        outer.append(len(lines))
        followed = [min(last, outer[bisect_right(outer, first)]) for first, last in zip(opened, followed, strict=False)]
    items: list[Item] = []
    for first, last in zip(opened, followed, strict=False):
        item = Item(first, last, outline.opener(first, kind), *outline.span(first, last))
        if last - first > 1:
            for at in breaks[bisect_right(breaks, first) : bisect_left(breaks, last)] if breaks else ():
                item.high = outline.span(first, at)[1]
                if ends(lines[at], item):
                    item.last = at
                    break
            item.high = outline.span(first, item.last)[1]
        if item.high - item.low > 1:
            _deduplicate(outline, item)
        items.append(item)
    for run in _runs(outline, items):
        cut_tails(outline, run)
        cut_last(outline, run)
    if kind == "rule":
        _cut_introduction(lines, items)
    return items


def _runs(outline: Outline, items: list[Item]) -> list[list[Item]]:
    """Items that are counted on, one run for each time the count begins anew."""
    runs: list[list[Item]] = [[]]
    last = 0
    for item in items:
        ordinal = _COUNTED_NUMBER.search(outline.lines[item.first].text, 0, item.opener.body)
        number = int(ordinal[0]) if ordinal else 0
        if number == 1 and last > 1:
            runs.append([])
        runs[-1].append(item)
        last = number
    return runs


def _cut_after(outline: Outline) -> list[Item]:
    """Items that end with a line that is nothing but their number."""
    lines = outline.lines
    items: list[Item] = []
    first = 0
    opener = Opener("after", NO_HEADING, 0)
    for i in outline.opened("mark"):
        low = outline.span(i, i + 1)[0]
        items.append(Item(first, i + 1, opener, low, low + 1))
        first = i + 1
    _cut_introduction(lines, items)
    return items


def _deduplicate(outline: Outline, item: Item) -> None:
    """The same number stated twice in an item is one statement."""
    if item.marks <= _MOST_REPEATED:
        one, *others = (mark.number for mark in outline.marks[item.low : item.high])
        if all(_state_the_same(other, one) for other in others):
            item.high, item.repeats = item.low + 1, item.high


def _state_the_same(one: Number, other: Number) -> bool:
    if one.stated is None or other.stated is None:
        return one == other
    return same(one.stated, other.stated)


def _cut_introduction(lines: list[Line], items: list[Item]) -> None:
    """Begins the first of the items that nothing opens where it is as long as the longest of the others."""
    if len(items) < 2:
        return
    most = max(len(paragraphs(lines, item)) for item in items[1:])
    items[0].first = paragraphs(lines, items[0])[-most:][0]
