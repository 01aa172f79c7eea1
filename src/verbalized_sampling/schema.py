"""JSON schemas that constrain a reply to the wire format."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .weights import Definition

__all__ = ["bounded", "response_schema"]

_LOCAL_NUMBERS: dict[Definition, list[float]] = {
    Definition.PERCENTAGE: list(range(1, 100)),
    Definition.PERPLEXITY: list(range(1, 101)),
    Definition.NLL: list(range(1, 301)),
}
_FRACTIONS = [i / 100 for i in range(1, 100)]


def response_schema(k: int, definition: Definition, *, reasoning: bool, local: bool) -> dict[str, Any]:
    """The schema of ``{"responses": [{"text": …, "probability": …}]}``.

    Args:
        k: Candidates asked for; only local schemas enforce it.
        definition: What the number is; local schemas list its values.
        reasoning: Whether a ``reasoning`` field comes first (VS-CoT).
        local: For grammar samplers: exactly ``k`` items, and the number as a list of choices, because grammars do
            not bound numbers. Otherwise portable: bare types and every field required, which is all that the
            strict modes of hosted endpoints accept.
    """
    number: dict[str, Any] = {"type": "number"}
    if local:
        number = {"enum": _LOCAL_NUMBERS.get(definition, _FRACTIONS)}
    responses: dict[str, Any] = {"type": "array", "items": _object({"text": {"type": "string"}, "probability": number})}
    if local:
        responses |= {"minItems": k, "maxItems": k}
    return _object({"reasoning": {"type": "string"}, "responses": responses} if reasoning else {"responses": responses})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def bounded(schema: dict[str, Any], characters: int) -> dict[str, Any]:
    """A copy of a response schema whose texts are at most that long, for models that do not stop by themselves."""
    copy = deepcopy(schema)
    copy["properties"]["responses"]["items"]["properties"]["text"].setdefault("maxLength", characters)
    return copy
