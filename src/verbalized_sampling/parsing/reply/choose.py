"""Which of a reply's blocks is the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...patterns import regex
from ...values.candidate import Dropped
from ...values.repairs import Repair
from ...values.sameness import text_key
from ..candidate.asked import TEXT_FIELD
from ..candidate.found import Block, Draft
from ..language.transitions import (
    has_heading,
    has_prose,
    is_announced_sample,
    is_called_draft,
    is_called_example,
    revised,
)
from ..numbers.amounts import same
from ..page.spans import within

__all__ = ["Choice", "choose", "disjoint", "drops", "joined", "unquoted"]

# (What stands behind the sign may be the bound of a range: "> 3%: 0.2".)
_QUOTED_LINE = regex(
    r"^[ \t]*+>(?!=|\s?[$€£]?\d[\d.,]*+\s?(?:[%％:：–—-]|[°º]?[a-zA-Z²³/]{1,12}\s?[:：–—-]))[^\n]*+", re.MULTILINE
)

_LONGEST_QUOTED_ITEM = 400  # characters that are looked at for its number


@dataclass(frozen=True, slots=True)
class Choice:
    """The block that was chosen, and what is to be said about the others."""

    block: Block
    repairs: dict[Repair, None]


def unquoted(text: str, blocks: list[Block]) -> list[Block]:
    """The same blocks without the candidates in quoted lines ("> …"), if others stand outside of them."""
    lines = [line.span() for line in _QUOTED_LINE.finditer(text)] if ">" in text else []
    quoted = [(block, [draft for draft in block.drafts if _is_quoted(text, draft, lines)]) for block in blocks if lines]
    if any(len(drafts) < len(block.drafts) for block, drafts in quoted):
        for block, drafts in quoted:
            for draft in drafts:
                block.drop(text[draft.start : draft.end], draft.start, Repair.EXAMPLE)
            block.drafts = [draft for draft in block.drafts if not _is_quoted(text, draft, lines)]
    return blocks


def _is_quoted(text: str, draft: Draft, lines: list[tuple[int, int]]) -> bool:
    """Whether all of a candidate is quoted; the number may stand below a quoted text."""
    if not within(draft.start, lines):
        return False
    line = text[draft.start : draft.start + _LONGEST_QUOTED_ITEM].partition("\n")[0]
    return any(map(str.isdigit, line)) or within(max(draft.start, draft.end - 1), lines)


def joined(text: str, blocks: list[Block]) -> list[Block]:
    """Joins free-standing candidates (JSON lines, one object after another) to one block.

    Prose between them that announces a new try keeps them apart.
    """
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if (
            last
            and last.single
            and block.single
            and last.sure == block.sure
            and not revised(text, last.end, block.start)
        ):
            last.take(block)
            last.repairs[Repair.OTHER_SHAPE] = None
        else:
            result.append(block)
    return result


def disjoint(outer: list[Block], inner: list[Block]) -> list[Block]:
    """``outer``, and each block of ``inner`` that lies outside of all of them, in order."""
    spans = sorted((block.start, block.end) for block in outer)
    kept = [block for block in inner if not within(block.start, spans)]
    return sorted([*outer, *kept], key=lambda block: block.start)


def choose(text: str, blocks: list[Block]) -> Choice | None:
    """The last complete block that holds candidates, or the last incomplete one if none is complete.

    One that breaks off still counts if as many of its candidates are complete as the block before it has.
    Blocks with numbers come before blocks without. One that only repeats earlier candidates is a closing remark
    ("final choice"), and one that goes on with other candidates belongs to the block before it.
    """
    holding = [block for block in blocks if block.drafts]
    if not holding:
        return None
    pool = [block for block in holding if block.has_numbers] or holding
    repairs: dict[Repair, None] = {}
    chosen = pool[0]
    keys = _keys(chosen)
    taken = {id(chosen)}
    for block in pool[1:]:
        new = _keys(block)
        if len(block.drafts) < len(chosen.drafts) and new <= keys:
            repairs[Repair.REPEATED] = None
            taken.add(id(block))
        elif block.single and len(block.drafts) < len(chosen.drafts) and is_called_example(text, block.start):
            repairs[Repair.EXAMPLE] = None
            taken.add(id(block))
        elif _are_of_other_kind(chosen, block) and TEXT_FIELD in chosen.drafts[0].fields:
            continue  # "criterion" and "score" behind "text" and "probability"
        elif keys.isdisjoint(new) and not _are_of_other_kind(chosen, block) and _goes_on(text, chosen, block):
            if has_prose(text, chosen.end, block.start):
                repairs[Repair.PROSE] = None
            chosen.take(block)
            chosen.repairs[Repair.OTHER_SHAPE] = None
            keys |= new
            taken.add(id(block))
        elif block.complete or not chosen.complete or len(block.drafts) >= len(chosen.drafts):
            chosen, keys, taken = block, new, {id(block)}
            repairs.pop(Repair.REPEATED, None)
    others = [block for block in blocks if id(block) not in taken]
    if chosen.has_numbers:
        for block in holding:
            if not block.has_numbers and block.sure and id(block) not in taken:
                _drop_unnumbered(block, keys)
    if any(block.drafts for block in others):
        repairs[Repair.SEVERAL_BLOCKS] = None
    if any(dropped.reason is Repair.EXAMPLE for block in others for dropped in block.dropped):
        repairs[Repair.EXAMPLE] = None
    if chosen.single and len(chosen.drafts) > 1 and is_announced_sample(text, chosen.drafts[0].start):
        sample = chosen.drafts.pop(0)
        chosen.drop(text[sample.start : sample.end], sample.start, Repair.EXAMPLE)
        repairs[Repair.EXAMPLE] = None
    if _closes_with_a_choice(text, chosen):
        chosen.drafts.pop()
        repairs[Repair.REPEATED] = None
    if once := _restated(chosen):
        del chosen.drafts[once:]
        repairs[Repair.REPEATED] = None
    return Choice(chosen, repairs)


def _drop_unnumbered(block: Block, keys: set[str]) -> None:
    """Says that candidates without a number are none, where others have theirs; what only repeats one is no loss."""
    for draft in block.drafts:
        if text_key(draft.text) not in keys:
            block.drop(draft.text, draft.start, Repair.SEVERAL_BLOCKS)


def _keys(block: Block) -> set[str]:
    return {text_key(draft.text) for draft in block.drafts}


def _are_of_other_kind(chosen: Block, block: Block) -> bool:
    """Whether only one of two lists of records has its texts under the name that was asked for, and they share none."""
    one, other = chosen.drafts[0].fields.keys(), block.drafts[0].fields.keys()
    return bool(one and other) and one.isdisjoint(other) and (TEXT_FIELD in one) != (TEXT_FIELD in other)


def _goes_on(text: str, chosen: Block, block: Block) -> bool:
    """Whether a block with other candidates continues the one before it, instead of being a second try."""
    if block.start < chosen.end or is_called_draft(text, chosen.start):
        return False
    if block.complete and len(block.drafts) < len(chosen.drafts):
        return True
    if revised(text, chosen.end, block.start):
        return False
    if has_heading(text, chosen.end, block.start):
        return True
    return len(chosen.drafts) == len(block.drafts) == 1 and not has_prose(text, chosen.end, block.start)


def _closes_with_a_choice(text: str, block: Block) -> bool:
    """Whether the last candidate is one of the others again, behind words that say so."""
    if not block.single or len(block.drafts) < 3:
        return False
    *others, before, last = block.drafts
    if not has_prose(text, before.end, last.start):
        return False
    key = text_key(last.text)
    return any(text_key(draft.text) == key for draft in (*others, before))


def _restated(block: Block) -> int:
    """How many candidates stand there before all of them are said once more, in percent or not; 0 if they aren't."""
    half, odd = divmod(len(block.drafts), 2)
    if odd or half < 2:
        return 0
    pairs = zip(block.drafts[:half], block.drafts[half:], strict=True)
    return half if all(text_key(one.text) == text_key(two.text) and _agree(one, two) for one, two in pairs) else 0


def _agree(one: Draft, two: Draft) -> bool:
    stated = [draft.number.stated if draft.number else None for draft in (one, two)]
    return stated[0] is not None and stated[1] is not None and same(stated[0], stated[1])


def drops(blocks: list[Block]) -> list[Dropped]:
    """What all blocks dropped, in order."""
    return sorted((dropped for block in blocks for dropped in block.dropped), key=lambda d: d.position)
