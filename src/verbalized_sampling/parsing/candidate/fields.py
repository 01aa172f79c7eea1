"""The text and the number among the fields of a candidate."""

from __future__ import annotations

import json
from typing import Any

from ...repairs import Repair
from ..language import names
from ..language.words import words
from ..numbers.number import Number, Unit, number_in

__all__ = ["is_prose", "nested_number", "number_at", "text_of", "written"]


def text_of(fields: dict[str, Any]) -> tuple[str | None, bool]:
    """The text among a candidate's fields, and whether it stood under another name than ``text``."""
    if "text" in fields:
        return written(fields["text"]), False
    labels = _labels(fields)
    ranked = sorted((rank, key) for key in fields if (rank := names.text_rank(key)) is not None)
    for _, key in ranked:
        if key not in labels:
            return written(fields[key]), True
    for passed_over in (_NO_TEXTS, (names.is_bookkeeping,), ()):
        parts = [
            text
            for key, value in fields.items()
            if not any(test(key) for test in passed_over)
            and not (passed_over is _NO_TEXTS and key in labels)
            and (text := written(value))
            and text.strip()
        ]
        if parts:
            return "\n".join(parts), True
    return None, True


_COUNTED_NAMES = frozenset(words("option idea candidate suggestion variant choice"))
_ASKED = frozenset(words("prompt query question"))
_NO_TEXTS = (names.is_bookkeeping, names.is_reasoning, names.is_aside)


def _labels(fields: dict[str, Any]) -> set[str]:
    """The fields that only count the candidates ({"option": 1, "joke": …}): a text proper stands beside them."""
    counting = {key for key, value in fields.items() if _is_count(value)}
    if not counting:
        return set()
    texts = [name for name, value in fields.items() if isinstance(value, str) and len(value) > 3]
    if any(map(_is_answer, texts)):
        return counting
    return {key for key in counting if names.normalised(key) in _COUNTED_NAMES} if any(map(_is_other, texts)) else set()


def _is_count(value: Any) -> bool:
    """Whether a value may be a candidate's number in its list, or its letter."""
    if isinstance(value, str):
        return (len(value) == 1 and value.isalpha()) or (len(value) < 4 and value.isdigit())
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000


def _is_answer(name: str) -> bool:
    return (names.text_rank(name) is not None or names.is_title(name)) and names.normalised(name) not in _ASKED


def _is_other(name: str) -> bool:
    return not names.is_probability(name) and not any(test(name) for test in _NO_TEXTS)


def written(value: Any) -> str | None:
    """A value as a text; None if it says nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list) and (told := text_wrapped_in(value)) is not None:
        return told
    if isinstance(value, dict) and isinstance(value.get("type"), str) and ("description" in value or len(value) == 1):
        return None  # a JSON schema
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None
    return str(value)


def text_wrapped_in(value: dict[str, Any] | list[Any]) -> str | None:
    """What a value says that only wraps a text ({"role": "assistant", "content": …}), or several in a row."""
    if isinstance(value, list):
        parts = [
            part if isinstance(part, str) else text_wrapped_in(part) if isinstance(part, dict) else None
            for part in value
        ]
        texts = [part for part in parts if part is not None]
        return "\n".join(texts) if texts and len(texts) == len(parts) else None
    meant = [key for key in value if not names.is_bookkeeping(key)]
    if len(meant) != 1 or (names.text_rank(meant[0]) is None and meant[0] != "parts"):
        return None
    text = value[meant[0]]
    return text if isinstance(text, str) else text_wrapped_in(text) if isinstance(text, dict | list) else None


def number_at(key: str, value: Any) -> Number | None:
    number = number_in(value, percent=names.is_percent_name(key))
    if number and isinstance(value, str) and number.repair is None and number.unit is not Unit.PERCENT:
        return Number(number.stated, number.unit, Repair.NUMBER_FORMAT)
    return number


def nested_number(value: Any) -> Number | None:
    """{"probability": {"value": 0.12}} or [0.12]"""
    if isinstance(value, dict) or (isinstance(value, list) and len(value) == 1):
        if isinstance(value, dict) and (key := next(filter(names.is_probability, value), None)) is not None:
            return number_at(key, value[key])
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, int | float) and not isinstance(inner, bool):
                return number_in(inner)
    return None


_ABOUT_THE_PROMPT = frozenset(
    words("prompt query question topic subject input instruction instructions task request model")
)
_MOST_LETTERS_OF_A_MARK = 7


def is_prose(value: str, key: str) -> bool:
    """Whether a string beside the candidates says something, and nothing that was asked."""
    if names.is_reasoning(key) or names.is_bookkeeping(key) or names.normalised(key) in _ABOUT_THE_PROMPT:
        return False
    return len(value) > _MOST_LETTERS_OF_A_MARK and sum(map(str.isalpha, value)) > _MOST_LETTERS_OF_A_MARK
