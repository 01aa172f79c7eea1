"""What makes two answers the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from .candidate import Candidate

__all__ = ["answer_key", "are_distinct", "key_of", "text_key", "value_key"]

_HEAD = 32  # characters


def text_key(text: str) -> str:
    """What two texts have in common that say the same but for case and white space."""
    return " ".join(text.casefold().split())


def answer_key(candidate: Candidate[Any]) -> Hashable:
    """What two candidates have in common that are the same answer: their text, or if typed, an equal value."""
    return key_of(candidate.value, candidate.text)


def key_of(value: Any, text: str) -> Hashable:
    """The :func:`answer_key` of a candidate with that value and text."""
    return text_key(text) if isinstance(value, str) and value == text else value_key(value)


def value_key(value: Any) -> Hashable:
    """A hashable key that equal values have in common; values of different types are never the same."""
    try:
        hash(value)
    except TypeError:
        return type(value), _contents(value)
    return type(value), value


def are_distinct(texts: Sequence[str]) -> bool:
    """Whether no two texts have the same :func:`text_key`; mostly told by two words, far faster than by keys."""
    begun: dict[str, list[str]] = {}
    for text in texts:
        words = text[:_HEAD].split()
        if len(words) < 3 and len(text) > _HEAD:
            return len(set(map(text_key, texts))) == len(texts)
        begun.setdefault(" ".join(words[:2]).casefold(), []).append(text)
    if len(begun) == len(texts):
        return True
    return all(len(group) == 1 or len(set(map(text_key, group))) == len(group) for group in begun.values())


def _contents(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return frozenset((value_key(key), value_key(inner)) for key, inner in value.items())
    if isinstance(value, AbstractSet):
        return frozenset(value)
    if isinstance(value, Sequence):
        return tuple(map(value_key, value))
    if is_dataclass(value):
        return tuple(value_key(getattr(value, field.name)) for field in fields(value) if field.compare)
    if hasattr(value, "__dict__"):  # pydantic's models, and whatever else compares by what it holds
        return value_key(vars(value)), value_key(getattr(value, "__pydantic_extra__", None))
    return repr(value)
