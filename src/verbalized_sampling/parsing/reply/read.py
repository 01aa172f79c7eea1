"""The steps of reading a messy reply: thoughts off, blocks found, one of them chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ...patterns import regex
from ...replies.refusal import looks_like_refusal
from ...values.candidate import Dropped
from ...values.repairs import Repair
from ...values.sameness import text_key
from ..candidate.asked import Asked
from ..candidate.found import Block, Draft
from ..language.transitions import is_called_reasoning
from ..language.words import MARKS
from ..numbers.scale import may_be_anything
from ..page.headless import head_of
from ..readers.lists.blocks import counted_blocks
from .blocks import SEVERAL, blocks_for_people, blocks_for_programs
from .choose import choose, drops
from .code import lists_in_assignments, objects_in_arrows, pairs_in_calls
from .continued import list_behind
from .escapes import objects_in_calls, objects_in_lines, undoubled, unescaped_whole
from .html import as_markdown, has_lines, list_begins
from .latex import rows_in_latex
from .messages import is_data, said_in_message
from .thoughts import Thoughts, find_thoughts
from .trailing import take_numbers
from .turns import last_turns, turns_in, without_marks

__all__ = ["Contents", "read"]

_WHOLE_TAG = regex(rf"</?[^\W\d][\w{MARKS}.:-]{{0,40}}(?:\s[^<>]{{0,100}})?>")
_ANY_QUOTES = "\"'“”„«»‘’ "
_FENCE_IN_REPLY = regex(r"(?m)^[ \t>]{0,20}(?:```|~~~)")


@dataclass(slots=True)
class Contents:
    """What a reply holds, before its numbers are scaled."""

    drafts: list[Draft] = field(default_factory=list)
    reasoning: str | None = None
    truncated: bool = False
    repairs: tuple[Repair, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    @property
    def has_numbers(self) -> bool:
        """Whether a candidate states a number."""
        return any(draft.number is not None for draft in self.drafts)


def read(text: str, asked: Asked) -> Contents:
    """Reads a reply in whatever form it has.

    What was done to it as a whole is undone, where candidates show for it: braces that a template doubled or that every
    line lacks, a beginning that its prompt had, calls and HTML instead of objects and lists, escapes.
    """
    text = without_marks(text)
    if (single := undoubled(text)) is not None:
        return _with(_read(single, asked), Repair.DOUBLE_ENCODED)
    if (opened := _with_braces(text, asked) or _with_head(text, asked)) is not None:
        return opened
    contents = _read(text, asked)
    return _in_message(text, contents, asked) or _in_other_notation(text, contents, asked) or contents


def _with_braces(text: str, asked: Asked) -> Contents | None:
    """A reply each line of which is an object without its braces."""
    objects = objects_in_lines(text)
    contents = _read(objects, asked) if objects is not None else None
    return _with(contents, Repair.UNCLOSED) if contents is not None and contents.has_numbers else None


def _with_head(text: str, asked: Asked) -> Contents | None:
    """A reply whose beginning stood in the prompt, if its first candidate begins there."""
    head = head_of(text)
    if head is None:
        return None
    whole = _read(head + text, asked)
    if not whole.drafts or whole.drafts[0].start >= len(head) or whole.drafts[0].number is None:
        return None
    dropped = tuple(replace(drop, position=max(0, drop.position - len(head))) for drop in whole.dropped)
    return _with(replace(whole, dropped=dropped), Repair.UNOPENED)


def _in_message(text: str, contents: Contents, asked: Asked) -> Contents | None:
    """What a message says that an interface wrapped, if it states more candidates than were found around it."""
    if len(contents.drafts) >= SEVERAL or (said := said_in_message(text)) is None:
        return None
    within = _read(said, asked)
    if sum(draft.number is not None for draft in within.drafts) < SEVERAL:
        return None
    dropped = tuple(replace(drop, position=0) for drop in within.dropped)
    return _with(replace(within, dropped=dropped), Repair.DOUBLE_ENCODED)


def _in_other_notation(text: str, contents: Contents, asked: Asked) -> Contents | None:
    """A reply whose candidates stand in code, HTML, LaTeX or escapes; None if they are found better as it stands."""
    if not contents.has_numbers or Repair.OTHER_FORMAT in contents.repairs:
        for objects in _in_code(text):
            called = _read(objects, asked)
            if called.has_numbers and Repair.OTHER_FORMAT not in called.repairs:
                return _with(called, Repair.OTHER_SHAPE)
    if _is_listed_in_html(text, contents) and (in_html := _read(as_markdown(text), asked)).has_numbers:
        return in_html
    if not contents.has_numbers and (rows := rows_in_latex(text)) is not None:
        in_rows = _read(rows, asked)
        if in_rows.has_numbers:
            return in_rows
    if contents.drafts or (plain := unescaped_whole(text)) is None:
        return None
    inner = _read(plain, asked)
    return _with(inner, Repair.DOUBLE_ENCODED) if inner.drafts else None


def _is_listed_in_html(text: str, contents: Contents) -> bool:
    """Whether a list or lines in HTML may hold the candidates: none has a number so far, or each stands behind it."""
    if not contents.has_numbers and has_lines(text):
        return True
    begins = list_begins(text)
    return begins is not None and all(begins < draft.start for draft in contents.drafts if draft.number is not None)


def _in_code(text: str) -> Iterator[str]:
    """The text with its records in JSON for each way of code in which they may be written."""
    for written in (objects_in_calls, pairs_in_calls, objects_in_arrows, lists_in_assignments):
        if (objects := written(text)) is not None:
            yield objects


def _with(contents: Contents, repair: Repair) -> Contents:
    return replace(contents, repairs=tuple(dict.fromkeys((*contents.repairs, repair))))


def _read(text: str, asked: Asked) -> Contents:
    """Reads a reply in the form that it has, without undoing anything that was done to it as a whole."""
    blocks = blocks_for_programs(text, 0, asked)
    if not blocks and is_data(text):
        return Contents()
    thoughts = find_thoughts(text, blocks)
    if thoughts.start:  # what is thought of candidates and tags says nothing of the answer's
        blocks = blocks_for_programs(text, thoughts.start, asked)
    for turn in last_turns(text, thoughts.start):
        answered = any(block.has_numbers for block in blocks_for_programs(text, turn, asked))
        if answered or any(blocks_for_people(text, turn, len(text), [], asked, fewest=SEVERAL)):
            return _with(
                _read((" " * turn)[:-1] + "\n" * bool(turn) + text[turn:], asked), Repair.PROSE
            )  # the earlier ones were answered before
    for end in turns_in(text, thoughts.start):
        first = [block for block in blocks_for_programs(text[:end], thoughts.start, asked) if block.has_numbers]
        if first and all(block.complete for block in first):
            return _with(_read(text[:end], asked), Repair.PROSE)
    answer = [block for block in blocks if thoughts.start <= block.start < thoughts.end]
    if not any(block.has_numbers for block in answer):
        for block in answer:
            take_numbers(block)
    sure = [block for block in answer if block.sure]
    if len(sure) == 1 and (more := list_behind(text, sure[0], thoughts.end, asked)) is not None:
        sure[0].take(more)
    cut = _cut_in(text, sure)
    if cut is not None and cut.drafts and (listed := _repeated(text, thoughts.start, cut, asked)):
        return _contents(text, [*listed, *answer], thoughts)
    if not any(block.has_numbers for block in sure) and not _is_all(text, thoughts, sure):
        end = thoughts.end if cut is None else cut.start
        maps = [block for block in answer if not block.sure and block.has_numbers]
        lost = any(dropped.reason is Repair.CUT_OFF for block in sure for dropped in block.dropped)
        for found in blocks_for_people(text, thoughts.start, end, maps, asked, fewest=2 if maps or lost else 1):
            if cut is None or not is_called_reasoning(text, found[0].start):
                return _contents(text, found if cut is None else [*found, cut], thoughts)
    if not any(block.drafts for block in answer) and not looks_like_refusal(text):  # it may count what to do instead
        answer = counted_blocks(text, thoughts.start, thoughts.end) or answer
    return _contents(text, answer, thoughts)


def _is_all(text: str, thoughts: Thoughts, blocks: list[Block]) -> bool:
    """Whether nothing is said beside one block that holds candidates."""
    if len(blocks) != 1 or not blocks[0].drafts:
        return False
    beside = text[thoughts.start : blocks[0].start], text[blocks[0].end : thoughts.end]
    return not any(map(str.isalnum, "".join(beside)))


def _cut_in(text: str, blocks: list[Block]) -> Block | None:
    """The last block, if it breaks off with the reply and no other has numbers."""
    if not blocks or blocks[-1].complete or any(block.has_numbers for block in blocks[:-1]):
        return None
    return blocks[-1] if blocks[-1].end >= len(text.rstrip()) else None


def _repeated(text: str, start: int, cut: Block, asked: Asked) -> list[Block]:
    """The list before a block that breaks off while it only writes the list's candidates once more."""
    begun = {text_key(draft.text.strip(_ANY_QUOTES)) for draft in cut.drafts}
    for found in blocks_for_people(text, start, cut.start, [], asked):
        listed = [draft for block in found if block.complete for draft in block.drafts]
        if len(listed) > len(cut.drafts) and begun <= {text_key(draft.text.strip(_ANY_QUOTES)) for draft in listed}:
            return found
    return []


def _contents(text: str, blocks: list[Block], thoughts: Thoughts) -> Contents:
    """What the block that is chosen holds, and what is to be said of the rest of the reply."""
    chosen = choose(text, blocks)
    dropped = tuple(drops(blocks))
    repairs: dict[Repair, None] = {}
    if thoughts.start or thoughts.end < len(text):
        repairs[Repair.THINKING] = None
    cut = thoughts.end < len(text) and not thoughts.start
    if chosen is None:
        truncated = cut or any(not block.complete for block in blocks)
        return Contents([], thoughts.text, truncated, tuple(repairs), dropped)
    block = chosen.block
    repairs.update(block.repairs)
    repairs.update(chosen.repairs)
    if not (block.sure and block.labelled) and may_be_anything([draft.number for draft in block.drafts], text):
        repairs[Repair.UNLABELLED] = None
    before, after = text[thoughts.start : block.start], text[block.end : thoughts.end]
    if fenced := _FENCE_IN_REPLY.search(before):
        repairs[Repair.FENCE] = None
        before = before[: fenced.start()]
        after = after.strip().removeprefix("```").removeprefix("~~~")
    if _WHOLE_TAG.sub("", before).strip() or _WHOLE_TAG.sub("", after).strip():
        repairs[Repair.PROSE] = None
    elif before.strip() or after.strip():
        repairs[Repair.EXTRA_TAGS] = None
    truncated = cut or not block.complete or _cut_in(text, blocks[-1:]) is not None
    return Contents(block.drafts, block.reasoning or thoughts.text, truncated, tuple(repairs), dropped)
