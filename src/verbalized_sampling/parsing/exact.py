"""The quick way: replies that are what was asked for but for one of the common damages.

Each damage is undone in one pass that runs in C, and the JSON library reads the outcome. What that gives counts only
if it has exactly the shape that was asked for; every other reply takes the careful way (``read.py``), which reads the
same in these, only ten times slower.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from ..repairs import Repair
from .candidate.placeholders import LONGEST, is_placeholder
from .numbers.number import Number
from .numbers.restated import without_number
from .page.swallowed import may_swallow, restored

__all__ = ["Straight", "quick", "straight", "tagged"]

_OPEN_FENCE = re.compile(r"(?:\A|\n)[ \t]*+(`{3,}+|~{3,}+)[ \t]*+(?:\w++[ \t]*+)?\r?\n\s*+\Z")
_TROUBLE = re.compile(r"[{}\[\]<◁]")
# (An escape outside of a string is passed over, lest every escaped quote be tried as the start of one.)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+"|\\.)|,(?=\s*+[}\]])', re.DOTALL)
_STRING = re.compile(r"'((?:[^'\\]++|\\.)*+)'|\"((?:[^\"\\]++|\\.)*+)\"|\\.", re.DOTALL)
_PYTHON = re.compile(r"\{\s{0,9}'")
_ELEMENT = (
    r"<response>\s*+(?:<text>([^<&]*+)</text>\s*+<probability>\s*+([0-9.]{1,20})\s*+</probability>"
    r"|<probability>\s*+([0-9.]{1,20})\s*+</probability>\s*+<text>([^<&]*+)</text>)\s*+</response>\s*+"
)
_TAGGED = re.compile(rf"\s*+(?:{_ELEMENT})++\Z")
_TAGGED_ONE = re.compile(_ELEMENT)
_DIGIT = re.compile(r"\d")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Straight:
    """Candidates in the shape that was asked for.

    Attributes:
        texts: None of them empty.
        numbers: As stated, all within [0, 1].
        repairs: What had to be undone.
        truncated: Whether the reply broke off.
        cut: Where the piece begins that was cut off, or None.
    """

    texts: list[str]
    numbers: list[float]
    repairs: tuple[Repair, ...] = ()
    truncated: bool = False
    cut: int | None = None


def straight(value: Any, text: str) -> tuple[list[str], list[float]] | None:
    """The texts and numbers of a value that is exactly what was asked for; None of any other."""
    try:
        items = value["responses"]
        texts = [item["text"] for item in items]
        numbers = [item["probability"] for item in items]
    except (TypeError, KeyError, IndexError):
        return None
    if type(value) is not dict or type(items) is not list or not texts or len(value) > 1:
        return None
    for answer, number in zip(texts, numbers, strict=True):
        if type(answer) is not str or type(number) is not float or not 0.0 <= number <= 1.0:
            return None
        if not answer or answer.isspace() or (len(answer) <= LONGEST and is_placeholder(answer)):
            return None
        if number == 0.0 and is_placeholder(answer, Number(number)):
            return None
    # A key that is repeated in an object would hide an answer. Counting quotes is the cheaper way to rule it out.
    if text.count('"') != 6 * len(texts) + 2 and not _are_named_once(text, len(texts)):
        return None
    if may_swallow(text) and any(answer != restored(answer) for answer in texts):
        return None
    return texts, numbers


def _are_named_once(text: str, items: int) -> bool:
    return _named(text, "text") == _named(text, "probability") == items and _named(text, "responses") == 1


def _named(text: str, name: str) -> int:
    return text.count(f'"{name}"') + text.count(f"'{name}'")


def quick(text: str) -> Straight | None:
    """Reads a tagged or a damaged reply the quick way, or not at all."""
    if not text.isascii() and _SURROGATE.search(text):
        return None
    if _TAGGED.match(text):
        return _elements(_TAGGED_ONE.findall(text))
    start = text.find("{")
    if start < 0 or (0 <= text.find("[") < start):
        return None
    head = text[:start]
    if _TROUBLE.search(head):
        return None
    repairs: list[Repair] = []
    end = len(text)
    fence = _OPEN_FENCE.search(head)
    if fence:
        repairs.append(Repair.FENCE)
        head = head[: fence.start()]
        closing = text.rfind(fence[1], start)
        end = closing if closing >= 0 else end
    else:
        closing = text.rfind("}", start)
        if not text[closing + 1 :].strip():
            end = closing + 1
    tail = text[end:].strip().removeprefix(fence[1] if fence else "")
    if _TROUBLE.search(tail):
        return None
    if head.strip() or tail.strip():
        repairs.append(Repair.PROSE)
    payload = text[start:end].rstrip()
    breaks_off = end >= len(text.rstrip()) and not _DIGIT.search(head)  # numbers before may be those of a whole list
    if breaks_off and payload[-1] not in "}]":
        return _cut(text, start, repairs)
    for value, repair in _readings(payload):
        found = straight(value, payload)
        return Straight(*found, tuple([repair, *repairs] if repair else repairs)) if found else None
    return _cut(text, start, repairs) if breaks_off else None


def tagged(element: str) -> Straight | None:
    """Reads one element in good order."""
    match = _TAGGED_ONE.fullmatch(element)
    return None if match is None else _elements([match.groups("")])


def _elements(found: Iterable[tuple[str, ...]]) -> Straight | None:
    texts: list[str] = []
    numbers: list[float] = []
    for after, second, first, before in found:
        answer = (after or before).strip()
        try:
            number = float(second or first)
        except ValueError:
            return None
        if not 0.0 <= number <= 1.0 or not answer:
            return None
        if len(answer) <= LONGEST and is_placeholder(answer, Number(number)):
            return None
        if without_number(answer, number) is not None:
            return None
        texts.append(answer)
        numbers.append(number)
    return Straight(texts, numbers) if texts else None


def _readings(payload: str) -> Iterator[tuple[Any, Repair | None]]:
    """What the payload says if one of the damages is undone, with that damage."""
    yield from _read(payload, None)
    if _PYTHON.match(payload):
        yield from _read(_STRING.sub(_as_json, payload), Repair.QUOTES)
        return
    try:
        if _ESCAPED_SURROGATE.search(payload):
            return
        yield json.loads(payload, strict=False), Repair.UNESCAPED
    except (ValueError, RecursionError):
        pass
    yield from _read(_TRAILING_COMMA.sub(r"\1", payload), Repair.COMMAS)


def _read(payload: str, repair: Repair | None) -> Iterator[tuple[Any, Repair | None]]:
    try:
        yield from_json(payload), repair
    except (ValueError, TypeError):
        return


def _as_json(match: re.Match[str]) -> str:
    """A Python string literal as a JSON one."""
    single = match[1]
    if single is None:
        return match[0]
    if "\\" in single:
        single = single.replace("\\'", "'")
    return '"' + single.replace('"', '\\"') + '"' if '"' in single else f'"{single}"'


def _cut(text: str, start: int, repairs: list[Repair]) -> Straight | None:
    """A reply that breaks off: what stands before the last complete candidate, closed."""
    last = text.rfind("}", start)
    if last < 0:
        return None
    payload = text[start : last + 1] + "]}"
    try:
        found = straight(from_json(payload), payload)
    except (ValueError, TypeError):
        return None
    if found is None:
        return None
    rest = text.find("{", last)
    return Straight(*found, (Repair.CUT_OFF, *repairs), True, rest if rest >= 0 else None)
