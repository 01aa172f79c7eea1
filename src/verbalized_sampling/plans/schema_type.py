"""From a JSON schema to the type that pydantic validates by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

__all__ = ["schema_type"]

_PLAIN = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}


def schema_type(schema: Mapping[str, Any], name: str = "Candidate") -> Any:
    """A ``TypedDict`` for a schema of an object, and what Python has for any other; a recursion is left open.

    Args:
        schema: The schema; references lead to places within it.
        name: What an object without a title is called.
    """
    return _of(schema, schema, str(schema.get("title", name)), ())


def _of(schema: Any, root: Mapping[str, Any], name: str, within: tuple[str, ...]) -> Any:
    if not isinstance(schema, Mapping):  # true allows anything
        return Any
    if reference := schema.get("$ref"):
        target = None if reference in within else _at(root, str(reference))
        return Any if target is None else _of(target, root, name, (*within, str(reference)))
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "const" in schema:
        return Literal[schema["const"]]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _union([_of(option, root, name, within) for option in schema[union]])
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union([_of({**schema, "type": one}, root, name, within) for one in kind])
    if kind == "array":
        return list[_of(schema.get("items", {}), root, name, within)]  # type: ignore[misc]
    if isinstance(schema.get("properties"), Mapping):
        return _object(schema, root, name, within)
    return dict[str, Any] if kind == "object" else _PLAIN.get(str(kind), Any)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], name: str, within: tuple[str, ...]) -> Any:
    from typing_extensions import TypedDict

    required = schema.get("required", ())
    fields: dict[str, Any] = {}
    for key, field in schema["properties"].items():
        hint = _described(_of(field, root, key.title(), within), field)
        fields[key] = hint if key in required else NotRequired[hint]
    typed_dict: Any = TypedDict  # the fields are known only now
    made = typed_dict(name, fields)
    made.__doc__ = schema.get("description")
    return made


def _described(hint: Any, field: Any) -> Any:
    from pydantic import Field

    words = field.get("description") if isinstance(field, Mapping) else None
    return Annotated[hint, Field(description=words)] if isinstance(words, str) else hint


def _at(root: Mapping[str, Any], reference: str) -> Any:
    place: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            place = place.get(step) if isinstance(place, Mapping) else None
    return place


def _union(options: list[Any]) -> Any:
    union = options[0]
    for option in options[1:]:
        union = union | option
    return union
