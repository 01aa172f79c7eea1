"""Candidates in YAML: the part of it that models write, read line by line.

No YAML library: the core depends on none, and what is written is often not quite YAML (unquoted colons, quotes
inside plain scalars), which a library refuses as a whole.
"""

from __future__ import annotations

import re
from typing import Any

from ..candidate import Dropped
from ..repairs import Repair
from . import names
from .backslashes import unescaped
from .draft import Block, Draft
from .fields import text_of
from .labels import labels_in
from .number import number_in
from .placeholders import is_placeholder

__all__ = ["yaml_blocks"]

_KEY = re.compile(r"([ \t]*)(-[ \t]+)?[\"']?([^\W\d][\w .-]{0,40}?)[\"']?[ \t]*:(?:[ \t]+(.*)|[ \t]*)\Z")
_ITEM = re.compile(r"^[ \t]*+-[ \t]++[^\n:]{1,50}:", re.MULTILINE)
_FURTHER = re.compile(r"[\r\n][ \t]++[^\s-][^\n:]{0,50}:")  # a mapping's second key
_SCALAR = re.compile(r"([|>])([+-]?\d?|\d[+-]?)[ \t]*(?:#.*)?\Z")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"[ \t]*(?:#.*)?\Z|'((?:[^']|'')*+)'[ \t]*(?:#.*)?\Z", re.DOTALL)
_COMMENT = re.compile(r"(?<![ \t])[ \t]++#.*\Z")
_FENCE = re.compile(r"[ \t]*(?:```|~~~|---[ \t]*\Z|\.\.\.[ \t]*\Z)")


class _Record:
    __slots__ = ("complete", "end", "fields", "indent", "start")

    def __init__(self, start: int, indent: int) -> None:
        self.start = self.end = start
        self.indent = indent
        self.fields: dict[str, Any] = {}
        self.complete = True


def yaml_blocks(text: str, start: int, end: int) -> list[Block]:
    """The sequences of mappings with a number each, in order."""
    if not _ITEM.search(text, start, end) or labels_in(text[start:end]) is None:
        return []
    if not _FURTHER.search(text, start, end):
        return []
    records, reasoning, first = _records(text, start, end)
    good = [r for r in records if any(names.is_probability(k) for k in r.fields) and len(r.fields) > 1]
    if not good or sum(1 for r in good if text_of(_texts(r))[0]) == 0:
        return []
    block = Block([], min(good[0].start, first), good[-1].end, reasoning=reasoning, repairs={Repair.OTHER_FORMAT: None})
    for record in good:
        probability = next(key for key in record.fields if names.is_probability(key))
        number = number_in(record.fields[probability], percent=names.is_percent_name(probability))
        fields = _texts(record)
        written, _ = text_of(fields)
        piece = text[record.start : record.end]
        if not record.complete:
            block.complete = False
            block.dropped.append(Dropped(piece, record.start, Repair.CUT_OFF))
        elif not written or not written.strip():
            block.dropped.append(Dropped(piece, record.start, Repair.EMPTY_TEXT))
        elif is_placeholder(written, number):
            block.dropped.append(Dropped(piece, record.start, Repair.EXAMPLE))
        else:
            block.drafts.append(Draft(written.strip("\n"), number, record.start, record.end, fields))
    last = records[-1]
    if last is not good[-1] and last.start > good[-1].start and not text[last.end : end].strip():
        block.complete, block.end = False, last.end
        block.dropped.append(Dropped(text[last.start : last.end], last.start, Repair.CUT_OFF))
    return [block]


def _texts(record: _Record) -> dict[str, Any]:
    return {key: value for key, value in record.fields.items() if not names.is_probability(key)}


def _records(text: str, start: int, end: int) -> tuple[list[_Record], str | None, int]:
    """Every sequence item that is a mapping, with its scalar fields."""
    lines = text[start:end].splitlines(keepends=True)
    offsets: list[int] = []
    at = start
    for raw in lines:
        offsets.append(at)
        at += len(raw)
    records: list[_Record] = []
    current: _Record | None = None
    reasoning: str | None = None
    opening = end
    i = 0
    while i < len(lines):
        line = lines[i].rstrip("\r\n")
        match = _KEY.match(line)
        if match is None:
            if line.strip() and not line.startswith((" ", "\t", "#")):
                current = None
                opening = end if not records else opening
            i += 1
            continue
        opening = min(opening, offsets[i])
        indent = len(match[1]) + len(match[2] or "")
        if match[2]:
            current = _Record(offsets[i], indent)
            records.append(current)
        elif current is not None and indent < current.indent:
            current = None
        value, following = _value(lines, i, match[4], len(match[1]) if not match[2] else indent)
        key = match[3].strip()
        if current is not None and indent == current.indent:
            current.fields[key] = value
            current.end = offsets[following - 1] + len(lines[following - 1].rstrip())
        elif names.is_reasoning(key) and isinstance(value, str):
            reasoning = reasoning or value
        i = following
    return records, reasoning, opening


def _value(lines: list[str], i: int, raw: str | None, indent: int) -> tuple[str, int]:
    """The scalar that begins on line ``i``, and the line after it."""
    written = (raw or "").rstrip()
    style = _SCALAR.match(written)
    if style:
        body, following = _indented(lines, i + 1, indent)
        return (_folded(body) if style[1] == ">" else "\n".join(body)).strip("\n"), following
    following = i + 1
    if not written or (written[0] in "\"'" and not _QUOTED.match(written)) or written[0] not in "[{":
        more, after = _indented(lines, i + 1, indent)
        keys = [match[3] for line in more if (match := _KEY.match(line))]
        if (
            more
            and (written or not _KEY.match(lines[i + 1].rstrip("\r\n")))
            and not any(map(names.is_probability, keys))
        ):
            written, following = " ".join([written, *(line.strip() for line in more if line.strip())]).strip(), after
    quoted = _QUOTED.match(written)
    if quoted:
        return (unescaped(quoted[1]) if quoted[1] is not None else quoted[2].replace("''", "'")), following
    if written.startswith(("#", "&")):
        return "", following
    return _COMMENT.sub("", written), following


def _indented(lines: list[str], i: int, indent: int) -> tuple[list[str], int]:
    """The lines that are indented more than a key, without their common indent."""
    body: list[str] = []
    while i < len(lines):
        line = lines[i].rstrip("\r\n")
        depth = len(line) - len(line.lstrip(" \t"))
        if line.strip() and (depth <= indent or (_FENCE.match(line) and depth == 0)):
            break
        body.append(line)
        i += 1
    while body and not body[-1].strip():
        body.pop()
        i -= 1
    margin = min((len(line) - len(line.lstrip(" \t")) for line in body if line.strip()), default=0)
    return [line[margin:] for line in body], i


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
