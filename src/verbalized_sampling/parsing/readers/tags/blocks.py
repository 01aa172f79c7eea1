"""Finding tags in a reply: <response><text>…</text><probability>…</probability></response>, and its relatives.

It is no XML parser on purpose: texts hold unescaped ``&`` and ``<``, markup of their own, and tags that nobody
closed. Tags are told apart by name alone, in one pass; nothing is expanded but the five entities of XML.
"""

from __future__ import annotations

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.asked import Asked
from ...candidate.found import Block
from ...language.transitions import has_prose, revised
from ...language.words import MARKS
from ...page.spans import within
from .element_reader import Reading, read_element
from .elements import elements_in
from .roots import root_name
from .tags import Role, Tag, stated_in, tags_in

__all__ = ["tag_blocks"]

_EXAMPLES = frozenset(("example", "examples", "sample", "draft", "drafts", "format", "template"))
_PAGE = frozenset(("html", "head", "body"))
_BOTH = 2  # an opening and a closing tag
_PARTIAL_TAG = regex(rf"<([^\W\d][\w{MARKS}]{{0,40}})?\Z")


def tag_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The blocks of candidates written as tags, in order."""
    text = text[:end]
    if not any(tag.closes or tag.is_meant or tag.role is Role.NUMBER for tag in tags_in(text, start, asked)):
        return []  # nothing was ever closed or stated: no candidate, however many tags
    tags = _answering(list(tags_in(text, start, asked)))
    root = root_name(tags)
    if root is None:
        return []
    readings = [read_element(text, element, root, asked) for element in elements_in(text, tags, root)]
    _spread(readings)
    blocks = _grouped(text, readings, tags, _examples(tags, root), asked)
    if len(readings) == 1:
        blocks[0].inside = _inside(tags, root)
    cut = _PARTIAL_TAG.search(text, max(blocks[-1].end, len(text) - 50)) if blocks else None
    if cut and root.startswith(cut[1] or ""):  # the next element had begun
        blocks[-1].complete = False
        blocks[-1].drop(cut[0], cut.start(), Repair.CUT_OFF)
    return blocks


def _answering(tags: list[Tag]) -> list[Tag]:
    """The tags but for those that make a page: neither its body nor the title in its head is an answer."""
    if not any(tag.name == "html" for tag in tags):
        return tags
    edges = [at for at, tag in enumerate(tags) if tag.name == "head"]
    if len(edges) == _BOTH:
        tags = tags[: edges[0]] + tags[edges[1] + 1 :]
    return [tag for tag in tags if tag.name not in _PAGE]


def _inside(tags: list[Tag], root: str) -> tuple[int, int] | None:
    """What the only element of a reply holds; None if a tag states a number, for then it is a candidate."""
    own = [tag for tag in tags if tag.name == root]
    if [tag.closes for tag in own] != [False, True]:
        return None
    if any(tag.role is Role.NUMBER or stated_in(tag.attributes) is not None for tag in tags):
        return None
    return own[0].end, own[1].start


def _spread(readings: list[Reading]) -> None:
    """Gives each element its number where they all stand behind the last one."""
    if len(readings) < 2 or len(readings[-1].numbers) != len(readings):
        return
    if any(reading.draft.number is not None for reading in readings[:-1]):
        return
    for reading, number in zip(readings, readings[-1].numbers, strict=True):
        reading.draft.number = number


def _examples(tags: list[Tag], root: str) -> list[tuple[int, int]]:
    """From where to where examples and drafts reach that have tags of their own."""
    spans: list[tuple[int, int]] = []
    opened: Tag | None = None
    for tag in tags:
        if tag.name in _EXAMPLES and tag.name != root:
            if opened and tag.closes and tag.name == opened.name:
                spans.append((opened.end, tag.start))
            opened = None if tag.closes else tag
    return spans


def _grouped(
    text: str, readings: list[Reading], tags: list[Tag], examples: list[tuple[int, int]], asked: Asked
) -> list[Block]:
    blocks: list[Block] = []
    wrappers = [tag for tag in tags if tag.role is Role.WRAPPER]
    at = 0
    for position, reading in enumerate(readings):
        draft, is_last = reading.draft, position + 1 == len(readings)
        wrapped = False
        while at < len(wrappers) and wrappers[at].start < draft.start:
            wrapped = wrapped or not wrappers[at].closes
            at += 1
        if not blocks or wrapped or revised(text, blocks[-1].end, draft.start):
            blocks.append(Block([], draft.start, draft.end, single=True))
        elif has_prose(text, blocks[-1].end, draft.start):
            blocks[-1].repairs[Repair.PROSE] = None
        block = blocks[-1]
        block.end = draft.end
        block.repairs.update(reading.repairs)
        if is_last and not reading.closed and (position == 0 or readings[position - 1].closed):
            block.complete = False  # the others were closed: the reply breaks off here
        if is_last and draft.number is None and block.has_numbers and not text[draft.end :].strip():
            block.complete = False  # the others have their numbers behind them
        fault = None
        if not reading.complete:  # tags that are only spoken of, if the reply went on
            fault = Repair.CUT_OFF if is_last else Repair.EXAMPLE
        elif within(draft.start, examples):
            fault = Repair.EXAMPLE
        if fault is Repair.CUT_OFF:
            block.complete = False
        block.offer(draft, text[draft.start : draft.end], fault, typed=asked.is_answer(draft.number))
    return [block for block in blocks if block.drafts or block.dropped]
