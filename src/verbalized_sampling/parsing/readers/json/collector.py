"""Adding candidates of JSON to a block: one object, one text with its number, or a string that holds JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....values.candidate import Dropped
from ....values.repairs import Repair
from ...candidate.asked import TEXT_FIELD, Asked
from ...candidate.fields import nested_number, number_at, others, text_of
from ...candidate.found import Block, Draft
from ...candidate.placeholders import is_placeholder
from ...language import names
from ...numbers.number import Number
from .shapes import is_fraction, is_record
from .values import JsonArray, JsonObject, Node, is_container

__all__ = ["Collector"]

_MOST_AROUND_RECORD = 2  # fields of what only holds a candidate
_SCHEMA = frozenset(("type", "$ref", "description", "anyOf", "enum", "minimum", "title"))


class Collector:
    """Adds candidates to a block, one after the other.

    Attributes:
        block: The block.
        asked: The names that were asked for.
        reply: The text that the values were read from.
        odd: What stands among the candidates but is not one; reported only if there are candidates.
        left: What stands in an object of candidates but is not one, with the path to it.
        taken: The ids of the containers that were read.
        text_name: Which field holds the texts of the list that is read.
    """

    def __init__(self, block: Block, reply: str, asked: Asked, decode: Callable[[str], Block | None]) -> None:
        self.block = block
        self.asked = asked
        self.reply = reply
        self.odd: list[Dropped] = []
        self.left: list[tuple[Any, tuple[str, ...]]] = []
        self.taken: set[int] = set()
        self.text_name: str | None = None
        self._decode = decode

    def record(self, item: JsonObject) -> None:
        """Adds one object as a candidate."""
        if not item.complete:
            self.drop(item, Repair.CUT_OFF if item.end >= len(self.reply) else Repair.UNREADABLE)
            return
        probability = self.asked.probability_in(item) or self._key_of_number(item)
        number: Number | None = None
        if probability is not None:
            stated = item[probability]
            if is_container(stated):
                self.block.repairs[Repair.OTHER_SHAPE] = None
            number = nested_number(stated) if is_container(stated) else number_at(probability, stated)
            if number is None and isinstance(stated, list):
                self.note_odd(item, Repair.UNREADABLE)
                return
            if number is None and isinstance(stated, dict) and not _SCHEMA.isdisjoint(stated):
                self.note_odd(item, Repair.EXAMPLE)  # a JSON schema, not an answer
                return
        fields = {key: value for key, value in item.items() if key != probability}
        if self.asked.fields and item and not fields:
            self.drop(item, Repair.INVALID)
            return
        if not fields:
            self.note_odd(item, Repair.EMPTY_TEXT)
            return
        if self._nested(fields, number):
            return
        if self.asked.fields:
            self._typed(item, fields, number, probability)
            return
        text, name = text_of(fields, self.text_name)
        if name != TEXT_FIELD or probability not in (None, self.asked.probability):
            self.block.repairs[Repair.OTHER_KEYS] = None
        elif is_container(fields[TEXT_FIELD]):
            self.block.repairs[Repair.OTHER_SHAPE] = None
        if number is None and isinstance(text, str) and (decoded := self.decoded(text)):
            self.adopt(decoded, item)
            return
        self.add(text or "", number, item, fields, name=name)

    def _key_of_number(self, item: JsonObject) -> str | None:
        """Which field holds the number one level further in ("metadata": {"probability": 0.1})."""
        if self.asked.fields or not any(isinstance(v, str) and names.text_rank(k) is not None for k, v in item.items()):
            return None
        for key, value in item.items():
            inner = self.asked.probability_in(value) if isinstance(value, JsonObject) else None
            if inner is not None and is_fraction(value[inner]):
                return key
        return None

    def _typed(self, item: JsonObject, fields: dict[str, Any], number: Number | None, probability: str | None) -> None:
        """Offers a candidate that has a type of its own; the type decides what its fields may be."""
        if probability not in (None, self.asked.probability):
            self.block.repairs[Repair.OTHER_KEYS] = None
        texts = [value for value in fields.values() if isinstance(value, str)]
        is_example = len(texts) == len(fields) and all(is_placeholder(text, number) for text in texts)
        is_schema = number is None and text_of(fields)[0] is None and all(isinstance(v, dict) for v in fields.values())
        is_example = is_example and number is not None and number.stated is None  # its number is one as well
        if is_example or (is_schema and any(fields.values())):
            self.drop(item, Repair.EXAMPLE)
            return
        draft = Draft(text_of(fields)[0] or "", number, item.start, item.end, fields)
        self.block.offer(draft, self._written(item), typed=True)

    def _nested(self, fields: dict[str, Any], number: Number | None) -> bool:
        """Adds the candidate one level further in, if there is one: {"response": {"text": …, "probability": …}}."""
        if number is not None or not self.asked.fields.isdisjoint(fields):
            return False
        if len(fields) > _MOST_AROUND_RECORD and any(
            isinstance(v, str) and names.text_rank(k) is not None for k, v in fields.items()
        ):
            return False  # it has a text of its own
        for value in fields.values():
            if isinstance(value, JsonObject) and is_record(value, self.asked):
                self.block.repairs[Repair.OTHER_SHAPE] = None
                self.record(value)
                return True
        return False

    def decoded(self, value: str) -> Block | None:
        head = value.lstrip()[:1]
        if head not in ("{", "[", "`", '"'):
            return None
        return self._decode(value)

    def adopt(self, inner: Block, node: Node) -> None:
        """Takes the candidates of JSON in a string: they stand where the string does."""
        self.block.single = False
        self.block.repairs[Repair.DOUBLE_ENCODED] = None
        inner.move(node.start, node.end)
        inner.end = self.block.end
        self.block.take(inner)

    def member(self, text: str, number: Number | None, holder: JsonObject | JsonArray) -> None:
        """Offers one of many candidates that share a place: if it is dropped, the record shows its text alone."""
        self.add(text, number, holder, {}, piece=text)

    def add(
        self,
        text: str,
        number: Number | None,
        at: JsonObject | JsonArray,
        fields: dict[str, Any],
        piece: str | None = None,
        name: str | None = None,
    ) -> None:
        # A text that is only the name of a field echoes the schema in the prompt.
        echoes = bool(self.asked.fields) and text in {*self.asked.fields, self.asked.probability}
        beside = others(fields, name) if len(fields) > (name != "") else {}
        draft = Draft(text, number, at.start, at.end, fields, beside=beside)
        written = self._written(at) if piece is None else piece
        self.block.offer(draft, written, Repair.EXAMPLE if echoes else None, typed=self.asked.is_answer(number))

    def drop(self, at: JsonObject | JsonArray, reason: Repair, piece: str | None = None) -> None:
        """Says that a piece is no candidate, whatever stands beside it."""
        self.block.drop(self._written(at) if piece is None else piece, at.start, reason)

    def note_odd(self, at: JsonObject | JsonArray, reason: Repair, piece: Any = None) -> None:
        """Says that a piece is no candidate, if there are candidates beside it."""
        text = self._written(at) if piece is None else str(piece)
        self.odd.append(Dropped(text, at.start, reason))

    def _written(self, node: Node) -> str:
        """What stands in the reply for a value."""
        return self.reply[node.start : node.end]
