"""What makes two answers the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from operator import itemgetter
from typing import Any, Protocol

__all__ = ["Seen", "answer_key", "are_distinct", "are_distinct_values", "key_of", "text_key", "value_key"]

_HEAD = 32  # characters
_SHORTEST = 16  # characters of a beginning, or an end, that two texts must share to be the same
_BEGINNING = itemgetter(slice(_SHORTEST))
_END = itemgetter(slice(-_SHORTEST, None))


class _Answer(Protocol):
    """A candidate, whole or streamed."""

    @property
    def text(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def typed(self) -> bool: ...


def text_key(text: str) -> str:
    """What two texts have in common that say the same but for case and white space."""
    return " ".join(text.casefold().split())


def answer_key(candidate: _Answer) -> Hashable:
    """What two candidates have in common that are the same answer: their text, or if typed, an equal value."""
    return key_of(candidate.value, candidate.text, typed=candidate.typed)


def key_of(value: Any, text: str, *, typed: bool = False) -> Hashable:
    """The :func:`answer_key` of a candidate with that value and text."""
    return text_key(text) if not typed and isinstance(value, str) and value == text else value_key(value)


def value_key(value: Any) -> Hashable:
    """A hashable key that equal values have in common; values of different types are never the same."""
    return type(value), value if _is_hashable(value) else _contents(value)


def are_distinct(texts: Sequence[str]) -> bool:
    """Whether no two texts have the same :func:`text_key`; how they begin, or end, mostly tells far sooner."""
    if _differ(list(map(_BEGINNING, texts)), "| ") or _differ(list(map(_END, texts)), " |"):
        return True
    groups: dict[str, list[str]] = {}
    for text in texts:
        words = text[:_HEAD].split()
        if len(words) < 3 and len(text) > _HEAD:
            return len(set(map(text_key, texts))) == len(texts)
        groups.setdefault(" ".join(words[:2]).casefold(), []).append(text)
    if len(groups) == len(texts):
        return True
    return all(len(group) == 1 or len(set(map(text_key, group))) == len(group) for group in groups.values())


def _differ(ends: Sequence[str], between: str) -> bool:
    """Whether the keys surely differ where all texts begin, or end; ``between`` has its blank at the outer side."""
    joined = between.join(["", *ends, ""])
    if len(joined) != len(ends) * (_SHORTEST + 2) + 2:  # one is shorter
        return False
    if "\n" in joined:
        ends = [end.replace("\n", " ") if "\n" in end else end for end in ends]
        joined = joined.replace("\n", " ")
    # (What is printable holds no white space but blanks.)
    if not joined.isprintable() or "  " in joined:
        return False
    told = set(map(str.casefold, ends))
    # (Some letters become several; nothing beyond the first ones counts.)
    return len(told) == len(ends) and (joined.isascii() or len("".join(told)) == _SHORTEST * len(ends))


def are_distinct_values(values: Sequence[Any]) -> bool:
    """Whether no two values have the same :func:`value_key`; one of their fields may tell."""
    first = values[0]
    if hasattr(first, "__dict__") and not is_dataclass(first) and set(map(type, values)) == {type(first)}:
        held = list(map(vars, values)) if not _is_hashable(first) else []
        for name in (name for name, value in held[0].items() if isinstance(value, str)) if held else ():
            said = [fields.get(name) for fields in held]
            if set(map(type, said)) == {str} and len(set(said)) == len(values):
                return True
    return len(set(map(value_key, values))) == len(values)


class Seen:
    """Answers that were given so far; most texts are told from each other by how they begin.

    Args:
        typed: Whether they are of a type that was asked for.
    """

    __slots__ = ("_begun", "_keys", "_typed")

    def __init__(self, *, typed: bool = False) -> None:
        self._typed = typed
        self._begun: dict[str, str | set[str]] = {}  # the only text that begins so, or the keys of several
        self._keys: set[Hashable] = set()

    def is_new(self, value: Any, text: str) -> bool:
        """Whether an answer was not given before; from now on it was."""
        if self._typed:
            key = value_key(value)
            new = key not in self._keys
            self._keys.add(key)
            return new
        head = " ".join(text[:_HEAD].split()).casefold()[:_SHORTEST]
        if len(head) < _SHORTEST:
            head = text_key(text)[:_SHORTEST]
        known = self._begun.get(head)
        if known is None:
            self._begun[head] = text
            return True
        keys = self._begun[head] = {text_key(known)} if isinstance(known, str) else known
        new = text_key(text) not in keys
        keys.add(text_key(text))
        return new


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


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
