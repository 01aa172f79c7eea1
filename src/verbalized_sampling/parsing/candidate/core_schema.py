"""What pydantic makes of objects, compared with what it makes of JSON."""

from __future__ import annotations

from typing import Any

from ..language.words import words

__all__ = ["takes_objects_as_json"]

# (JSON has no dates, sets and bytes, so a text may be any of them; in an object it is a text.)
_SAME_FROM_JSON = frozenset(
    words(
        "any bool computed-field default definition-ref definitions dict float function-after function-before"
        " function-wrap int list literal model model-field model-fields no-info none nullable str typed-dict"
        " typed-dict-field"
    )
)
_NOT_OF_INPUT = ("cls", "default", "expected", "metadata", "serialization")


def takes_objects_as_json(schema: Any) -> bool:
    """Whether a type's core schema makes the same of an object as of the JSON that stands for it."""
    if isinstance(schema, list | tuple):
        return all(map(takes_objects_as_json, schema))
    if not isinstance(schema, dict):
        return True
    kind = schema.get("type")
    if not isinstance(kind, str):  # fields by their names
        return all(map(takes_objects_as_json, schema.values()))
    if kind not in _SAME_FROM_JSON or schema.get("strict"):
        return False
    if not all(isinstance(expected, str) for expected in schema.get("expected", ())):
        return False
    return all(takes_objects_as_json(part) for key, part in schema.items() if key not in _NOT_OF_INPUT)
