"""What a model's expansions can be like: good, drifted in part or whole, or a tiny model's.

Drift is made by replacing candidates with those that stand in the same places for another query of the collection.
One draw of that is noisy, so each place (or pair, or triple of places) is drawn once, with another query as the donor
each time; where the places are given, three donors are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from .collection import Collection, Expansion

__all__ = ["CONDITIONS", "Condition"]

Condition = Callable[[Collection], list[list[Expansion]]]
"""Draws, each with one expansion for each query of the collection."""

_PLACES = range(4)


def _good(collection: Collection) -> list[list[Expansion]]:
    return [[query.good for query in collection.queries]]


def _tiny(collection: Collection) -> list[list[Expansion]]:
    return [[query.tiny for query in collection.queries]]


def _drifted(count: int) -> Condition:
    draws = list(combinations(_PLACES, count)) if count < len(_PLACES) else [tuple(_PLACES)] * 3
    return lambda collection: _replaced(collection, draws, lambda query: query)


def _low(collection: Collection) -> list[list[Expansion]]:
    """Two drifted, and the model doubts them: those that it gave the lowest probabilities."""
    return _replaced(collection, [(2, 3)] * 3, lambda expansion: tuple(sorted(expansion, key=lambda pair: -pair[1])))


def _replaced(
    collection: Collection, draws: Sequence[Sequence[int]], ordered: Callable[[Expansion], Expansion]
) -> list[list[Expansion]]:
    good = [ordered(query.good) for query in collection.queries]
    drawn = []
    for step, places in enumerate(draws, 1):
        donors = [good[(at + 5 * step) % len(good)] for at in range(len(good))]
        drawn.append(
            [
                tuple((donor[place][0] if place in places else text, p) for place, (text, p) in enumerate(own))
                for own, donor in zip(good, donors, strict=True)
            ]
        )
    return drawn


CONDITIONS: dict[str, Condition] = {
    "good": _good,
    "1 drifted": _drifted(1),
    "2 drifted": _drifted(2),
    "2 drifted, low p": _low,
    "3 drifted": _drifted(3),
    "all drifted": _drifted(4),
    "tiny model": _tiny,
}
