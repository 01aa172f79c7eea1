"""The candidates in the arguments of a call, be they JSON themselves or written in a string, and in a message.

Objects around them, and lists of one object, hold nothing else than a list of records, or a string of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....patterns import regex
from ....values.repairs import Repair
from ...candidate.asked import Asked
from ...candidate.columns import Columns
from ...candidate.fields import is_prose, written
from ...candidate.typed import Typed
from ...language import names
from ...page.json_value import json_value
from ..values import columns_of
from .maps import is_meant_so, read_map
from .plain import MAY_BE_JSON

__all__ = ["read_string", "read_wrapped"]

_MOST_AROUND = 6  # objects and lists
_HEAD_OF_LIST = regex(r'"(\w{1,40})"\s*+:\s*+\[\s*+\{')
_BEGINS_JSON = ("{", "[")
_LONGEST_KEY = 60
Around = dict[str, Any] | list[Any]


def read_wrapped(value: Any, payload: str, asked: Asked, kind: Typed | None, at: int | None) -> Columns | None:
    """The candidates of a value that only wraps their list; otherwise None.

    Args:
        value: What a JSON library made of the payload.
        payload: The JSON.
        asked: The names that were asked for.
        kind: The candidates' own type, if they have one.
        at: Where the payload stands in the reply; None if it was repaired.
    """
    if type(value) is dict and len(value) > 1 and set(map(type, value.values())) == {dict}:
        return _keyed(value, payload, asked) if kind is None else None
    around: list[Around] = []
    node = value
    while len(around) < _MOST_AROUND:
        if type(node) is dict and _only_wraps(node, asked):
            around.append(node)
            key, node = next(((k, v) for k, v in node.items() if isinstance(v, dict | list)), ("", None))
            if node is None:
                return _in_string(around, asked, kind)
            if type(node) is list and names.is_wrapper(key) and len(around) > 1 and _are_records(node, asked):
                return _in_list(around, key, node, payload, asked, kind, at)
        elif type(node) is list and _calls(node):
            around.append(node)
            node = node[-1]
        else:
            return None
    return None


def _calls(items: list[Any]) -> bool:
    """Whether a list holds one object, or is a message that says something before its last part."""
    if set(map(type, items)) != {dict}:
        return False
    *before, last = items
    return not before or (type(last.get("type")) is str and all(map(_is_text, before)))


def _is_text(part: dict[str, Any]) -> bool:
    return len(part) == 2 and part.get("type") == "text" and type(part.get("text")) is str


def _keyed(value: dict[str, Any], payload: str, asked: Asked) -> Columns | None:
    """The candidates of records under keys that count them: as with lines, each has to say alone where its text is."""
    if not all(key[-1:].isdigit() and len(key) <= _LONGEST_KEY and key.isprintable() for key in value):
        return None
    if any(map(names.is_probability, value)) or any(map(names.is_reasoning, value)):
        return None
    return columns_of(list(value.values()), payload, asked, None, lines=True)


def read_string(payload: str, asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of JSON in a string that is the whole reply; otherwise None."""
    try:
        said = json_value(payload)
    except ValueError:
        return None
    return _decoded(said, asked, kind) if type(said) is str else None


def _only_wraps(node: dict[str, Any], asked: Asked) -> bool:
    """Whether an object holds at most one thing that may hold the candidates, and none of their fields."""
    inner = 0
    for key, value in node.items():
        if key[-1:].isdigit() or len(key) > _LONGEST_KEY or key in asked.fields:
            return False
        if names.is_probability(key) or names.are_probabilities(key) or names.is_draft(key):
            return False
        if isinstance(value, dict | list):
            inner += 1
            if names.is_alternative(key) or names.is_reasoning(key):
                return False
    return inner < 2


def _are_records(items: list[Any], asked: Asked) -> bool:
    return type(items[0]) is dict and asked.probability_in(items[0]) is not None if items else False


def _is_no_record(around: list[Around]) -> bool:
    """Whether no object that stands alone, or in a list, has a text of its own."""
    for outer, node in zip([[], *around], around, strict=False):
        if type(outer) is list and type(node) is dict:
            for key, value in node.items():
                if names.text_rank(key) is not None and not isinstance(value, dict | list):
                    return False
    return True


def _scalars(around: list[Around]) -> Iterator[tuple[str, Any]]:
    """The members of the objects that hold nothing further in, and what a message says before them."""
    for node in around:
        if isinstance(node, dict):
            yield from ((key, value) for key, value in node.items() if not isinstance(value, dict | list))
        else:
            yield from (("text", part["text"]) for part in node[:-1])


def _in_list(
    around: list[Around], key: str, items: list[Any], payload: str, asked: Asked, kind: Typed | None, at: int | None
) -> Columns | None:
    """The candidates of a list with objects around it."""
    fields = items[0].keys()
    if not _is_no_record(around) or any(type(node) is dict and node.keys() <= fields for node in around):
        return None
    if not is_meant_so(_strings(around)):
        return None
    opening = next((head for head in _HEAD_OF_LIST.finditer(payload) if head[1] == key), None)
    if opening is None:
        return None
    begin = payload.index("[", opening.start())
    end = len(payload)
    for _ in range(1 + sum(type(node) is list for node in around)):
        end = payload.rfind("]", begin, end)
    if end < begin or not _is_all(around, payload[:begin] + "null" + payload[end + 1 :]):
        return None
    found = columns_of(items, payload[begin : end + 1], asked, kind, at=None if at is None else at + begin)
    if found is None:
        return None
    if any(type(value) is str and is_prose(value, name) for name, value in _scalars(around)):
        found.repairs = (*found.repairs, Repair.PROSE)
    found.reasoning = _reasoning(around)
    return found


def _is_all(around: list[Around], written_around: str) -> bool:
    """Whether objects, as written but for what they hold, say nothing else than this."""
    node: Any = None
    for outer in reversed(around):
        if isinstance(outer, list):
            node = [*outer[:-1], node]
        else:
            node = {key: node if isinstance(value, dict | list) else value for key, value in outer.items()}
    try:
        return bool(json_value(written_around) == node)
    except ValueError:
        return False


def _strings(around: list[Around]) -> Iterator[str]:
    return (value for _, value in _scalars(around) if type(value) is str)


def _reasoning(around: list[Around]) -> str | None:
    """What was reasoned in one of the two outermost objects."""
    for key, value in _scalars(around[:2]):
        if names.is_reasoning(key) and (text := written(value)):
            return text
    return None


def _in_string(around: list[Around], asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of the only string in some objects that holds JSON."""
    holding = [said for said in _strings(around) if said.lstrip()[:1] in MAY_BE_JSON]
    if (
        len(holding) != 1
        or any(type(node) is list and len(node) > 1 for node in around)
        or not _is_no_record(around)
        or not is_meant_so(_strings(around))
    ):
        return None
    found = _decoded(holding[0], asked, kind)
    if found is not None:
        found.reasoning = found.reasoning or _reasoning(around)
    return found


def _decoded(said: str, asked: Asked, kind: Typed | None) -> Columns | None:
    """The candidates of JSON that stood in a string."""
    if said.lstrip()[:1] not in _BEGINS_JSON:
        return None
    try:
        value = json_value(said)
    except ValueError:
        return None
    found = columns_of(value, said, asked, kind)
    if found is None and kind is None:
        found = read_map(value)
    if found is not None:
        found.repairs = (*found.repairs, Repair.DOUBLE_ENCODED)
    return found
