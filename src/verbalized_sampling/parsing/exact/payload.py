"""Where the JSON of a reply stands, and what it says once one of the common damages is undone in a pass that runs in C.

What that gives counts only if the value is in good order (``values.py``) and nothing doubtful stands around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ...patterns import regex
from ...values.candidate import Dropped
from ...values.repairs import Repair
from ..candidate.asked import Asked
from ..candidate.columns import Columns
from ..candidate.typed import Typed
from ..language.transitions import is_announced_sample
from ..page.json_value import json_value, object_of
from ..page.signs import is_encodable
from ..page.thought_marks import CLOSING, OPENING, may_mark
from ..readers.json.blocks import START
from .json.maps import read_map
from .json.wrapped import read_string, read_wrapped
from .values import columns_of

__all__ = ["from_python", "read_json"]

_OPEN_FENCE = regex(r"(?:\A|\n)[ \t]*+(`{3,}+|~{3,}+)[ \t]*+(?:\w++[ \t]*+)?\r?\n\s*+\Z")
_TROUBLE = regex(r"[{}\[\]<◁]")
# (An escape outside of a string is passed over, lest every escaped quote be tried as the start of one.)
_TRAILING_COMMA_BEFORE_CLOSING = regex(r'("(?:[^"\\]++|\\.)*+"|\\.)|,(?=\s*+[}\]])', re.DOTALL)
_STRING = regex(r"'((?:[^'\\]++|\\.)*+)'|\"((?:[^\"\\]++|\\.)*+)\"|\\.", re.DOTALL)
_OPEN_BRACKETS = ("{", "[")
_PYTHON = regex(r"(?:\[\s{0,9}){0,2}(?:\{\s{0,9})?'")
_COMMA_BEFORE_CLOSING = regex(r",(?=\s*+[}\]])")
_SPECIAL = regex(r"\s*+(?:<\|\w{1,20}\|>\s*+)++")  # the end of a turn
_BEHIND = regex(r"\s*+\Z|[ \t]*+\n[^\"{}\[\]<◁]*+")  # nothing, or prose below
_DIGIT = regex(r"\d")
_ESCAPED_SURROGATE = regex(r"\\u[dD][89a-fA-F]")

_TAIL_OF_CUT = regex(r"\s*+(?:(?P<closed>\])\s*+|,\s*+(?:\{.*+)?)?\Z", re.DOTALL)


def read_json(text: str, asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of a reply in JSON that needs no care, or None."""
    if text[:1] in _OPEN_BRACKETS:
        try:
            value = json_value(text)
        except ValueError:
            return _within(text, asked, kind)
        return columns_of(value, text, asked, kind, at=0) or _otherwise(value, text, asked, kind, at=0, whole=True)
    if text[:1] == '"' and (found := read_string(text, asked, kind)) is not None:
        return found
    return _within(text, asked, kind)


def _otherwise(
    value: Any, payload: str, asked: Asked, kind: Typed | None, *, at: int | None, whole: bool = False
) -> Columns | None:
    """The candidates of a value that is no list of records, or holds one further in."""
    found = read_map(value, reply=payload if whole else None, repaired=at is None) if kind is None else None
    return found or read_wrapped(value, payload, asked, kind, at)


def _within(text: str, asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of a reply that holds JSON among other things, or JSON with a common damage."""
    if not any(bracket in text for bracket in _OPEN_BRACKETS):  # (a pattern takes far longer to see that)
        return None
    after, thoughts = _behind_thoughts(text)
    opening = START.search(text, after)
    if opening is None:
        return None
    start = opening.start()
    head = text[after:start]
    if _TROUBLE.search(head) or is_announced_sample(text, start):
        return None
    repairs: list[Repair] = [] if thoughts is None else [Repair.THINKING]
    end = len(text)
    fence = _OPEN_FENCE.search(head)
    if fence:
        repairs.append(Repair.FENCE)
        head = head[: fence.start()]
        closing = text.rfind(fence[1], start)
        end = closing if closing >= 0 else end
    elif "```" in head or "~~~" in head:
        return None
    else:
        closing = text.rfind("}" if text[start] == "{" else "]", start)
        if _BEHIND.fullmatch(text, closing + 1) or _SPECIAL.fullmatch(text, closing + 1):
            end = closing + 1
    tail = text[end:].strip().removeprefix(fence[1] if fence else "")
    special = _SPECIAL.fullmatch(tail)
    if special is None and _TROUBLE.search(tail):
        return None
    if head.strip() or tail.strip():
        repairs.append(Repair.PROSE)
    payload = text[start:end].rstrip()
    found = _damaged(text, payload, start, head, asked, kind, breaks_off=end >= len(text.rstrip()))
    if found is None:
        return None
    found.repairs = tuple(dict.fromkeys((*found.repairs, *repairs)))
    found.reasoning = found.reasoning or thoughts
    return found


def _behind_thoughts(text: str) -> tuple[int, str | None]:
    """Where the answer begins behind the only thoughts, which the reply opens with, and what they say."""
    opened = OPENING.match(text, len(text) - len(text.lstrip())) if text.lstrip()[:1] in ("<", "[", "◁") else None
    if opened is None:
        return 0, None
    closed = CLOSING.search(text, opened.end())
    if closed is None or OPENING.search(text, opened.end()) or CLOSING.search(text, closed.end()):
        return 0, None
    return closed.end(), text[opened.end() : closed.start()].strip() or None


def _damaged(
    text: str, payload: str, start: int, head: str, asked: Asked, kind: Typed | None, *, breaks_off: bool
) -> Columns | None:
    breaks_off = breaks_off and not _DIGIT.search(head)  # numbers before may be those of a whole list
    if breaks_off and payload[-1] not in "}]":
        return _cut(text, start, asked, kind)
    for value, said, repair, lines in _readings(payload):
        at = start if said is payload else None
        found = columns_of(value, said, asked, kind, at=at, lines=lines)
        if found is None and not lines:
            found = _otherwise(value, said, asked, kind, at=at)
        if found is not None and repair:
            found.repairs = (repair, *found.repairs)
        if found is not None and repair is Repair.QUOTES and "\\" in payload:
            escaped = [single for single in _in_single_quotes(payload) if "\\" in single]
            mixed = [single for single in escaped if '"' in single or "\\'" in single]
            if any("\\\\" in single for single in mixed):  # it may be meant as one
                return None
            if mixed:
                found.repairs = (*found.repairs, Repair.UNESCAPED)
        return found
    return _cut(text, start, asked, kind) if breaks_off else None


def _readings(payload: str) -> Iterator[tuple[Any, str, Repair | None, bool]]:
    """What the payload says if one of the damages is undone: the value, the JSON, the damage, whether a line each."""
    yield from _read(payload, None)
    if "}\n{" in payload:
        try:
            yield [json_value(line) for line in payload.split("\n") if line.strip()], payload, None, True
        except ValueError:
            return
    if _PYTHON.match(payload):
        yield from _read(from_python(payload), Repair.QUOTES)
        return
    try:
        value = json.loads(payload, strict=False, object_pairs_hook=object_of)
    except (ValueError, RecursionError):
        yield from _read(_without_trailing_commas(payload), Repair.COMMAS)
        return
    if is_encodable(payload) and not _ESCAPED_SURROGATE.search(payload):
        yield value, payload, Repair.UNESCAPED, False


def _read(payload: str, repair: Repair | None) -> Iterator[tuple[Any, str, Repair | None, bool]]:
    try:
        yield json_value(payload), payload, repair, False
    except ValueError:
        return


def _without_trailing_commas(payload: str) -> str:
    """The payload without commas before a closing bracket; those in strings stay, which the quotes before them tell."""
    if "\\\\" in payload:  # an escaped backslash before a quote
        return _TRAILING_COMMA_BEFORE_CLOSING.sub(r"\1", payload)
    pieces = _COMMA_BEFORE_CLOSING.split(payload)
    kept = [pieces[0]]
    quotes = 0
    for before, piece in pairwise(pieces):
        quotes += before.count('"') - before.count('\\"')
        kept.append("," + piece if quotes % 2 else piece)
    return "".join(kept)


def from_python(payload: str) -> str:
    """A Python literal as JSON."""
    pieces = _cut_at_quotes(payload)
    if pieces is None:
        return _STRING.sub(_as_json, payload)
    pieces[1::2] = [piece.replace('"', '\\"') for piece in pieces[1::2]]
    return '"'.join(pieces)


def _in_single_quotes(payload: str) -> list[str]:
    pieces = _cut_at_quotes(payload)
    return [single for single, _ in _STRING.findall(payload)] if pieces is None else pieces[1::2]


def _cut_at_quotes(payload: str) -> list[str] | None:
    """What stands between single quotes, strings at odd places; None if other quotes or escapes stand there, too."""
    pieces = payload.split("'") if "\\'" not in payload else [""]
    return None if len(pieces) == 1 or any('"' in piece for piece in pieces[::2]) else pieces


def _as_json(match: re.Match[str]) -> str:
    """A Python string literal as a JSON one."""
    single = match[1]
    if single is None:
        return match[0]
    if "\\" in single:
        single = single.replace("\\'", "'")
    return '"' + single.replace('"', '\\"') + '"' if '"' in single else f'"{single}"'


def _cut(text: str, start: int, asked: Asked, kind: Typed | None) -> Columns | None:
    """A reply that breaks off: what stands before the last complete candidate, closed."""
    last = text.rfind("}", start)
    tail = _TAIL_OF_CUT.match(text, last + 1)
    if last < 0 or text[start] != "{" or tail is None or text[-1:] == '"':  # (that quote may be one within a text)
        return None
    # (Which candidates thoughts belong to takes care to tell.)
    if may_mark(text) and (CLOSING.search(text, start) or OPENING.search(text, start)):
        return None
    payload = text[start : last + 1] + "]}"
    try:
        value = json_value(payload)
    except ValueError:
        return None
    found = columns_of(value, payload, asked, kind, at=start, cut=True)
    if found is None:
        return None
    rest = text.find("{", last)
    if rest >= 0 and any(bracket in text[rest + 1 :] for bracket in _OPEN_BRACKETS):
        return None
    found.truncated = tail["closed"] is None  # else nothing can be missing
    found.repairs = (Repair.CUT_OFF if found.truncated else Repair.UNCLOSED, *found.repairs)
    found.dropped += (Dropped(text[rest:], rest, Repair.CUT_OFF),) if rest >= 0 else ()
    return found
