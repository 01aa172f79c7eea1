"""The blocks of candidates in a reply: the one order of readers, and which of two blocks holds the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from ...patterns import regex
from ..candidate.asked import UNTYPED, Asked
from ..candidate.found import Block, Draft
from ..language.words import MARKS
from ..page.openers import openers_of
from ..readers import Reader
from ..readers.json.blocks import json_blocks
from ..readers.lists.blocks import list_blocks, list_blocks_with
from ..readers.tables.blocks import table_blocks
from ..readers.tags.blocks import tag_blocks
from ..readers.toml import toml_blocks
from ..readers.yaml import yaml_blocks
from .choose import disjoint, joined, unquoted

__all__ = ["FORMATS", "READERS", "SEVERAL", "blocks_for_people", "blocks_for_programs", "read_on"]

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

SEVERAL = 2  # numbers that are no accident: whatever holds so many candidates is not one itself
_BROKEN_TAG = regex(rf"\s{{0,9}}(?:</|(?<=\n)<)[\w{MARKS}.-]{{0,40}}\Z")
_END_OF_TURN = regex(r"(?:\s{0,9}(?:<\|[\w ]{1,24}\|>|</s>|<end_of_turn>|<eos>))+\s{0,9}\Z")
_LONGEST_TAG = 60
_START_OF = attrgetter("start")
_ITEM_LABEL = regex(r"(?:[^\W\d_]{2,20} )?#?\d{1,3}|[A-Z]")


def blocks_for_programs(text: str, start: int, asked: Asked) -> list[Block]:
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


def _is_inside_one(blocks: list[Block], inner: Block) -> bool:
    """Whether a block lies within one of others."""
    at = bisect_left(blocks, inner.start, key=_START_OF) - 1  # (none of them lies within another)
    return at >= 0 and inner.end <= blocks[at].end


def _holds_one(outer: Block, blocks: list[Block]) -> bool:
    """Whether one of other blocks lies within a block."""
    at = bisect_right(blocks, outer.start, key=_START_OF)
    return at < len(blocks) and blocks[at].end <= outer.end


def blocks_for_people(
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
        if len(found) == 1 and len(drafts) >= SEVERAL and (reader is not list_blocks or _are_opened(text, drafts)):
            return found
    return []


def _are_opened(text: str, drafts: list[Draft]) -> bool:
    """Whether something opens each item of a list; lines of a text may hold numbers, too."""
    return all(openers_of(text[draft.start : draft.end].partition("\n")[0]) for draft in drafts)
