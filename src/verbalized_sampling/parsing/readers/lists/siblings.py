"""Items beside the numbered ones: which of them go on with the list."""

from __future__ import annotations

from collections.abc import Iterator

from ....patterns import regex
from ...candidate.found import Block
from ...language.remarks import is_closing_remark
from ...page.items import Item
from ...page.lines import Line, is_rule
from ...page.outline import UNMARKED

__all__ = ["continues", "counts_on", "siblings"]

_FIRST_ORDINAL = regex(r"(?<![\d.])\d{1,4}(?![\d.]*\d)")


def siblings(
    lines: list[Line], items: list[Item], first: int, last: int, blocks: list[Block]
) -> Iterator[tuple[Block, Item]]:
    """The rows without a number right before the first candidate and right behind the last one, line by line."""
    if not blocks or items[first].opener.kind in UNMARKED:
        return
    for at in range(first - 1, -1, -1):
        if items[at].last - items[at].first > 1:
            break
        yield blocks[0], items[at]
    for before, item in zip(items[last:], items[last + 1 :], strict=False):
        if item.first != before.last or is_closing_remark(lines[item.first].text):
            break
        if lines[item.first].start >= blocks[-1].end:
            yield blocks[-1], item


def counts_on(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item has the number after that of the one before it: no new try begins with it."""
    one, two = (_FIRST_ORDINAL.search(lines[at.first].text) for at in (before, item))
    return one is not None and two is not None and int(two[0]) == int(one[0]) + 1


def continues(lines: list[Line], before: Item, item: Item) -> bool:
    """Whether an item without a number goes on with the list: it follows at once and is called the same."""
    gap = [line for line in lines[before.last : item.first] if not line.blank and not is_rule(line.text)]
    if gap or item.last < len(lines) or item.opener.kind in ("paragraph", "line", "bold"):
        return False
    labels = [{o.label for o in lines[at.first].openers if o.label} for at in (before, item)]
    numbered = item.opener.kind.startswith(("number", "letter", "label"))
    return bool(labels[0] & labels[1]) or (
        numbered and not is_closing_remark(lines[item.first].text[item.opener.body :])
    )
