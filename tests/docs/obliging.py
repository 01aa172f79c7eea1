"""A model that does as it is told: whatever form is asked for, it answers in that form. Over HTTP, by the scripted
endpoint."""

from __future__ import annotations

import json
import re
from typing import Any

from ..scripted import Answer, chunk, completion, in_events, in_json

_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_HOW_MANY = re.compile(r"(?:list|set) of (?:up to )?(\w+)")


def oblige(body: dict[str, Any]) -> Answer:
    """The reply to the body of a request for a completion, streamed if it asks for that."""
    text = reply_to(body)
    if body.get("stream"):
        pieces = [chunk(text[i : i + 20]) for i in range(0, len(text), 20)]
        return in_events(*pieces, chunk(finish_reason="stop"))
    return in_json(completion(text))


def reply_to(body: dict[str, Any]) -> str:
    asked = " ".join(str(message["content"]) for message in body["messages"])
    found = _HOW_MANY.findall(asked)
    word = found[-1] if found else "three"
    k = int(word) if word.isdigit() else _WORDS.index(word) if word in _WORDS else 3
    schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    if schema:
        return json.dumps(_value(schema, k, 0))
    if "<response>" in asked:
        return "\n".join(
            f"<response><text>Answer {i}</text><probability>{_probability(i)}</probability></response>"
            for i in range(k)
        )
    if "probability" in asked:
        return json.dumps({"responses": [{"text": f"Answer {i}", "probability": _probability(i)} for i in range(k)]})
    return f"Answer {body.get('seed') or 0}"


def _value(schema: dict[str, Any], k: int, index: int, name: str = "answer") -> Any:
    if "enum" in schema:
        return schema["enum"][index % len(schema["enum"])]
    match schema.get("type"):
        case "object":
            return {key: _value(part, k, index, key) for key, part in schema.get("properties", {}).items()}
        case "array":
            return [_value(schema["items"], k, i) for i in range(k)]
        case "number":
            return _probability(index)
        case "integer":
            return index
        case "boolean":
            return index % 2 == 0
    return f"{name.capitalize()} {index}" if name != "text" else f"Answer {index}"


def _probability(index: int) -> float:
    return round(max(0.09 - index / 100, 0.01), 2)
