"""The candidates in a JSON value that holds texts and numbers, but no records.

{"Paris": 0.6, "Rome": 0.4}, [["Paris", 0.6], …], [{"Paris": 0.6}, …], {"texts": ["Paris", …], "probabilities": […]}
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from ....values.repairs import Repair
from ...candidate.columns import Columns
from ...candidate.fields import is_prose, written
from ...candidate.placeholders import LONGEST, is_placeholder
from ...language import names
from ...numbers.amounts import is_share, sum_to
from ...numbers.number import Number
from ...numbers.scale import may_be_anything
from ...page.swallowed import restored
from .plain import MAY_BE_JSON

__all__ = ["is_meant_so", "read_map"]

_FLOATS = frozenset((int, float))
_LONGEST_FIELD_NAME = 100  # letters of a key that may be the name of a field
# What makes names longer than that: brackets behind them, and more than one sign between words.
_SIGNS_OF_LONGER_NAMES = ("(", "（", "[", "  ", "--", "__", "-_", "_-", "- -", "_ _", " \n", "\n ", "\n\n", "\t")
_LONGEST_IN_OTHER_QUOTES = 90  # letters of a key, each of which may be written in two
_SWALLOWING = "\b\t\f\r$"
Told = tuple[Sequence[str], Sequence[float], dict[Repair, None]]


def read_map(value: Any, *, reply: str | None = None, repaired: bool = False) -> Columns | None:
    """The candidates of a value whose texts stand as keys, in pairs, or in a list of their own; otherwise None.

    Args:
        value: What the JSON says.
        reply: The reply, if nothing else stands in it.
        repaired: Whether it was written in other quotes.
    """
    root: dict[str, Any] = {}
    key: str | None = None
    inner = value
    if type(value) is dict and any(map(_is_container, value.values())):
        root = value
        holding = [name for name, part in root.items() if _is_container(part)]
        if not all(map(_is_beside, root, root.values())):
            return None
        if len(holding) == 2:
            return _finished(_parallel(root, *holding), root, holding)
        key, inner = holding[0], root[holding[0]]
        if len(holding) != 1 or not _holds(key, inner):
            return None
    told = _members(inner, named=key is not None, reply=reply) if type(inner) is dict else _items(inner)
    if told is None or (repaired and max(map(len, told[0])) > _LONGEST_IN_OTHER_QUOTES):
        return None
    if key not in (None, "responses"):
        told[2][Repair.OTHER_KEYS] = None
    if key is None or type(inner) is dict or type(inner[0]) is list:
        told[2][Repair.OTHER_SHAPE] = None
    return _finished(told, root, [] if key is None else [key])


def is_meant_so(strings: Iterable[str]) -> bool:
    """Whether no string lacks a backslash that JSON swallowed."""
    known = list(strings)
    joined = "".join(known)
    return not any(sign in joined for sign in _SWALLOWING) or all(restored(one) == one for one in known)


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list)


def _is_beside(key: str, value: Any) -> bool:
    """Whether a member can only hold the candidates, or stand beside them."""
    if key[-1:].isdigit() or len(key) > _LONGEST_FIELD_NAME or not key.isprintable():
        return False
    if _is_container(value):
        return not (names.is_draft(key) or names.is_alternative(key) or names.is_reasoning(key))
    return names.text_rank(key) is None and not names.is_probability(key)


def _holds(key: str, inner: Any) -> bool:
    """Whether candidates can stand under a key."""
    return names.is_wrapper(key) or (type(inner) is dict and len(inner) > 1 and names.is_probability(key))


def _members(map_: dict[str, Any], *, named: bool, reply: str | None) -> Told | None:
    """The texts that are keys, and their numbers; the reply, if it is nothing else."""
    numbers = _numbers(list(map_.values()))
    if numbers is None or not map_ or _may_be_names(map_):
        return None
    is_whole = len(numbers) > 1 and min(numbers) >= 0 and (sum_to(numbers) or _are_percents(numbers))
    if named or is_whole:
        return list(map_), numbers, {}
    # (Any other fractions are candidates if nothing else is, and nobody calls them so.)
    if reply is None or len(map_) < 2 or not all(map(is_share, numbers)) or any(map(_measures, map_)):
        return None
    unlabelled = may_be_anything(list(map(Number, numbers)), reply)
    return list(map_), numbers, {Repair.UNLABELLED: None} if unlabelled else {}


def _are_percents(numbers: Sequence[float]) -> bool:
    return all(map(float.is_integer, numbers)) and sum_to(numbers, 100.0)


def _measures(key: str) -> bool:
    return names.is_bookkeeping(key) or names.is_setting(key)


def _may_be_names(keys: Iterable[str]) -> bool:
    """Whether one of the keys may be the name of a field."""
    short: list[str] = []
    long: list[str] = []
    for key in keys:
        (short if len(key) <= _LONGEST_FIELD_NAME else long).append(key)
    heads = "\0".join([key[:_LONGEST_FIELD_NAME] for key in long])
    if any(sign in heads for sign in _SIGNS_OF_LONGER_NAMES):
        short += [key for key in long if any(sign in key[:_LONGEST_FIELD_NAME] for sign in _SIGNS_OF_LONGER_NAMES)]
    return any(map(_is_name, short))


def _is_name(key: str) -> bool:
    return (
        names.text_rank(key) is not None or names.is_probability(key) or names.is_reasoning(key) or names.is_error(key)
    )


def _items(items: Any) -> Told | None:
    """The texts and the numbers of pairs, or of maps of one member each."""
    kinds = set(map(type, items))
    if kinds == {list} and set(map(len, items)) == {2}:
        first, second = map(list, zip(*items, strict=True))
        texts, stated = (first, second) if type(first[0]) is str else (second, first)
        numbers = _numbers(stated)
    elif kinds == {dict} and set(map(len, items)) == {1} and len(items) > 1:
        texts = list(chain.from_iterable(items))
        numbers = _numbers(list(chain.from_iterable(item.values() for item in items)))
        if numbers is None or not all(map(is_share, numbers)) or _may_be_names(texts):
            return None
    else:
        return None
    return None if numbers is None or set(map(type, texts)) != {str} else (texts, numbers, {})


def _parallel(root: dict[str, Any], one: str, two: str) -> Told | None:
    """The texts of one list, and the numbers of the other."""
    if names.are_probabilities(one) == names.are_probabilities(two):
        return None
    key, of_numbers = (two, one) if names.are_probabilities(one) else (one, two)
    texts, numbers = root[key], root[of_numbers]
    if type(texts) is not list or type(numbers) is not list or len(texts) != len(numbers) or len(texts) < 2:
        return None
    stated = _numbers(numbers)
    if stated is None or set(map(type, texts)) != {str} or any(t.lstrip()[:1] in MAY_BE_JSON for t in texts):
        return None
    return texts, stated, {Repair.OTHER_SHAPE: None} | ({} if key == "responses" else {Repair.OTHER_KEYS: None})


def _numbers(values: list[Any]) -> list[float] | None:
    """The numbers, if they are nothing else."""
    if not set(map(type, values)) <= _FLOATS:
        return None
    try:
        numbers = list(map(float, values))
    except OverflowError:
        return None
    return numbers if math.isfinite(math.fsum(map(abs, numbers))) else None


def _finished(told: Told | None, root: dict[str, Any], holding: Sequence[str]) -> Columns | None:
    """The columns, if each text is an answer."""
    if told is None:
        return None
    texts, numbers, repairs = told
    beside = {key: value for key, value in root.items() if key not in holding}
    if not is_meant_so(chain((value for value in beside.values() if type(value) is str), texts)):
        return None
    for text, number in zip(texts, numbers, strict=True):
        if len(text) <= LONGEST and (not text.strip() or is_placeholder(text, Number(number))):
            return None
        if text.isspace():
            return None
    if any(type(value) is str and is_prose(value, key) for key, value in beside.items()):
        repairs[Repair.PROSE] = None
    found = Columns(texts, numbers, repairs=tuple(repairs))
    if not any(map(names.is_probability, root)):
        found.reasoning = next(
            (written(v) for key, v in beside.items() if names.is_reasoning(key) and written(v)), None
        )
    return found
