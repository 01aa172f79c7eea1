"""JSON schemas that constrain a reply to the wire format."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from ..errors import SettingsError
from ..parsing import probability_field
from ..values.weights import Definition

__all__ = ["LOCAL_NUMBERS", "bounded", "candidate_schema", "response_schema"]

_FRACTIONS: list[float] = [i / 100 for i in range(1, 100)]
LOCAL_NUMBERS: dict[Definition, list[float]] = dict.fromkeys(Definition, _FRACTIONS) | {
    Definition.PERCENTAGE: list(range(1, 100)),
    Definition.PERPLEXITY: list(range(1, 101)),
    Definition.NLL: list(range(1, 301)),
}
"""The numbers a grammar may choose from, for each definition."""
_TEXT = {"type": "string"}
# What the strict modes of hosted endpoints refuse. The values are validated when they are back.
_NOT_PORTABLE = frozenset(
    {"title", "default", "examples", "format", "pattern", "discriminator", "multipleOf", "uniqueItems"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"}
    | {"minItems", "maxItems", "minProperties", "maxProperties"}
)


def response_schema(
    k: int,
    definition: Definition | None = Definition.EXPLICIT,
    *,
    reasoning: bool = False,
    candidate: Any = None,
    local: bool = False,
) -> dict[str, Any]:
    """The schema of ``{"responses": [{"text": …, "probability": …}]}``.

    Args:
        k: Candidates asked for; only local schemas enforce it.
        definition: What the number is (local schemas list its values); None leaves it out.
        reasoning: Whether a ``reasoning`` field comes first (VS-CoT).
        candidate: A type whose fields stand in place of ``text``.
        local: For grammar samplers: exactly ``k`` items, and the number as a list of choices, because grammars do
            not bound numbers. Otherwise portable: bare types and every field required, which is all that the
            strict modes of hosted endpoints accept.
    """
    own = candidate_schema(candidate) if candidate is not None else None
    is_object = own is not None and "properties" in own
    fields = own["properties"] if own and is_object else {"text": _bare(own) if own else _TEXT}
    if definition is not None:
        number = {"enum": LOCAL_NUMBERS[definition]} if local else {"type": "number"}
        fields = {**fields, probability_field(candidate): number}
    responses: dict[str, Any] = {"type": "array", "items": _object(fields)}
    if local:
        responses |= {"minItems": k, "maxItems": k}
    schema = _object({"reasoning": _TEXT, "responses": responses} if reasoning else {"responses": responses})
    return schema | {"$defs": own["$defs"]} if own and "$defs" in own else schema


@lru_cache(maxsize=64)
def candidate_schema(candidate: Any) -> dict[str, Any]:
    """The portable schema of a type: of an object with all its fields, or of a plain value."""
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    probability_field(candidate)  # which says so where it is no type
    try:
        schema: dict[str, Any] = _portable(TypeAdapter(candidate).json_schema())
    except PydanticUserError as error:
        said = error.message.partition("\n")[0]
        raise SettingsError(f"candidate {candidate!r} has no JSON schema to ask a model for: {said}") from error
    if reference := schema.get("$ref"):  # a recursive model refers to itself even at the top
        schema |= schema["$defs"][reference.rpartition("/")[2]]
        del schema["$ref"]
    return schema


def bounded(schema: dict[str, Any], characters: int) -> dict[str, Any]:
    """A copy of a response schema whose texts are at most that long, for models that do not stop by themselves."""
    copy = deepcopy(schema)
    for field in copy["properties"]["responses"]["items"]["properties"].values():
        if field.get("type") == "string" and "enum" not in field:
            field.setdefault("maxLength", characters)
    return copy


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "$defs"}


def _portable(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_portable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs"):  # names of the user's own: a field may be called "format"
            kept[key] = {name: _portable(inner) for name, inner in value.items()}
        elif key == "oneOf":
            kept["anyOf"] = _portable(value)
        elif key in ("enum", "const", "required", "description"):
            kept[key] = value
        elif key not in _NOT_PORTABLE:
            kept[key] = _portable(value)
    return kept | _closed(kept["properties"]) if "properties" in kept else kept


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **_closed(properties)}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"required": list(properties), "additionalProperties": False}
