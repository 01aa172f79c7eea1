"""Candidates in YAML: the part of it that models write, read line by line.

No YAML library: the core depends on none, and what is written is often not quite YAML (unquoted colons, quotes
inside plain scalars), which a library refuses as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Any, cast

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import Asked
from ..candidate.fields import is_prose, others, text_of
from ..candidate.found import Block, Draft
from ..language import names
from ..language.words import MARKS
from ..numbers.labelled import labels_in
from ..numbers.number import number_in, unit_of
from ..page.backslashes import unescaped

__all__ = ["yaml_blocks"]

_YAML_KEY = regex(rf"([ \t]*)(-[ \t]+)?[\"']?([^\W\d][\w{MARKS} .-]{{0,40}}?)[\"']?[ \t]*:(?:[ \t]+(.*)|[ \t]*)\Z")
_ITEM = regex(r"^[ \t]*+-[ \t]++[^\n:]{1,50}:", re.MULTILINE)
_FURTHER_KEY = regex(r"[\r\n][ \t]++[^\s-][^\n:]{0,50}:")  # a mapping's second key
_SCALAR = regex(r"([|>])([+-]?\d?|\d[+-]?)[ \t]*(?:#.*)?\Z")
_QUOTED = regex(r"\"((?:[^\"\\]|\\.)*+)\"[ \t]*(?:#.*)?\Z|'((?:[^']|'')*+)'[ \t]*(?:#.*)?\Z", re.DOTALL)
_YAML_COMMENT = regex(r"(?<![ \t])[ \t]++#.*\Z")


class _Record:
    __slots__ = ("dash", "end", "fields", "indent", "start")

    def __init__(self, start: int, dash: int, indent: int) -> None:
        self.start = self.end = start
        self.dash = dash
        self.indent = indent
        self.fields: dict[str, Any] = {}

    def names_again(self, key: str) -> bool:
        """Whether another record begins with a key, whose dash is missing."""
        return key in self.fields and (names.is_probability(key) or names.text_rank(key) is not None)

    def lacks(self, key: str) -> bool:
        """Whether what stands deeper under a key is its number or its text: "meta:" may hold them."""
        if names.is_probability(key):
            return self.number is None
        return names.text_rank(key) is not None and all(names.text_rank(known) is None for known in self.texts)

    @property
    def number(self) -> str | None:
        return next(filter(names.is_probability, self.fields), None)

    @property
    def texts(self) -> dict[str, Any]:
        return {key: value for key, value in self.fields.items() if not names.is_probability(key)}


class _Lines:
    """The lines of a text, with the key of each, if it has one, and where what stands below that ends."""

    def __init__(self, text: str, start: int, end: int) -> None:
        raw = text[start:end].splitlines(keepends=True)
        self.starts = list(accumulate(map(len, raw), initial=start))
        self.lines = [line.rstrip("\r\n") for line in raw]
        self.keys = [_YAML_KEY.match(line) for line in self.lines]
        self.columns = [len(key[1]) + len(key[2] or "") if key else 0 for key in self.keys]
        self._ends = self._deeper()

    def __len__(self) -> int:
        return len(self.lines)

    def end_of(self, i: int) -> int:
        """Where a line ends, without the blanks behind it."""
        return self.starts[i] + len(self.lines[i].rstrip())

    def below(self, i: int) -> tuple[list[str], int]:
        """What is indented more than the key of a line, without its common indent, and the line after it."""
        following = self._ends[i]
        while following > i + 1 and not self.lines[following - 1].strip():
            following -= 1
        body = self.lines[i + 1 : following]
        margin = min((_depth(line) for line in body if line.strip()), default=0)
        return [line[margin:] for line in body], following

    def _deeper(self) -> list[int]:
        """The end of what stands below each line, from the last to the first: no line is looked at twice."""
        ends = [len(self.lines)] * len(self.lines)
        depths: list[int] = []  # of the lines that may end something, the nearest and deepest last
        places: list[int] = []
        for i in range(len(self.lines) - 1, -1, -1):
            line = self.lines[i]
            if not line.strip():
                continue
            if at := bisect_right(depths, self.columns[i]):
                ends[i] = places[at - 1]
            depth = _depth(line)
            while depths and depths[-1] >= depth:
                depths.pop()
                places.pop()
            depths.append(depth)
            places.append(i)
        return ends


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


class _Sequence:
    """What the lines of a text hold.

    Attributes:
        records: Every item that is a mapping, with its scalar fields.
        odd: Where the other items stand, and how far they are indented.
        reasoning: What was reasoned beside them.
        says_more: Whether something else was said beside them.
        first: Where it begins.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self.records: list[_Record] = []
        self.odd: list[tuple[int, int, int]] = []
        self.reasoning: str | None = None
        self.says_more = False
        self.first = end
        self._current: _Record | None = None
        lines = _Lines(text, start, end)
        i = 0
        while i < len(lines):
            i = self._key(lines, i) if lines.keys[i] else self._other(lines, i, end)

    def _other(self, lines: _Lines, i: int, end: int) -> int:
        line = lines.lines[i]
        depth = _depth(line)
        if line.startswith("- ", depth):
            self.odd.append((lines.starts[i] + depth, lines.end_of(i), depth))
        if line.strip() and not line.startswith((" ", "\t", "#")):
            self._current = None
            self.first = self.first if self.records else end
        return i + 1

    def _key(self, lines: _Lines, i: int) -> int:
        match = cast("re.Match[str]", lines.keys[i])
        self.first = min(self.first, lines.starts[i])
        indent, key, current = lines.columns[i], match[3].strip(), self._current
        if match[2] or (current is not None and indent == current.indent and current.names_again(key)):
            dash = len(match[1]) if match[2] or current is None else current.dash
            current = _Record(lines.starts[i], dash, indent)
            self.records.append(current)
        elif current is not None and indent < current.indent:
            current = None
        self._current = current
        value, following = _value(lines, i, match[4])
        if current is not None and (indent == current.indent or current.lacks(key)):
            current.fields[key] = value
            current.end = lines.end_of(following - 1)
        elif names.is_reasoning(key):
            self.reasoning = self.reasoning or value
        elif is_prose(value, key):
            self.says_more = True
        return following


def yaml_blocks(text: str, start: int, end: int, asked: Asked) -> list[Block]:
    """The sequences of mappings with a number each, in order."""
    if not _ITEM.search(text, start, end) or labels_in(text[start:end]) is None:
        return []
    if not _FURTHER_KEY.search(text, start, end):
        return []
    found = _Sequence(text, start, end)
    numbered = [r for r in found.records if r.number is not None and len(r.fields) > 1]
    if not any(text_of(record.texts)[0] for record in numbered):
        return []
    good = _alike(found.records, numbered)
    last = found.records[-1]
    is_cut = last.number is None and last.start > numbered[-1].start and not text[last.end : end].strip()
    if is_cut and last in good:
        good.remove(last)
    first = min(good[0].start, found.first)
    block = Block([], first, good[-1].end, reasoning=found.reasoning, repairs={Repair.OTHER_FORMAT: None})
    if found.says_more:
        block.repairs[Repair.PROSE] = None
    for record in good:
        _offer(block, record, text[record.start : record.end], asked)
    kept = set(map(id, good))
    others = [(record.start, record.end, record.dash) for record in found.records if id(record) not in kept]
    for at, stop, depth in (*found.odd, *others):
        if depth == numbered[0].dash and numbered[0].start < at < good[-1].start:
            block.drop(text[at:stop], at, Repair.UNREADABLE)
    if is_cut:
        block.complete, block.end = False, last.end
        block.drop(text[last.start : last.end], last.start, Repair.CUT_OFF)
    return [block]


def _alike(records: list[_Record], numbered: list[_Record]) -> list[_Record]:
    """The records that have a number, and those as far indented beside them that lack one."""
    first = numbered[0]
    has_number = set(map(id, numbered))
    return [
        record
        for record in records
        if id(record) in has_number
        or (record.dash == first.dash and _is_part_of(record, first) and (record.texts or record.start > first.start))
    ]


def _is_part_of(record: _Record, first: _Record) -> bool:
    return not record.texts or not record.texts.keys().isdisjoint(first.texts)


def _offer(block: Block, record: _Record, piece: str, asked: Asked) -> None:
    """Offers a record as a candidate."""
    key = record.number
    number = None if key is None else number_in(record.fields[key], unit_of(key))
    written, name = text_of(record.texts)
    beside = {key: value for key, value in others(record.texts, name).items() if value}
    text = (written or "").strip("\n")
    draft = Draft(text, number, record.start, record.end, record.texts, beside=beside)
    block.offer(draft, piece, typed=asked.is_answer(number))


def _value(lines: _Lines, i: int, raw: str | None) -> tuple[str, int]:
    """The scalar that begins on line ``i``, and the line after it."""
    written = (raw or "").rstrip()
    style = _SCALAR.match(written)
    if style:
        body, following = lines.below(i)
        return (_folded(body) if style[1] == ">" else "\n".join(body)).strip("\n"), following
    following = i + 1
    deeper = lines.keys[following] if following < len(lines) else None
    # (A number below a text is none of its words, however far it is indented.)
    opens_mapping = deeper is not None and (not written or names.is_probability(deeper[3].strip()))
    if written[:1] not in ("[", "{") and not opens_mapping:
        more, following = lines.below(i)
        if more:
            written = " ".join([written, *(line.strip() for line in more if line.strip())]).strip()
    quoted = _QUOTED.match(written)
    if quoted:
        return (unescaped(quoted[1]) if quoted[1] is not None else quoted[2].replace("''", "'")), following
    if written.startswith(("#", "&")):
        return "", following
    return _YAML_COMMENT.sub("", written), following


def _folded(body: list[str]) -> str:
    result: list[str] = []
    for line in body:
        if not line.strip():
            result.append("\n")
        elif result and not result[-1].endswith("\n"):
            result.append(" " + line)
        else:
            result.append(line)
    return "".join(result)
