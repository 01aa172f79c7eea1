"""What makes two answers the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from operator import itemgetter
from typing import Any, Protocol

__all__ = ["Seen", "answer_key", "are_distinct", "are_distinct_values", "key_of", "text_key", "value_key"]

_HEAD = 32  # characters
_SHORTEST = 16  # characters of a beginning that two texts must share to be the same
_CUTS = (slice(16), slice(-16, None), slice(64), slice(-64, None))  # where texts differ that are not the same


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
    alike = [texts]
    for cut in _CUTS:
        alike = [group for texts in alike for group in _alike(texts, cut)]
        if not alike:
            return True
    return all(len(set(map(text_key, group))) == len(group) for group in alike)


def _alike(texts: Sequence[str], cut: slice) -> Iterable[Sequence[str]]:
    """The groups of texts that are not told apart by the piece at ``cut``."""
    keys = _plain_keys(list(map(itemgetter(cut), texts)), cut) or [_key_at(text, cut) for text in texts]
    if len(set(keys)) == len(texts):
        return ()
    groups: dict[str, list[str]] = {}
    for key, text in zip(keys, texts, strict=True):
        groups.setdefault(key, []).append(text)
    return [group for group in groups.values() if len(group) > 1]


def _plain_keys(pieces: list[str], cut: slice) -> list[str] | None:
    """The keys of pieces that are as long as the cut and hold single blanks alone; None if one of them does not."""
    length = cut.stop or -cut.start
    between = "| " if cut.stop else " |"  # shows a blank where the text begins, or ends
    joined = between.join(["", *pieces, ""])
    if len(joined) != len(pieces) * (length + 2) + 2:
        return None
    if "\n" in joined:
        pieces = [piece.replace("\n", " ") if "\n" in piece else piece for piece in pieces]
        joined = joined.replace("\n", " ")
    # (What is printable holds no white space but blanks.)
    if not joined.isprintable() or "  " in joined:
        return None
    keys = list(map(str.casefold, pieces))
    # (Some letters become several; nothing beyond the first ones counts.)
    return keys if joined.isascii() or len("".join(keys)) == length * len(keys) else None


def _key_at(text: str, cut: slice) -> str:
    """The piece at ``cut`` of a text's key, mostly without looking at all of the text."""
    wide = slice(2 * cut.stop) if cut.stop else slice(2 * cut.start, None)
    key = text_key(text[wide])
    return (key if len(key) >= (cut.stop or -cut.start) else text_key(text))[cut]


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
