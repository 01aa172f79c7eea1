"""Which field of a candidate is its text, and what the others say: its number, or something beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from ...values.repairs import Repair
from ..language import names
from ..language.words import words
from ..numbers.number import Number, Unit, number_in, unit_of
from .asked import TEXT_FIELD

__all__ = [
    "is_about_prompt",
    "is_prose",
    "name_of_texts",
    "nested_number",
    "number_at",
    "others",
    "text_name",
    "text_of",
    "written",
]

_COUNTED_NAMES = frozenset(words("option idea candidate suggestion variant choice"))
_QUESTION_NAMES = frozenset(words("prompt query question"))
_UNSURE_NAMES = frozenset(words("value result"))  # an answer, unless it is a number beside a text
_LESS_SURE = frozenset(words("plan number"))  # answers, unless another field is better
_NO_TEXTS = (names.is_bookkeeping, names.is_reasoning, names.is_aside)

Fields = Mapping[str, Any]


def text_name(records: Sequence[Fields]) -> str | None:
    """Which field of a list of candidates holds the answer; the other fields only stand beside it.

    Args:
        records: The candidates' fields without their number.
    """
    columns: dict[str, list[Any]] = {}
    for fields in records:
        for name, value in fields.items():
            columns.setdefault(name, []).append(value)
    return name_of_texts(columns)


def name_of_texts(columns: Mapping[str, Sequence[Any]]) -> str | None:
    """Which of the columns holds the answers.

    It is the one that was asked for, else one whose name is known, else the string that varies most over the list;
    of equals the first. A field that counts, explains or numbers the candidates is taken if there is no other.
    """
    if TEXT_FIELD in columns:
        return TEXT_FIELD
    said = {name: values for name, values in columns.items() if any(map(_says_something, values))}
    labels = {name for name, values in said.items() if all(map(_is_count, values))} if len(said) > 1 else set()
    texts = [name for name, values in said.items() if any(isinstance(v, str) and len(v) > 3 for v in values)]
    if not any(map(_is_answer, texts)):
        labels = (
            {name for name in labels if names.normalised(name) in _COUNTED_NAMES}
            if any(map(_is_other, texts))
            else set()
        )
    strings = {name for name, values in said.items() if any(isinstance(value, str) for value in values)}
    known = [
        (rank, name)
        for name in said
        if name not in labels
        and (rank := names.text_rank(name)) is not None
        and (name in strings or names.normalised(name) not in _UNSURE_NAMES or not strings - labels)
    ]
    if known:
        return min(known, key=itemgetter(0))[1]
    rest = [name for name in said if name not in labels and _is_other(name)]
    less_sure = [name for name in said if names.normalised(name) in _LESS_SURE]
    explaining = [name for name in said if not names.is_bookkeeping(name)]
    plans = [name for name in less_sure if name in strings and not names.is_bookkeeping(name)]
    for possible in ([*(name for name in rest if name in strings), *plans], less_sure, rest, explaining, list(said)):
        if possible:
            return max(possible, key=lambda name: len(set(map(written, said[name]))))
    return None


def text_of(fields: Fields, name: str | None = None) -> tuple[str | None, str | None]:
    """The text among a candidate's fields, and the name that it stood under; None if nothing is one.

    Args:
        fields: The candidate's fields without its number.
        name: Which of them holds the texts of the list that the candidate stands in.
    """
    if name is None or name not in fields:
        name = text_name([fields])
    return (None if name is None else written(fields[name])), name


def others(fields: Fields, name: str | None) -> Fields:
    """What else is said of a candidate, but for the field that holds its text."""
    return {key: value for key, value in fields.items() if key != name}


def _says_something(value: Any) -> bool:
    return bool((text := written(value)) and text.strip())


def _is_count(value: Any) -> bool:
    """Whether a value may be a candidate's number in its list, or its letter."""
    if isinstance(value, str):
        return (len(value) == 1 and value.isalpha()) or (len(value) < 4 and value.isdigit())
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000


def _is_answer(name: str) -> bool:
    return (names.text_rank(name) is not None or names.is_title(name)) and names.normalised(name) not in _QUESTION_NAMES


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
    """The number that a field states; one in a string is noted, unless its percent sign tells why."""
    number = number_in(value, unit_of(key))
    if number and isinstance(value, str) and number.repair is None and number.unit is not Unit.PERCENT:
        return Number(number.stated, number.unit, Repair.NUMBER_FORMAT)
    return number


def nested_number(value: Any) -> Number | None:
    """The number that a field holds one level further in: {"probability": {"value": 0.12}}, or [0.12]."""
    if isinstance(value, dict) or (isinstance(value, list) and len(value) == 1):
        keys = filter(names.is_probability, value) if isinstance(value, dict) else ()
        named = [number_at(key, value[key]) for key in keys]
        if stated := next((number for number in named if number is not None and number.stated is not None), None):
            return stated
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, int | float) and not isinstance(inner, bool):
                return number_in(inner)
    return None


_ABOUT_THE_PROMPT = frozenset(
    words("prompt query question topic subject input instruction instructions task request model")
)
_MOST_LETTERS_OF_A_MARK = 7


def is_about_prompt(key: str) -> bool:
    """Whether a string under a name says what was asked."""
    return names.normalised(key) in _ABOUT_THE_PROMPT


def is_prose(value: str, key: str) -> bool:
    """Whether a string beside the candidates says something, and nothing that was asked."""
    if names.is_reasoning(key) or names.is_bookkeeping(key) or is_about_prompt(key):
        return False
    return len(value) > _MOST_LETTERS_OF_A_MARK and sum(map(str.isalpha, value)) > _MOST_LETTERS_OF_A_MARK
