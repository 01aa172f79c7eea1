"""The candidates in a JSON value, if it is one list of records that are all alike: names are resolved once for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from ...values.repairs import Repair
from ..candidate.asked import TEXT_FIELD, Asked
from ..candidate.assemble import portable
from ..candidate.columns import Columns, Records
from ..candidate.fields import is_prose, name_of_texts, number_at, written
from ..candidate.placeholders import LONGEST, is_placeholder
from ..candidate.typed import Typed
from ..language import names
from ..numbers.number import Number
from ..page.swallowed import restored

__all__ = ["columns_of"]

_LONGEST_KEY = 60
_LIKE_A_NUMBER = 12  # characters of a text that might be read as a number
_SCALARS = frozenset((int, float, bool, type(None)))
_NUMBERS = frozenset((int, float))
_PORTABLE = frozenset((int, bool, str, type(None)))
_NUMBER_KINDS = frozenset((int, float, bool, str))
_SWALLOWED = "\b\t\f\r"


def columns_of(value: Any, payload: str, asked: Asked, kind: Typed | None, *, lines: bool = False) -> Columns | None:
    """The candidates of a value that holds nothing doubtful; otherwise None.

    Args:
        value: What a JSON library made of the payload.
        payload: The JSON; a key that it repeats in an object would hide an answer.
        asked: The names that were asked for.
        kind: The candidates' own type, if they have one.
        lines: Whether the value is a list of objects that stood a line each.
    """
    repairs: list[Repair] = []
    root: dict[str, Any] = {}
    items = value
    key: str | None = None
    if type(value) is dict:
        key = _key_of_list(value)
        if key is None:
            return None
        root, items = value, value[key]
        if key != "responses":
            repairs.append(Repair.OTHER_KEYS)
    elif type(value) is list:
        repairs.append(Repair.OTHER_SHAPE)
    if not items or type(items) is not list or type(items[0]) is not dict:
        return None
    keys = tuple(items[0])
    probability = asked.probability_in(keys)
    if len(keys) < 2 or probability is None or not _are_plain(keys):
        return None
    try:
        # (Rows of their own would be as many objects for the garbage collector to look at. What a record has
        # beside these keys is more than is read here, and found below.)
        table: dict[str, Sequence[Any]] = {key: list(map(itemgetter(key), items)) for key in keys}
    except (KeyError, TypeError):
        return None
    kinds = {key: set(map(type, column)) for key, column in table.items()}
    if not _says_all(table, kinds, root, payload):
        return None
    numbers = _numbers(probability, table.pop(probability), kinds[probability])
    if numbers is None:
        return None
    if probability != asked.probability:
        repairs.append(Repair.OTHER_KEYS)
    name = TEXT_FIELD if TEXT_FIELD in table else name_of_texts(table)
    if key and not (names.is_wrapper(key) or names.is_probability(key)) and not _are_texts(table, name):
        return None
    if lines and (names.text_rank(name or "") is None or any(name[-1:].isdigit() for name in keys)):
        return None
    found = Columns([], numbers, reasoning=_reasoning(root) if root else None)
    filled = (
        _untyped(found, table, kinds, name, repairs)
        if kind is None
        else _typed(found, table, kinds, name, repairs, kind)
    )
    if not filled:
        return None
    if len(root) > 1 and any(type(said) is str and is_prose(said, other) for other, said in root.items()):
        repairs.append(Repair.PROSE)
    found.repairs = tuple(dict.fromkeys(repairs)) if len(repairs) > 1 else tuple(repairs)
    return found


def _key_of_list(value: dict[str, Any]) -> str | None:
    """The key of the only container in an object, if it can be nothing but the list of candidates."""
    found: str | None = None
    for key, part in value.items():
        if type(part) is list and found is None:
            found = key
        elif isinstance(part, dict | list):
            return None
    if found is None or (len(value) == 1 and found == "responses"):
        return found
    if names.is_alternative(found) or names.is_draft(found) or any(key[-1:].isdigit() for key in value):
        return None
    return found if _are_plain(tuple(value)) else None


@lru_cache(maxsize=256)
def _are_plain(keys: tuple[str, ...]) -> bool:
    return all(len(key) <= _LONGEST_KEY and key.isprintable() for key in keys)


def _are_texts(table: Mapping[str, Sequence[Any]], name: str | None) -> bool:
    """Whether nothing in records under an unknown name can be taken for a map of numbers, or for a further list."""
    if name is None or any(isinstance(v, dict | list) for v in chain.from_iterable(table.values())):
        return False
    return all(type(text) is str and len(text) > _LIKE_A_NUMBER for text in table[name])


def _says_all(
    table: Mapping[str, Sequence[Any]], kinds: Mapping[str, set[type]], root: Mapping[str, Any], payload: str
) -> bool:
    """Whether the payload says neither more than this nor something else."""
    pieces: list[str] = []
    said = 0
    count = 0
    for name, column in table.items():
        count = len(column)
        if kinds[name] == {str}:
            said += count
            pieces += column
        elif not kinds[name] <= _SCALARS:
            if names.is_probability(name):
                return False
            before = len(pieces)
            for part in column:
                if not _walk(part, pieces, 0):
                    return False
            said += len(pieces) - before
    pieces += table
    for key, part in root.items():
        pieces.append(key)
        if type(part) is str:
            pieces.append(part)
            said += 1
    said += len(table) * count + len(root)
    joined = "".join(pieces)
    # (Of the keys, which are written in every record, those with quotes in them are none that we know.)
    if payload.count('"') != 2 * said + joined.count('"'):
        return False
    if any(sign in joined for sign in _SWALLOWED) or ("$" in joined and "\n" in joined):
        return all(restored(piece) == piece for piece in pieces)
    return True


def _walk(part: Any, pieces: list[str], depth: int) -> bool:
    """Collects the strings in a value; False if it is too deep."""
    if type(part) is str:
        pieces.append(part)
    elif isinstance(part, dict | list):
        if depth == 8:
            return False
        if isinstance(part, dict):
            if any(map(names.is_probability, part)):
                return False
            pieces += part
        return all(_walk(inner, pieces, depth + 1) for inner in (part.values() if isinstance(part, dict) else part))
    return True


def _numbers(name: str, column: Sequence[Any], kinds: set[type]) -> Sequence[float] | Sequence[Number] | None:
    """The numbers of the candidates: bare ones, or what they say otherwise; None if one is missing."""
    if kinds <= _NUMBERS and not (names.is_percent_name(name) or names.is_rating(name)):
        try:
            if math.isfinite(sum(column)):
                return column if kinds == {float} else list(map(float, column))
        except OverflowError:
            return None
    if not kinds <= _NUMBER_KINDS:
        return None
    known: dict[Any, Number] = {}  # (a reply writes few numbers many times)
    keys = (
        column if kinds == {str} else list(zip(map(type, column), column, strict=True))
    )  # 1 is True, but not the same
    for key, value in dict(zip(keys, column, strict=True)).items():
        number = number_at(name, value)
        if number is None or number.stated is None:
            return None
        known[key] = number
    return list(map(known.__getitem__, keys))


def _reasoning(root: Mapping[str, Any]) -> str | None:
    if len(root) == 1 or any(map(names.is_probability, root)):
        return None
    for key, value in root.items():
        if names.is_reasoning(key) and not isinstance(value, list) and (text := written(value)):
            return text
    return None


def _untyped(
    found: Columns,
    table: dict[str, Sequence[Any]],
    kinds: Mapping[str, set[type]],
    name: str | None,
    repairs: list[Repair],
) -> bool:
    """Fills in the texts and what stands beside them; False if one of them is in doubt."""
    if name is None or kinds[name] != {str}:
        return False
    texts: Sequence[str] = table.pop(name)
    if name != TEXT_FIELD:
        repairs.append(Repair.OTHER_KEYS)
    shortest = min(map(len, texts))
    if not shortest or any(map(str.isspace, texts)):
        return False
    if shortest <= LONGEST:
        numbers = [number if isinstance(number, Number) else Number(number) for number in found.numbers]
        for text, number in zip(texts, numbers, strict=True):
            if len(text) <= LONGEST and is_placeholder(text, number):
                return False
    found.texts = texts
    if table:
        found.beside = Records(
            {key: column if kinds[key] <= _PORTABLE else list(map(portable, column)) for key, column in table.items()}
        )
    return True


def _typed(
    found: Columns,
    table: dict[str, Sequence[Any]],
    kinds: Mapping[str, set[type]],
    name: str | None,
    repairs: list[Repair],
    kind: Typed,
) -> bool:
    """Fills in the values and their texts; False if one of them does not validate."""
    if kind.is_object:
        records: list[Any] = [*Records(table)]
    elif name is None or kinds[name] != {str}:
        return False
    else:
        if name != TEXT_FIELD:
            repairs.append(Repair.OTHER_KEYS)
        records = list(table[name])
    values = kind.read_all(records)
    if values is None:
        return False
    found.values, found.texts = values
    return True
