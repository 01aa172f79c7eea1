"""Which of a reply's blocks is the answer."""

from __future__ import annotations

import re
from bisect import bisect_left

from ..candidate import Dropped
from ..distribution import text_key
from ..repairs import Repair
from .draft import Block

__all__ = ["Reading", "choose", "disjoint", "drops", "joined", "revised"]

_REVISION = re.compile(
    r"\b(?:final|revised|revision|instead|let me (?:try|re)|actually|improved|updated|corrected|scratch that|here are"
    r"|now (?:the|for the)|real|better)\b|最终|修改后|改进后",
    re.IGNORECASE,
)
_LONGEST_GAP = 4000  # characters between two free-standing candidates of one answer


class Reading:
    """The block that was chosen, and what is to be said about the others."""

    __slots__ = ("block", "repairs")

    def __init__(self, block: Block, repairs: dict[Repair, None]) -> None:
        self.block, self.repairs = block, repairs


def joined(text: str, blocks: list[Block]) -> list[Block]:
    """Joins free-standing candidates (JSON lines, one object after another) to one block.

    Prose between them that announces a new try keeps them apart.
    """
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if last and last.single and block.single and not revised(text, last.end, block.start):
            last.drafts += block.drafts
            last.dropped += block.dropped
            last.repairs.update(block.repairs)
            last.reasoning = last.reasoning or block.reasoning
            last.complete = last.complete and block.complete
            last.end = block.end
            last.repairs[Repair.OTHER_SHAPE] = None
        else:
            result.append(block)
    return result


def revised(text: str, end: int, start: int) -> bool:
    """Whether what stands between two candidates announces that the second begins a new answer."""
    gap = start - end
    return gap > 1 and (gap >= _LONGEST_GAP or _REVISION.search(text, end, start) is not None)


def disjoint(outer: list[Block], inner: list[Block]) -> list[Block]:
    """``outer`` and those of ``inner`` that don't stand within one of them, in order."""
    spans = sorted((block.start, block.end) for block in outer)
    kept = []
    for block in inner:
        at = bisect_left(spans, (block.start + 1, 0)) - 1
        if at < 0 or block.start >= spans[at][1]:
            kept.append(block)
    return sorted([*outer, *kept], key=lambda block: block.start)


def choose(blocks: list[Block]) -> Reading | None:
    """The last complete block that holds candidates, or the last incomplete one if none is complete.

    Blocks with numbers come before blocks without, and one that only repeats earlier candidates is a closing
    remark ("final choice").
    """
    holding = [block for block in blocks if block.drafts]
    if not holding:
        return None
    pool = [block for block in holding if block.has_numbers] or holding
    pool = [block for block in pool if block.complete] or pool
    repairs: dict[Repair, None] = {}
    chosen = pool[0]
    keys = {text_key(draft.text) for draft in chosen.drafts} if len(pool) > 1 else set()
    for block in pool[1:]:
        new = {text_key(draft.text) for draft in block.drafts}
        if len(block.drafts) < len(chosen.drafts) and new <= keys:
            repairs[Repair.REPEATED] = None
            continue
        chosen, keys = block, new
    others = [block for block in blocks if block is not chosen]
    if any(block.drafts for block in others) and Repair.REPEATED not in repairs:
        repairs[Repair.SEVERAL_BLOCKS] = None
    if any(dropped.reason is Repair.EXAMPLE for block in others for dropped in block.dropped):
        repairs[Repair.EXAMPLE] = None
    return Reading(chosen, repairs)


def drops(blocks: list[Block]) -> list[Dropped]:
    """What all blocks dropped, in order."""
    return sorted((dropped for block in blocks for dropped in block.dropped), key=lambda d: d.position)
