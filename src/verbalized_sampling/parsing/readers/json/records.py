"""From JSON values to candidates: which part of a value holds them, under whatever names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....values.candidate import Dropped
from ....values.repairs import Repair
from ....values.sameness import text_key
from ...candidate.asked import Asked
from ...candidate.fields import is_prose, text_name, text_of
from ...candidate.found import Block, Draft
from ...language import names
from ...numbers.number import number_in
from .collector import Collector
from .holders import Holder, all_have_numbers, find_holder
from .leftovers import is_further, left_beside
from .mappings import collect_mapping
from .shapes import holds_list, is_fraction, is_numbered, is_record, pair_in, reasoning_in, text_of_pair
from .values import JsonArray, JsonObject, Node, Words, breadth_first, is_container

__all__ = ["block_of"]

_OPENING_QUOTES = ('"', "'", "”", "“")


def block_of(root: Node, reply: str, asked: Asked, decode: Callable[[str], Block | None]) -> Block:
    """The candidates in a JSON value.

    Args:
        root: The value.
        reply: The text it was read from, for positions.
        asked: The names that were asked for.
        decode: Reads a string that holds JSON; None if it holds no candidates.
    """
    block = Block([], root.start, root.end, root.complete)
    reader = _Reader(block, reply, asked, decode)
    reader.read(root)
    block.reasoning = block.reasoning or reasoning_in(root, reader.taken)
    return block


class _Reader(Collector):
    """Finds the candidates of a value, and says what else stands in it."""

    def read(self, root: Node) -> None:
        """Adds the candidates of a value, and says what else stands in it."""
        if isinstance(root, JsonObject) and self._is_one(root):
            return
        pair = pair_in(root) if isinstance(root, JsonArray) else None
        if pair and not isinstance(pair[1], str):  # ["Rain again", 0.1], a line each
            self.block.single, self.block.sure = True, False
            self.block.repairs[Repair.OTHER_SHAPE] = None
            self.add(pair[0], number_in(pair[1]), root, {})
            return
        found = find_holder(root, self.asked)
        if found is None:
            self._decode_strings(root)
            self._say_odd()
            return
        path = found.path
        if isinstance(root, JsonObject) and names.is_alternative(path[-1] if path else "") and self._is_answer(root):
            self.record(root)  # the answer stands beside them
            self.taken.update(id(value) for value in root.values() if is_container(value))
        if not path or len(path) > 1 or not _is_list_of_objects(found):
            self.block.repairs[Repair.OTHER_SHAPE] = None
        if len(path) == 1 and path != ("responses",):
            self.block.repairs[Repair.OTHER_KEYS] = None
        self.block.sure = found.sure
        for node in found.nodes:
            if isinstance(node, JsonObject):
                collect_mapping(self, node, found.numbers)
            else:
                self._items(node, found.numbers)
        self._beside(root, found)
        self._say_odd()

    def _say_odd(self) -> None:
        for odd in self.odd if self.block.drafts else ():
            self.block.drop(odd.text, odd.position, odd.reason)

    def _is_one(self, root: JsonObject) -> bool:
        """Adds the candidate that a value is as a whole, if it is one."""
        if not is_record(root, self.asked) or holds_list(root, self.asked) or is_numbered(root):
            return False
        self.block.single = True
        self.block.repairs[Repair.OTHER_SHAPE] = None
        self.record(root)
        if self.block.drafts or self.block.dropped:
            return True
        self.block.single = False
        self.block.repairs.clear()
        self.odd.clear()
        return False

    def _beside(self, root: Node, found: Holder) -> None:
        """Adds what goes on in another list, and says what else stands beside the candidates."""
        self.taken.update(map(id, found.nodes))
        self.taken.add(id(found.numbers))
        keys: set[str] | None = None
        for part, path in left_beside([(root, ()), *self.left], self.taken, found, self.asked):
            if isinstance(part, str):
                if is_prose(part, path[-1] if path else ""):
                    self.block.repairs[Repair.PROSE] = None
                continue
            if keys is None:
                keys = set(map(_key_of, self.block.drafts))
            if isinstance(part, JsonArray) and is_further(part, path, found, self.asked):
                self._go_on(part, keys)
            else:
                self._pass_over(part, keys)

    def _go_on(self, part: JsonArray, keys: set[str]) -> None:
        """Adds the candidates of a further list."""
        self.block.repairs[Repair.OTHER_SHAPE] = None
        before = len(self.block.drafts)
        for item in part:
            self.record(item)
        keys.update(map(_key_of, self.block.drafts[before:]))

    def _pass_over(self, part: Node, keys: set[str]) -> None:
        """Drops what looks like candidates and belongs to no list of them; what only repeats one is no loss."""
        records: list[Node] = [item for item in part if isinstance(item, JsonObject)] if isinstance(part, list) else []
        for item in records or [part]:
            if text_key(self._text_in(item) or "") in keys:
                self.block.repairs[Repair.REPEATED] = None
            else:
                self.note_odd(item, Repair.SEVERAL_BLOCKS)

    def _text_in(self, item: Node) -> str | None:
        return text_of(self._said(item))[0] if isinstance(item, JsonObject) else None

    def _said(self, item: JsonObject) -> dict[str, Any]:
        return {key: value for key, value in item.items() if not self.asked.is_probability(key)}

    def _items(self, node: JsonArray, beside: Node | None) -> None:
        numbers = beside if isinstance(beside, JsonArray) else JsonArray(node.end)
        objects = [item for item in node if isinstance(item, JsonObject)]
        has_objects = bool(objects)
        self.text_name = None if self.asked.fields else text_name([self._said(item) for item in objects])
        for position, item in enumerate(node):
            partner = numbers[position] if position < len(numbers) else None
            self._item(item, node, partner, is_last=position + 1 == len(node), has_objects=has_objects)
        for number in numbers[len(node) :]:
            self.note_odd(numbers, Repair.EMPTY_TEXT, number)

    def _decode_strings(self, root: Node) -> None:
        """Reads JSON in strings of one name (tool calls), be it a list in each or one candidate."""
        first: str | None = None
        for node, _ in breadth_first(root):
            members = node.items() if isinstance(node, JsonObject) else (("", value) for value in node)
            for key, value in members:
                if not isinstance(value, str) or not (inner := self.decoded(value)):
                    continue
                if first not in (None, key):
                    self.note_odd(node, Repair.SEVERAL_BLOCKS, value)
                    continue
                first = key
                self.adopt(inner, node)

    def _is_answer(self, item: JsonObject) -> bool:
        """Whether an object is a candidate beside its alternatives, be it without a number."""
        return self.asked.probability_in(item) is not None or is_record(item, self.asked)

    def _item(self, item: Any, holder: JsonArray, partner: Any, *, is_last: bool, has_objects: bool) -> None:
        if isinstance(item, JsonObject):
            before = len(self.block.drafts)
            self._object(item)
            if partner is not None and len(self.block.drafts) > before and self.block.drafts[-1].number is None:
                self.block.drafts[-1].number = number_in(partner)
        elif isinstance(item, JsonArray):
            self._row(item, has_objects=has_objects)
        elif isinstance(item, Words) and has_objects:
            self.odd.append(Dropped(item, item.start, Repair.UNREADABLE))
        elif isinstance(item, str):
            if decoded := self.decoded(item):
                self.adopt(decoded, holder)
            elif holder.complete or not is_last or not self.reply.rstrip().endswith(_OPENING_QUOTES):
                self.member(str(item), number_in(partner), holder)
            else:  # the reply breaks off at a quote, which may be one within the text
                self.drop(holder, Repair.CUT_OFF, item)
        elif item is not None:
            self.note_odd(holder, Repair.UNREADABLE, item)

    def _row(self, row: JsonArray, *, has_objects: bool) -> None:
        """Adds a list among the items: a pair, a text that lacks its number, or items one level further in."""
        if pair := pair_in(row):
            self.add(pair[0], number_in(pair[1]), row, {})
        elif all_have_numbers(row, self.asked):
            self.block.repairs[Repair.OTHER_SHAPE] = None
            for item in row:
                self.record(item)
        elif not row.complete:
            self.note_odd(row, Repair.CUT_OFF)
        elif not has_objects and (text := text_of_pair(row)) is not None:
            self.add(text, None, row, {})
        else:
            self.note_odd(row, Repair.UNREADABLE)

    def _object(self, item: JsonObject) -> None:
        key = next(iter(item)) if len(item) == 1 else None
        if key is None or not is_fraction(item[key]) or is_record(item, self.asked):
            self.record(item)
        elif not self.asked.is_probability(key):
            self.add(key, number_in(item[key]), item, {})
        elif self.block.drafts and self.block.drafts[-1].number is None:  # the number of the object before it
            self.block.repairs[Repair.OTHER_SHAPE] = None
            self.block.drafts[-1].number = number_in(item[key])
        else:
            self.record(item)


def _is_list_of_objects(found: Holder) -> bool:
    """Whether the candidates are the objects of one list."""
    return (
        len(found.nodes) == 1
        and found.numbers is None
        and isinstance(found.nodes[0], JsonArray)
        and all(isinstance(item, JsonObject) for item in found.nodes[0])
    )


def _key_of(draft: Draft) -> str:
    return text_key(draft.text) or repr(draft.fields)
