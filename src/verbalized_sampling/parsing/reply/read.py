"""The steps of reading a messy reply: thoughts off, blocks found, one of them chosen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ...patterns import regex
from ...replies.refusal import looks_like_refusal
from ...values.candidate import Dropped
from ...values.repairs import Repair
from ...values.sameness import text_key
from ..candidate.asked import UNTYPED, Asked
from ..candidate.found import Block, Draft
from ..language.transitions import is_called_reasoning
from ..language.words import MARKS
from ..numbers.scale import may_be_anything
from ..page.headless import head_of
from ..page.openers import openers_of
from ..readers import Reader
from ..readers.json.blocks import json_blocks
from ..readers.lists.blocks import counted_blocks, list_blocks, list_blocks_with
from ..readers.tables.blocks import table_blocks
from ..readers.tags.blocks import tag_blocks
from ..readers.toml import toml_blocks
from ..readers.yaml import yaml_blocks
from .choose import choose, disjoint, drops, joined, unquoted
from .code import lists_in_assignments, objects_in_arrows, pairs_in_calls
from .escapes import objects_in_calls, objects_in_lines, undoubled, unescaped_whole
from .html import as_markdown, has_lines, list_begins
from .latex import rows_in_latex
from .messages import is_data, said_in_message
from .thoughts import Thoughts, find_thoughts
from .trailing import take_numbers
from .turns import last_turns, turns_in, without_marks

__all__ = ["FORMATS", "READERS", "Contents", "read", "read_on"]

# The one order of readers. JSON and tags are meant for programs and looked for in every reply, for each may hold the
# other; of the formats that people use, the first that finds numbers is the one.
READERS: tuple[tuple[str, Reader], ...] = (
    ("JSON", json_blocks),
    ("tags", tag_blocks),
    ("table", table_blocks),
    ("YAML", yaml_blocks),
    ("TOML", toml_blocks),
    ("list", list_blocks),
)
FORMATS = tuple(name for name, _ in READERS)
_READERS_FOR_PEOPLE = tuple(reader for _, reader in READERS[2:])

_WHOLE_TAG = regex(rf"</?[^\W\d][\w{MARKS}.:-]{{0,40}}(?:\s[^<>]{{0,100}})?>")
_BROKEN_TAG = regex(rf"\s{{0,9}}(?:</|(?<=\n)<)[\w{MARKS}.-]{{0,40}}\Z")
_END_OF_TURN = regex(r"(?:\s{0,9}(?:<\|[\w ]{1,24}\|>|</s>|<end_of_turn>|<eos>))+\s{0,9}\Z")
_LONGEST_TAG = 60
_START_OF = attrgetter("start")
_ITEM_LABEL = regex(r"(?:[^\W\d_]{2,20} )?#?\d{1,3}|[A-Z]")
_SEVERAL = 2  # numbered candidates in one element: it only holds them
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


def read(text: str, asked: Asked) -> Contents:
    """Reads a reply in whatever form it has.

    What was done to it as a whole is undone, where candidates show for it: braces that a template doubled or that every
    line lacks, a beginning that its prompt had, calls and HTML instead of objects and lists, escapes.
    """
    text = without_marks(text)
    if (single := undoubled(text)) is not None:
        return _with(_read(single, asked), Repair.DOUBLE_ENCODED)
    if (objects := objects_in_lines(text)) is not None:
        contents = _read(objects, asked)
        if any(draft.number is not None for draft in contents.drafts):
            return _with(contents, Repair.UNCLOSED)
    if (head := head_of(text)) is not None:
        whole = _read(head + text, asked)
        if whole.drafts and whole.drafts[0].start < len(head) and whole.drafts[0].number is not None:
            at = [max(0, dropped.position - len(head)) for dropped in whole.dropped]
            dropped = tuple(replace(d, position=p) for d, p in zip(whole.dropped, at, strict=True))
            return _with(replace(whole, dropped=dropped), Repair.UNOPENED)
    contents = _read(text, asked)
    numbered = [draft.start for draft in contents.drafts if draft.number is not None]
    if len(contents.drafts) < _SEVERAL and (said := said_in_message(text)) is not None:
        within = _read(said, asked)
        if sum(draft.number is not None for draft in within.drafts) >= _SEVERAL:
            return _with(
                replace(within, dropped=tuple(replace(d, position=0) for d in within.dropped)), Repair.DOUBLE_ENCODED
            )
    for objects in _in_code(text) if not numbered or Repair.OTHER_FORMAT in contents.repairs else ():
        called = _read(objects, asked)
        if any(draft.number is not None for draft in called.drafts) and Repair.OTHER_FORMAT not in called.repairs:
            return _with(called, Repair.OTHER_SHAPE)
    listed = list_begins(text)
    if (not numbered and has_lines(text)) or (listed is not None and all(listed < start for start in numbered)):
        in_html = _read(as_markdown(text), asked)
        if any(draft.number is not None for draft in in_html.drafts):
            return in_html
    if not numbered and (rows := rows_in_latex(text)) is not None:
        in_rows = _read(rows, asked)
        if any(draft.number is not None for draft in in_rows.drafts):
            return in_rows
    if contents.drafts or (plain := unescaped_whole(text)) is None:
        return contents
    inner = _read(plain, asked)
    return _with(inner, Repair.DOUBLE_ENCODED) if inner.drafts else contents


def _in_code(text: str) -> Iterator[str]:
    """The text with its records in JSON for each way of code in which they may be written."""
    for written in (objects_in_calls, pairs_in_calls, objects_in_arrows, lists_in_assignments):
        if (objects := written(text)) is not None:
            yield objects


def _with(contents: Contents, repair: Repair) -> Contents:
    return replace(contents, repairs=tuple(dict.fromkeys((*contents.repairs, repair))))


def _read(text: str, asked: Asked) -> Contents:
    """Reads a reply in the form that it has, without undoing anything that was done to it as a whole."""
    blocks = _for_programs(text, 0, asked)
    if not blocks and is_data(text):
        return Contents()
    thoughts = find_thoughts(text, blocks)
    if thoughts.start:  # what is thought of candidates and tags says nothing of the answer's
        blocks = _for_programs(text, thoughts.start, asked)
    for turn in last_turns(text, thoughts.start):
        answered = any(block.has_numbers for block in _for_programs(text, turn, asked))
        if answered or any(_for_people(text, turn, len(text), [], asked, fewest=_SEVERAL)):
            return _with(
                _read((" " * turn)[:-1] + "\n" * bool(turn) + text[turn:], asked), Repair.PROSE
            )  # the earlier ones were answered before
    for end in turns_in(text, thoughts.start):
        first = [block for block in _for_programs(text[:end], thoughts.start, asked) if block.has_numbers]
        if first and all(block.complete for block in first):
            return _with(_read(text[:end], asked), Repair.PROSE)
    answer = [block for block in blocks if thoughts.start <= block.start < thoughts.end]
    if not any(block.has_numbers for block in answer):
        for block in answer:
            take_numbers(block)
    sure = [block for block in answer if block.sure]
    cut = _cut_in(text, sure)
    if cut is not None and cut.drafts and (listed := _repeated(text, thoughts.start, cut, asked)):
        return _contents(text, [*listed, *answer], thoughts)
    if not any(block.has_numbers for block in sure) and not _is_all(text, thoughts, sure):
        end = thoughts.end if cut is None else cut.start
        maps = [block for block in answer if not block.sure and block.has_numbers]
        lost = any(dropped.reason is Repair.CUT_OFF for block in sure for dropped in block.dropped)
        for found in _for_people(text, thoughts.start, end, maps, asked, fewest=2 if maps or lost else 1):
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
    for found in _for_people(text, start, cut.start, [], asked):
        listed = [draft for block in found if block.complete for draft in block.drafts]
        if len(listed) > len(cut.drafts) and begun <= {text_key(draft.text.strip(_ANY_QUOTES)) for draft in listed}:
            return found
    return []


def _for_people(
    text: str, start: int, end: int, maps: list[Block], asked: Asked, *, fewest: int = 1
) -> Iterator[list[Block]]:
    """The blocks in each format for people that gives enough numbers, in the order of those formats.

    Args:
        text: The reply.
        start: From where on.
        end: Up to where.
        maps: What may be candidates in JSON, and is no part of a list.
        asked: The names that were asked for.
        fewest: How many numbers are enough.
    """
    end = start + len(_END_OF_TURN.sub("", text[start:end]))
    broken = _BROKEN_TAG.search(text, max(start, end - _LONGEST_TAG), end)
    last = broken.start() if broken else end
    edges = [start, *(edge for block in maps if block.end <= end for edge in (block.start, block.end)), last]
    for reader in _READERS_FOR_PEOPLE:
        found: list[Block] = []
        for begin, stop in zip(edges[::2], edges[1::2], strict=True):
            blocks = unquoted(text, reader(text, begin, stop, asked))
            found += (_summed_up(text, begin, blocks) if reader is table_blocks else []) or blocks
        numbered = sum(draft.number is not None for block in found for draft in block.drafts)
        if numbered >= fewest:
            if broken:
                found[-1].complete = False
            yield found


def _summed_up(text: str, start: int, tables: list[Block]) -> list[Block]:
    """The list before a table that only sums it up: it states the same numbers, or the table counts its items."""
    if len(tables) != 1:
        return []
    table = tables[0]
    numbers = [draft.number for draft in table.drafts if draft.number is not None]
    listed = list_blocks(text, start, table.start, UNTYPED)
    if numbers and [draft.number for block in listed for draft in block.drafts] == numbers:
        return listed
    if not listed and all(_ITEM_LABEL.fullmatch(draft.text) for draft in table.drafts):
        return list_blocks_with(text, start, table.start, numbers)
    return []


def _for_programs(text: str, start: int, asked: Asked) -> list[Block]:
    """The blocks of JSON and of tags from a place on; of two of which one holds the other, the one that counts."""
    in_json = (
        joined(text, unquoted(text, json_blocks(text, start, len(text), asked))) if "{" in text or "[" in text else []
    )
    in_tags = unquoted(text, read_on(text, tag_blocks(text, start, len(text), asked), asked)) if "<" in text else []
    if not in_tags or not in_json:
        return in_json or in_tags
    numbered = [block for block in in_tags if block.has_numbers]
    # (What holds tags and states no number is only brackets around them.)
    in_json = [block for block in in_json if block.has_numbers or not _holds_one(block, numbered)]
    # Whichever stands outside holds the other: tags in a JSON text, or JSON in a tag's text. Tags without a number
    # around JSON with numbers are only its wrapping.
    outer_json = [block for block in in_json if block.drafts and not _is_inside_one(numbered, block)]
    return disjoint(outer_json, numbered) if outer_json else disjoint(in_tags, in_json)


def read_on(text: str, blocks: list[Block], asked: Asked) -> list[Block]:
    """The blocks; those that only wrap a list or a table are replaced by what stands inside of them."""
    return [inner for block in blocks for inner in (_wrapped(text, block, asked) or [block])]


def _wrapped(text: str, block: Block, asked: Asked) -> list[Block]:
    """The candidates in the format that a block wraps; empty if the block is itself a candidate."""
    if block.inside is None:
        return []
    for reader in _READERS_FOR_PEOPLE:
        found = reader(text, *block.inside, asked)
        drafts = [draft for block in found for draft in block.drafts if draft.number is not None]
        if len(found) == 1 and len(drafts) >= _SEVERAL and (reader is not list_blocks or _are_opened(text, drafts)):
            return found
    return []


def _are_opened(text: str, drafts: list[Draft]) -> bool:
    """Whether something opens each item of a list; lines of a text may hold numbers, too."""
    return all(openers_of(text[draft.start : draft.end].partition("\n")[0]) for draft in drafts)


def _is_inside_one(blocks: list[Block], inner: Block) -> bool:
    """Whether a block lies within one of others."""
    at = bisect_left(blocks, inner.start, key=_START_OF) - 1  # (none of them lies within another)
    return at >= 0 and inner.end <= blocks[at].end


def _holds_one(outer: Block, blocks: list[Block]) -> bool:
    """Whether one of other blocks lies within a block."""
    at = bisect_right(blocks, outer.start, key=_START_OF)
    return at < len(blocks) and blocks[at].end <= outer.end


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
