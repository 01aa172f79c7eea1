"""From JSON values to candidates: which part of a value holds them, under whatever names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ..candidate import Dropped
from ..repairs import Repair
from . import names
from .draft import Block, Draft
from .json_reader import JsonArray, JsonObject
from .number import Number, Unit, number_in
from .placeholders import is_placeholder
from .wire import UNTYPED, Wire

__all__ = ["block_of", "is_record", "text_of"]


def block_of(root: JsonObject | JsonArray, reply: str, wire: Wire, decode: Callable[[str], Block | None]) -> Block:
    """The candidates in a JSON value.

    Args:
        root: The value.
        reply: The text it was read from, for positions.
        wire: The names that were asked for.
        decode: Reads a string that holds JSON; None if it holds no candidates.
    """
    block = Block([], root.start, root.end, root.complete)
    holder = _Holder(block, reply, wire, decode)
    holder.read(root)
    block.reasoning = block.reasoning or _reasoning(root)
    return block


class _Holder:
    def __init__(self, block: Block, reply: str, wire: Wire, decode: Callable[[str], Block | None]) -> None:
        self.block = block
        self.wire = wire
        self.reply = reply
        self.decode = decode

    def read(self, root: JsonObject | JsonArray) -> None:
        if (
            isinstance(root, JsonObject)
            and is_record(root, self.wire)
            and not _holds_list(root, self.wire)
            and not _is_numbered(root)
        ):
            self.block.single = True
            self.block.repairs[Repair.OTHER_SHAPE] = None
            self.record(root)
            if self.block.drafts or self.block.dropped:
                return
            self.block.single = False
            self.block.repairs.clear()
        found = self._list(root)
        if found is None:
            return
        holder, path = found
        if path != ("responses",):
            self.block.repairs[Repair.OTHER_SHAPE if not path or len(path) > 1 else Repair.OTHER_KEYS] = None
        elif not isinstance(holder, JsonArray) or not all(isinstance(item, JsonObject) for item in holder):
            self.block.repairs[Repair.OTHER_SHAPE] = None
        if isinstance(holder, JsonObject):
            self._mapping(holder)
            return
        partner = _parallel(root, holder)
        for position, item in enumerate(holder):
            self._item(item, holder, partner[position] if partner is not None else None)

    def _list(self, root: JsonObject | JsonArray) -> tuple[JsonObject | JsonArray, tuple[str, ...]] | None:
        """The array (or object that serves as one) whose items are candidates, nearest to the root."""
        fallback: tuple[JsonObject | JsonArray, tuple[str, ...]] | None = None
        unnamed: tuple[JsonObject | JsonArray, tuple[str, ...]] | None = None
        for node, path in _breadth_first(root):
            named = bool(path) and names.is_wrapper(path[-1])
            if isinstance(node, JsonArray):
                if any(isinstance(item, JsonObject) and is_record(item, self.wire) for item in node) or _is_pairs(node):
                    if named or len(path) != 1:
                        return node, path
                    unnamed = unnamed or (node, path)  # {"steps": […], "responses": […]}
                if (
                    fallback is None
                    and (named or not path or names.text_rank(path[-1]) is not None)
                    and _is_strings(node)
                ):
                    fallback = node, path
            elif (
                _is_keyed_records(node, self.wire)
                or (_is_map(node) and (named or _is_distribution(node)))
                or _is_numbered(node)
            ):
                return node, path
        if unnamed is not None:
            return unnamed
        if fallback is None:
            self._decode_strings(root)
        return fallback

    def _decode_strings(self, root: JsonObject | JsonArray) -> None:
        for node, _ in _breadth_first(root):
            for value in node.values() if isinstance(node, JsonObject) else node:
                if isinstance(value, str) and (inner := self._decoded(value)):
                    self._adopt(inner, node)
                    return

    def _decoded(self, value: str) -> Block | None:
        head = value.lstrip()[:1]
        if head not in ("{", "[", "`", '"'):
            return None
        return self.decode(value)

    def _adopt(self, inner: Block, node: JsonObject | JsonArray) -> None:
        self.block.single = False
        self.block.repairs[Repair.DOUBLE_ENCODED] = None
        self.block.repairs.update(inner.repairs)
        self.block.reasoning = self.block.reasoning or inner.reasoning
        for draft in inner.drafts:
            draft.start, draft.end = node.start, node.end
        self.block.drafts += inner.drafts
        self.block.dropped += [Dropped(d.text, node.start, d.reason) for d in inner.dropped]
        self.block.complete = self.block.complete and inner.complete

    # Items

    def _item(self, item: Any, holder: JsonArray, partner: Any) -> None:
        if isinstance(item, JsonObject):
            self.record(item)
        elif isinstance(item, JsonArray):
            if len(item) >= 2 and (pair := _pair(item)):
                self._add(pair[0], number_in(pair[1]), item, {})
        elif isinstance(item, str):
            if decoded := self._decoded(item):
                self._adopt(decoded, holder)
            elif holder.complete or item is not holder[-1]:
                self._add(item, number_in(partner), holder, {})

    def record(self, item: JsonObject) -> None:
        """Adds one object as a candidate."""
        if not item.complete:
            self._drop(item, Repair.CUT_OFF if item.end >= len(self.reply) else Repair.UNREADABLE)
            return
        probability = self.wire.probability_in(item)
        number: Number | None = None
        if probability is not None:
            stated = item[probability]
            number = _nested_number(stated) if _is_container(stated) else _number(probability, stated)
            if number is None and _is_container(stated):
                return  # a JSON schema, not an answer
        fields = {key: value for key, value in item.items() if key != probability}
        if not fields or self._nested(fields, number):
            return
        if self.wire.fields:
            self._typed(item, fields, number, probability)
            return
        text, other = text_of(fields)
        if other or probability not in (None, self.wire.probability):
            self.block.repairs[Repair.OTHER_KEYS] = None
        if number is None and isinstance(text, str) and (decoded := self._decoded(text)):
            self._adopt(decoded, item)
            return
        self._add(text or "", number, item, fields)

    def _typed(self, item: JsonObject, fields: dict[str, Any], number: Number | None, probability: str | None) -> None:
        """A candidate of a type of its own: what its fields must be, the type says."""
        if probability not in (None, self.wire.probability):
            self.block.repairs[Repair.OTHER_KEYS] = None
        texts = [value for value in fields.values() if isinstance(value, str)]
        if texts and len(texts) == len(fields) and all(is_placeholder(text, number) for text in texts):
            self._drop(item, Repair.EXAMPLE)
            return
        if all(value is None or value in ("", [], {}) for value in fields.values()):
            self._drop(item, Repair.EMPTY_TEXT)
            return
        self.block.drafts.append(Draft(text_of(fields)[0] or "", number, item.start, item.end, fields))

    def _nested(self, fields: dict[str, Any], number: Number | None) -> bool:
        """{"response": {"text": …, "probability": …}}: the candidate is one level further in."""
        if number is not None or len(fields) > 2 or not self.wire.fields.isdisjoint(fields):
            return False
        for value in fields.values():
            if isinstance(value, JsonObject) and is_record(value, self.wire):
                self.record(value)
                return True
        return False

    def _mapping(self, holder: JsonObject) -> None:
        if not holder.complete:
            self.block.complete = False
        if _is_keyed_records(holder, self.wire):
            for value in holder.values():
                if isinstance(value, JsonObject):
                    self.record(value)
            return
        if _is_numbered(holder):
            for key, value in holder.items():
                if names.text_rank(key) is not None and isinstance(value, str):
                    suffix = _suffix(key)
                    partner = next((k for k in holder if names.is_probability(k) and _suffix(k) == suffix), None)
                    self._add(value, number_in(holder[partner]) if partner else None, holder, {})
            return
        for key, value in holder.items():
            self._add(key, number_in(value), holder, {})

    def _add(self, text: str, number: Number | None, at: JsonObject | JsonArray, fields: dict[str, Any]) -> None:
        if is_placeholder(text, number):
            self._drop(at, Repair.EXAMPLE)
        elif not text.strip():
            self._drop(at, Repair.EMPTY_TEXT)
        else:
            self.block.drafts.append(Draft(text, number, at.start, at.end, fields))

    def _drop(self, at: JsonObject | JsonArray, reason: Repair) -> None:
        self.block.dropped.append(Dropped(self.reply[at.start : at.end], at.start, reason))


# What a value looks like


def text_of(fields: dict[str, Any]) -> tuple[str | None, bool]:
    """The text among a candidate's fields, and whether it stood under another name than ``text``."""
    if "text" in fields:
        return _string(fields["text"]), False
    ranked = [(rank, key) for key in fields if (rank := names.text_rank(key)) is not None]
    if ranked:
        return _string(fields[min(ranked)[1]]), True
    parts = [
        text
        for key, value in fields.items()
        if not names.is_bookkeeping(key) and not names.is_reasoning(key) and (text := _string(value)) and text.strip()
    ]
    if not parts:  # {"n": 4}: nothing but what elsewhere counts the candidates
        parts = [text for value in fields.values() if (text := _string(value))]
    return ("\n".join(parts) if parts else None), True


def _string(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    if isinstance(value, dict) and isinstance(value.get("type"), str) and ("description" in value or len(value) == 1):
        return None  # a JSON schema
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None
    return str(value)


def _number(key: str, value: Any) -> Number | None:
    number = number_in(value, percent=names.is_percent_name(key))
    if number and isinstance(value, str) and number.repair is None and number.unit is not Unit.PERCENT:
        return Number(number.stated, number.unit, Repair.NUMBER_FORMAT)
    return number


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list)


def _nested_number(value: Any) -> Number | None:
    """{"probability": {"value": 0.12}}"""
    if isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, int | float) and not isinstance(inner, bool):
                return number_in(inner)
    return None


def is_record(item: JsonObject, wire: Wire = UNTYPED) -> bool:
    """Whether an object looks like a candidate: it has a number beside something, or a text."""
    if wire.probability_in(item) is not None:
        return len(item) > 1
    if wire.fields:
        return not wire.fields.isdisjoint(item)
    if not item.complete and not item:
        return True
    if any(names.text_rank(key) is not None and not _is_container(value) for key, value in item.items()):
        return True
    inner = next(iter(item.values())) if len(item) == 1 else None
    return isinstance(inner, JsonObject) and wire.probability_in(inner) is not None and len(inner) > 1


def _holds_list(item: JsonObject, wire: Wire) -> bool:
    """Whether the candidates are one level further in, though the object has a text of its own."""
    return any(
        isinstance(value, JsonArray) and any(isinstance(part, JsonObject) and is_record(part, wire) for part in value)
        for value in item.values()
    )


def _is_strings(node: JsonArray) -> bool:
    return bool(node) and all(isinstance(item, str) for item in node)


def _is_pairs(node: JsonArray) -> bool:
    return bool(node) and all(isinstance(item, JsonArray) and _pair(item) for item in node)


def _pair(item: JsonArray) -> tuple[str, Any] | None:
    if len(item) == 2:
        first, second = item
        if isinstance(first, str) and _is_number(second):
            return first, second
        if isinstance(second, str) and _is_number(first):
            return second, first
    return None


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (
        isinstance(value, str) and len(value) < 12 and (n := number_in(value)) is not None and n.stated is not None
    )


def _is_keyed_records(node: JsonObject, wire: Wire) -> bool:
    """{"response_1": {…}, "response_2": {…}}"""
    values = [value for value in node.values() if isinstance(value, JsonObject)]
    return len(values) > 1 and all(is_record(value, wire) for value in values)


def _is_map(node: JsonObject) -> bool:
    return bool(node) and all(_is_number(value) for value in node.values())


def _is_distribution(node: JsonObject) -> bool:
    """{"Paris": 0.6, "Lyon": 0.4}: nothing but numbers, and they sum to one."""
    numbers = [n.stated for value in node.values() if (n := number_in(value)) and n.stated is not None]
    if len(numbers) < 2 or min(numbers) < 0:
        return False
    total = sum(numbers)
    return (max(numbers) <= 1 and 0.9 <= total <= 1.1) or (all(n == int(n) for n in numbers) and 95 <= total <= 105)


def _suffix(key: str) -> str:
    return key[len(key.rstrip("0123456789")) :]


def _is_numbered(node: JsonObject) -> bool:
    """{"response1": "…", "probability1": 0.1, "response2": …}"""
    texts = sum(
        1 for key, v in node.items() if names.text_rank(key) is not None and key[-1:].isdigit() and isinstance(v, str)
    )
    return texts > 1 or (texts == 1 and any(names.is_probability(k) and k[-1:].isdigit() for k in node))


def _parallel(root: JsonObject | JsonArray, holder: JsonArray) -> JsonArray | None:
    """{"responses": ["a", "b"], "probabilities": [0.1, 0.2]}: the numbers of a list of texts."""
    for node, _ in _breadth_first(root):
        if isinstance(node, JsonObject) and any(value is holder for value in node.values()):
            for key, value in node.items():
                if names.is_probability(key) and isinstance(value, JsonArray) and len(value) == len(holder):
                    return value
    return None


def _reasoning(root: JsonObject | JsonArray) -> str | None:
    for node, _ in _breadth_first(root, depth=2):
        if isinstance(node, JsonObject) and not any(names.is_probability(key) for key in node):
            for key, value in node.items():
                if names.is_reasoning(key) and (text := _string(value)):
                    return text
    return None


def _breadth_first(
    root: JsonObject | JsonArray, depth: int = 8
) -> Iterator[tuple[JsonObject | JsonArray, tuple[str, ...]]]:
    level: list[tuple[JsonObject | JsonArray, tuple[str, ...]]] = [(root, ())]
    for _ in range(depth):
        following: list[tuple[JsonObject | JsonArray, tuple[str, ...]]] = []
        for node, path in level:
            yield node, path
            children = node.items() if isinstance(node, JsonObject) else ((str(i), v) for i, v in enumerate(node))
            following += [((v), (*path, k)) for k, v in children if isinstance(v, JsonObject | JsonArray)]
        level = following
