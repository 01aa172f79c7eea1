"""Items beside the numbered ones: which of them go on with the list."""

from __future__ import annotations

from collections.abc import Iterator

from ....patterns import regex
from ...candidate.found import Block
from ...language.remarks import is_closing_remark
from ...page.items import Item
from ...page.lines import Line, is_fence, is_rule
from ...page.outline import UNMARKED
from .endings import is_colon_title

__all__ = ["DANGLING", "continues", "counts_on", "siblings"]

DANGLING = tuple(":：=(（–—-\t")
"""What stands before a number that has not come."""
_FIRST_ORDINAL = regex(r"(?<![\d.])\d{1,4}(?![\d.]*\d)")


def siblings(
    lines: list[Line], items: list[Item], first: int, last: int, blocks: list[Block]
) -> Iterator[tuple[Block, Item]]:
    """The rows without a number right before the first candidate and right behind the last one, line by line."""
    if not blocks:
        return
    if items[first].opener.kind in UNMARKED:
        yield from _plain_rows(lines, items, blocks)
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


def _plain_rows(lines: list[Line], items: list[Item], blocks: list[Block]) -> Iterator[tuple[Block, Item]]:
    """The lines without a number among those that nothing opens, and one at the end that goes no further."""
    if items[0].opener.kind != "line":
        return
    taken = {item.first for item in items}
    for i in range(items[0].first + 1, items[-1].first):
        line = lines[i]
        if i not in taken and not (line.blank or is_rule(line.text) or is_fence(line.text) or is_colon_title(line)):
            block = next(block for block in blocks if line.start < block.end)
            yield block, Item(i, i + 1, items[0].opener, 0, 0)
    below = items[-1].first + 1
    if (
        below < len(lines)
        and lines[below].text.rstrip()[-1:] in DANGLING
        and all(one.blank for one in lines[below + 1 :])
    ):
        yield blocks[-1], Item(below, below + 1, items[0].opener, 0, 0)


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
