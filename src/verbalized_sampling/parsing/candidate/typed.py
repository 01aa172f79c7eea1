"""Typed candidates: which names their fields have on the wire, and how they are validated one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from ...errors import SettingsError
from ..language import names
from .asked import PROBABILITY_FIELD, TEXT_FIELD, UNTYPED, Asked
from .core_schema import takes_objects_as_json

__all__ = ["Typed", "asked_of", "probability_field", "typed"]


def probability_field(candidate: Any = None) -> str:
    """The key that a candidate's probability has on the wire.

    It is ``probability``, unless the candidate's own type has a field of that name: then
    ``candidate_probability``, with as many underscores before it as it takes.
    """
    own = typed(candidate).fields if candidate is not None else frozenset[str]()
    if PROBABILITY_FIELD not in own:
        return PROBABILITY_FIELD
    key = f"candidate_{PROBABILITY_FIELD}"
    while key in own:
        key = "_" + key
    return key


def asked_of(candidate: Any = None) -> Asked:
    """The names that a candidate's fields have in a reply."""
    if candidate is None:
        return UNTYPED
    kind = typed(candidate)
    return Asked(probability_field(candidate), kind.fields if kind.is_object else frozenset(), typed=True)


class Typed:
    """A candidate type with its validator.

    Attributes:
        fields: Names of its fields (aliases included); empty if it is no object type.
        is_object: Whether a candidate's fields are validated, and not its text.
    """

    __slots__ = ("_adapter", "_alike", "_list", "fields", "is_object")

    def __init__(self, candidate: Any) -> None:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError

        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(candidate)
            self._list: TypeAdapter[list[Any]] = TypeAdapter(list[candidate])
        except (PydanticUserError, NameError, TypeError) as error:
            said = str(getattr(error, "message", error)).partition("\n")[0].partition(". ")[0]
            raise SettingsError(
                f"candidate must be a type that pydantic validates, not {candidate!r}: {said}"
            ) from error
        self._alike = takes_objects_as_json(self._list.core_schema)
        schema = self._schema()
        self.is_object = schema is None or schema.get("type") == "object"
        self.fields = frozenset(schema.get("properties", ())) if schema else frozenset()

    def _schema(self) -> Mapping[str, Any] | None:
        from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

        try:
            schema = self._adapter.json_schema()
        except (PydanticInvalidForJsonSchema, PydanticUserError):
            return None
        while isinstance(reference := schema.get("$ref"), str):
            schema = schema.get("$defs", {}).get(reference.rpartition("/")[2], {})
        return schema

    def read(self, text: str, fields: Mapping[str, Any]) -> tuple[Any, str] | None:
        """The value and its text, or None if it does not validate."""
        attempts = self._attempts(text, fields)
        for attempt in attempts:
            try:
                value = self._adapter.validate_json(json.dumps(attempt, ensure_ascii=False))
            except (ValueError, RecursionError):
                continue
            return value, self._text(value, attempt)
        return None

    def read_all(self, records: Sequence[Any]) -> tuple[list[Any], list[str]] | None:
        """The values and their texts of many candidates at once, or None if one of them does not validate as it is."""
        try:
            values = self._list.validate_python(records) if self._alike else self._list.validate_json(to_json(records))
        except (ValueError, RecursionError):
            return None
        if self.is_object and TEXT_FIELD in self.fields:
            texts = [record.get(TEXT_FIELD) for record in records]
            if set(map(type, texts)) == {str}:
                return values, texts
        if not self.is_object and set(map(type, records)) == {str}:
            return values, list(records)
        return values, [self._text(value, record) for value, record in zip(values, records, strict=True)]

    def _attempts(self, text: str, fields: Mapping[str, Any]) -> list[Any]:
        if not self.is_object:
            found = fields.get(TEXT_FIELD, text)
            plain = text.strip()
            return [found, plain, *_decoded(plain), dict(fields)]  # the last for a union of objects
        own = {key: value for key, value in fields.items() if key in self.fields}
        attempts: list[Any] = [dict(fields), own] if own else [dict(fields)]
        attempts += [value for value in fields.values() if isinstance(value, dict)]
        attempts += _decoded(text.strip())
        wanted = {names.normalised(name): name for name in self.fields}
        renamed = {wanted[plain]: value for key, value in fields.items() if (plain := names.normalised(key)) in wanted}
        if renamed and renamed != own:
            attempts.append(renamed)
        if len(self.fields) == 1 and text.strip():  # a field without a value is no empty text
            attempts.append({next(iter(self.fields)): text})
        return attempts

    def _text(self, value: Any, attempt: Any) -> str:
        if isinstance(attempt, dict) and isinstance(attempt.get(TEXT_FIELD), str) and TEXT_FIELD in self.fields:
            return str(attempt[TEXT_FIELD])
        if not self.is_object and isinstance(attempt, str):
            return attempt
        return self._adapter.dump_json(value).decode()


def _decoded(text: str) -> list[Any]:
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return []


def typed(candidate: Any) -> Typed:
    """The validator of a type, built on first use."""
    try:
        return _cached(candidate)
    except TypeError:  # a type that can't be hashed
        return Typed(candidate)


@lru_cache(maxsize=64)  # building an adapter costs a thousand times what it reads
def _cached(candidate: Any) -> Typed:
    return Typed(candidate)
