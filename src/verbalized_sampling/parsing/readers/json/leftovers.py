"""What stands in a JSON value beside its candidates: further lists of them, drafts, and what is not a candidate."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ...candidate.asked import Asked
from ...language import names
from ...language.words import words
from .holders import Holder, all_have_numbers
from .shapes import is_distribution, is_map, is_pairs, is_record
from .values import JsonArray, JsonObject, Node

__all__ = ["Beside", "is_further", "left_beside"]

_NO_ANSWERS = frozenset(
    words(
        "example examples demo demos prompt shot reference references selected selection chosen choice final best "
        "winner winners revised original originals excerpt evaluation evaluations"
    )
)
Part = tuple[Any, tuple[str, ...]]
Beside = tuple[Node | str, tuple[str, ...]]


def left_beside(starts: list[Part], taken: Collection[int], found: Holder, asked: Asked) -> Iterator[Beside]:
    """The parts of a value that were not taken, each with its path.

    These are the lists, maps and objects that look like candidates as a whole, and all other strings.

    Args:
        starts: The value, and what was left of others, each with its path.
        taken: The ids of the containers that need no look any more.
        found: What holds the candidates.
        asked: The names that were asked for.
    """
    first = next((item for node in found.nodes for item in node if isinstance(item, JsonObject)), None)
    texts = None if first is None else {key for key in first if not asked.is_probability(key)}
    stack = starts[::-1]
    while stack:
        part, path = stack.pop()
        if isinstance(part, str):
            yield part, path
        elif isinstance(part, JsonObject | JsonArray) and id(part) not in taken:
            if path and (_looks_like_candidates(part, asked) or _are_records(part, texts)):
                yield part, path
                continue
            if isinstance(part, JsonObject):
                within = list(part.items())
                within += [(key, value) for key, value, _ in part.again or ()]
            else:
                within = [(str(i), value) for i, value in enumerate(part)]
            stack += [(value, (*path, key)) for key, value in reversed(within)]


def _looks_like_candidates(part: Node, asked: Asked) -> bool:
    if isinstance(part, JsonArray):
        return all_have_numbers(part, asked) or is_pairs(part)
    if is_map(part):
        return is_distribution(part)
    return asked.probability_in(part) is not None and is_record(part, asked)


def _are_records(part: Node, keys: set[str] | None) -> bool:
    """Whether a list holds records with these keys: they are like the candidates, but for their numbers."""
    return (
        isinstance(part, JsonArray)
        and bool(part)
        and all(isinstance(item, JsonObject) and item.keys() == keys for item in part)
    )


def is_further(part: JsonArray, path: tuple[str, ...], found: Holder, asked: Asked) -> bool:
    """Whether a list beside the candidates holds more of them: of the same kind, at the same depth, after them."""
    first = found.nodes[0]
    if not (isinstance(first, JsonArray) and all_have_numbers(first, asked) and all_have_numbers(part, asked)):
        return False
    if part.start < first.start or len(path) != len(found.path) or (len(path) > 1 and path[-1] != found.path[-1]):
        return False
    named = {word for key in path for word in names.normalised(key).split("_")}
    return part[0].keys() == first[0].keys() and named.isdisjoint(_NO_ANSWERS) and not any(map(names.is_draft, path))
