"""Which part of a JSON value holds the candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...candidate.asked import Asked
from ...language import names
from .shapes import (
    is_bare_map,
    is_distribution,
    is_keyed_numbers,
    is_keyed_records,
    is_map,
    is_numbered,
    is_pairs,
    is_parts,
    is_record,
    is_single_maps,
    is_strings,
    numbers_beside,
)
from .values import JsonArray, JsonObject, Node, breadth_first

__all__ = ["Holder", "all_have_numbers", "find_holder"]


@dataclass(frozen=True, slots=True)
class Holder:
    """What holds the candidates.

    Attributes:
        nodes: The list, or the object that serves as one; several if the candidates stand in groups.
        path: The keys that lead there.
        numbers: Their numbers, if these stand in a list or an object of their own.
        sure: Whether nothing else than candidates looks like this.
    """

    nodes: tuple[Node, ...]
    path: tuple[str, ...]
    numbers: Node | None = None
    sure: bool = True


def find_holder(root: Node, asked: Asked) -> Holder | None:
    """The lists or objects whose items are candidates, nearest to the root; drafts count if nothing else is there."""
    found = _find(root, breadth_first(root), asked)
    if found is None or not any(map(names.is_draft, found.path)):
        return found
    settled = (place for place in breadth_first(root) if not any(map(names.is_draft, place[1])))
    return _find(root, settled, asked) or found


def _find(root: Node, nodes: Iterable[tuple[Node, tuple[str, ...]]], asked: Asked) -> Holder | None:
    parts: Holder | None = None
    texts: Holder | None = None
    unnamed: Holder | None = None
    guess: Holder | None = None
    beside = numbers_beside(root)
    numbers_only = {id(numbers) for numbers in beside.values()}
    for node, path in nodes:
        if id(node) in numbers_only:
            continue
        named = bool(path) and (names.is_wrapper(path[-1]) or names.is_probability(path[-1]))
        if groups := _groups(node, asked, named=named or not path):
            return Holder(groups, path)
        if isinstance(node, JsonArray):
            if _holds_records(node, asked) or is_pairs(node) or is_single_maps(node):
                if is_parts(node, asked) and beside.get(id(node)) is None:
                    parts = parts or Holder((node,), path)  # one of them may hold the list
                    continue
                if named or len(path) != 1:
                    return Holder((node,), path, beside.get(id(node)))
                unnamed = unnamed or Holder((node,), path)  # {"steps": […], "responses": […]}
            elif texts is None and is_strings(node):
                numbers = beside.get(id(node))
                if numbers is not None or named or not path or names.text_rank(path[-1]) is not None:
                    texts = Holder((node,), path, numbers)
        elif is_keyed_records(node, asked) or is_keyed_numbers(node, asked) or is_numbered(node):
            return Holder((node,), path)
        elif is_map(node) and asked.fields.isdisjoint(node):  # else it is a record of numbers
            if named or is_distribution(node):
                return Holder((node,), path)
            if guess is None and len(path) < 2 and is_bare_map(node):
                guess = Holder((node,), path, sure=False)
        elif texts is None and (numbers := beside.get(id(node))) is not None:
            texts = Holder((node,), path, numbers)
    return parts or unnamed or texts or guess


def _holds_records(node: JsonArray, asked: Asked) -> bool:
    return any(isinstance(item, JsonObject) and is_record(item, asked) for item in node)


def _groups(node: Node, asked: Asked, *, named: bool) -> tuple[Node, ...]:
    """The lists of candidates that stand side by side in a value: {"common": […], "rare": […]}."""
    if not named:
        return ()
    items: Iterable[tuple[str, Any]] = node.items() if isinstance(node, JsonObject) else (("", v) for v in node)
    groups: list[JsonArray] = []
    for key, value in items:
        if isinstance(value, JsonArray) and not names.is_wrapper(key) and all_have_numbers(value, asked):
            if names.is_draft(key):
                return ()  # the others replace it
            groups.append(value)
        elif isinstance(value, dict | list):
            return ()
    return tuple(groups) if len(groups) > 1 else ()


def all_have_numbers(node: JsonArray, asked: Asked) -> bool:
    """Whether a list holds nothing but records, and at least one of them states its number."""
    records = [item for item in node if isinstance(item, JsonObject)]
    return (
        bool(records)
        and len(records) == len(node)
        and all(is_record(item, asked) for item in records)
        and any(asked.probability_in(item) is not None for item in records)
    )
