"""Fusing what several weighted queries find: into one query where a search can take it, else by their ranked lists.

One weighted query is the better and the cheaper way: the scores of *one* retriever are added before it ranks, so
nothing is lost below a list's end, and it searches once. An embedding search takes the weighted mean of
:class:`~verbalized_sampling.retrieval.vectors.Vectors`, a search for terms takes :func:`weighted_text`. Whatever else,
and several retrievers, are fused list by list with :func:`fuse`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

__all__ = [
    "DOUBTED",
    "FIRST_PAGE",
    "FusionMode",
    "RankedList",
    "agree",
    "fuse",
    "list_weights",
    "weighted_text",
]

T = TypeVar("T")

FusionMode = Literal["relative_score", "dist_based_score", "reciprocal_rerank", "simple"]
"""How places in lists become numbers: scores scaled to 0 … 1 in each list; scores scaled by their mean ± 3 standard
deviations; reciprocal ranks; or, for ``simple``, the best of an item's scaled scores instead of their weighted sum."""

FIRST_PAGE = 10
"""How many results two queries are compared by."""

DOUBTED = 2 / 3
"""What the original query's own list counts beside the one weighted query's if the two do not :func:`agree`."""

_MOST_REPEATS = 10  # of a text in a query of terms: a weight is kept to about a tenth of the largest


@dataclass(frozen=True, slots=True)
class RankedList(Generic[T]):
    """What one search found.

    Attributes:
        weight: How much it counts, finite and not negative: a query's weight times its retriever's.
        items: Best first, unless scores say otherwise.
        scores: One for each item, higher is better; None in it, or a number that is not finite, counts as the lowest.
            None instead of them leaves the order to speak.
    """

    weight: float
    items: Sequence[T]
    scores: Sequence[float | None] | None = None


def fuse(
    lists: Iterable[RankedList[T]],
    *,
    mode: FusionMode = "relative_score",
    key: Callable[[T], Hashable] = cast("Callable[[Any], Hashable]", lambda item: item),  # noqa: B008 - pure
    c: float | None = None,
) -> list[tuple[T, float]]:
    """One list: an item's score is the weighted mean of what it has in each list, 0 where it was not found.

    An item that stands twice in a list counts once, at its better place. An item with a score of exactly 0, in a list
    that has positive ones, was not found. A single list keeps its order and, if they are within 0 … 1, its scores.

    Args:
        lists: In any order; one that weighs 0, or found nothing, adds nothing.
        mode: How a place becomes a number; lists without scores are always read by rank.
        key: What makes two items the same; the first one met is kept.
        c: For ranks: added to each (from 1), above -1; the larger, the less the top stands out. Default: the length
            of the longest list, so that the first place counts about twice as much as the last, however deep it goes.

    Returns:
        The items with their scores, 0 … 1, highest first; ties in order of first appearance.

    Raises:
        ValueError: A weight is negative, infinite or NaN, ``c`` is not above -1, or the mode is unknown.
    """
    if mode not in (modes := ("relative_score", "dist_based_score", "reciprocal_rerank", "simple")):
        raise ValueError(f"mode must be one of {', '.join(modes)}, not {mode!r}")
    given = list(lists)
    for ranked in given:
        if not 0.0 <= ranked.weight < math.inf:
            raise ValueError(f"the weight of a list must be finite and not negative, not {ranked.weight}")
    places = [(ranked.weight, _found(ranked, key)) for ranked in given if ranked.weight]
    c = float(max((len(found) for _, found in places), default=0)) if c is None else c
    if not c > -1:
        raise ValueError(f"c must be above -1, not {c}")
    alone = len(places) == 1 and mode != "reciprocal_rerank"
    total = math.fsum(weight for weight, _ in places)
    items: dict[Hashable, T] = {}
    scores: dict[Hashable, float] = {}
    for weight, found in places:
        numbers = [score for _, _, score in found]
        if alone:
            scaled = _bounded(numbers, c)
        elif mode == "reciprocal_rerank":
            scaled = _by_rank(len(numbers), c)
        else:
            scaled = _scaled(numbers, c, spread=mode == "dist_based_score")
        for (name, item, _), score in zip(found, scaled, strict=True):
            items.setdefault(name, item)
            if mode == "simple":
                scores[name] = max(scores.get(name, 0.0), score)
            else:
                scores[name] = scores.get(name, 0.0) + score * (weight / total)
    order = sorted(scores, key=lambda name: -scores[name])  # stable: ties stay in order of appearance
    return [(items[name], min(scores[name], 1.0)) for name in order]


def agree(original: Sequence[Hashable], together: Sequence[Hashable]) -> bool:
    """Whether expansions find, together, at least one of the original query's first ten results, or may still do.

    Where they don't, they have drifted as a whole, or the documents use none of the original's words. Of fewer than
    ten results on either side no such thing can be said.

    Args:
        original: What the original query found, best first, by name.
        together: What the expansions found without it.
    """
    few = min(len(original), len(together)) < FIRST_PAGE
    return few or not set(original[:FIRST_PAGE]).isdisjoint(together[:FIRST_PAGE])


def list_weights(
    weights: Sequence[float], found: Sequence[Sequence[Hashable]], original_weight: float | None = None
) -> list[float]:
    """How much each query's list counts: those that find nothing of what the original finds count nothing.

    A query that drifted finds none of the original's first ten results; one that shares n of them keeps n / (n + 1)
    of its weight. Of fewer than ten results no such thing can be said.

    Args:
        weights: The original query's first, then the candidates'.
        found: What each of them found, best first, by name.
        original_weight: The original's share of the whole, from 0 to 1; None makes it weigh as much as the heaviest
            candidate. Without candidates that count, it has all of it.

    Returns:
        Weights that sum to 1, in the same order.
    """
    original, *others = (names[:FIRST_PAGE] for names in found)
    kept = list(weights[1:])
    if len(original) == FIRST_PAGE:
        for at, names in enumerate(others):
            if len(names) == FIRST_PAGE:
                shared = len(set(original).intersection(names))
                kept[at] *= shared / (shared + 1)
    total = math.fsum(kept)
    if not total:
        return [1.0, *(0.0 for _ in kept)]
    if original_weight is None:
        weights, total = [max(kept), *kept], total + max(kept)
        return [weight / total for weight in weights]
    return [original_weight, *((1.0 - original_weight) * weight / total for weight in kept)]


def weighted_text(texts: Sequence[str], weights: Sequence[float]) -> str:
    """One query for a search that adds up the scores of terms, as BM25 does: each text repeated by its weight.

    A long text has more terms to score with than a short one; its length is divided out, so that a weight is a share
    of the whole as it is in a mixture of language models (Lavrenko & Croft, SIGIR 2001).

    Args:
        texts: The queries, none of them empty.
        weights: How much each of them counts, finite and not negative.
    """
    wanted = [weight / max(1, len(text)) for text, weight in zip(texts, weights, strict=True)]
    most = max(wanted, default=0.0)
    if not most:
        return " ".join(texts)
    repeats = [round(_MOST_REPEATS * count / most) for count in wanted]
    common = math.gcd(*repeats)
    return " ".join(text for text, count in zip(texts, repeats, strict=True) for _ in range(count // common))


_Place = tuple[Hashable, T, "float | None"]


def _found(ranked: RankedList[T], key: Callable[[T], Hashable]) -> list[_Place[T]]:
    """Each item once, best first, with its name and its score; None if the list has no scores."""
    scores = [score if score is not None and math.isfinite(score) else None for score in ranked.scores or ()]
    known = [score for score in scores if score is not None]
    if not known:
        firsts: dict[Hashable, _Place[T]] = {}
        for item in ranked.items:
            firsts.setdefault(name := key(item), (name, item, None))
        return list(firsts.values())
    low, some = min(known), max(known) > 0.0
    places = [(item, score) for item, score in zip(ranked.items, scores, strict=True) if not (some and score == 0.0)]
    places.sort(key=lambda place: math.inf if place[1] is None else -place[1])  # stable
    best: dict[Hashable, _Place[T]] = {}
    for item, score in places:
        best.setdefault(name := key(item), (name, item, low if score is None else score))
    return list(best.values())


def _by_rank(count: int, c: float) -> list[float]:
    return [(1.0 + c) / (rank + c) for rank in range(1, count + 1)]


def _bounded(scores: Sequence[float | None], c: float) -> list[float]:
    """The scores of a list that stands alone: as they are, unless one is beyond 1."""
    numbers = [score for score in scores if score is not None]
    if not numbers:
        return _by_rank(len(scores), c)
    most = max(1.0, *numbers) if numbers else 1.0
    return [max(0.0, score / most) for score in numbers]


def _scaled(scores: Sequence[float | None], c: float, *, spread: bool) -> list[float]:
    numbers = [score for score in scores if score is not None]
    if not numbers:
        return _by_rank(len(scores), c)
    best = high = max(numbers)
    low = min(numbers)
    if spread:
        mean = math.fsum(numbers) / len(numbers)
        deviation = math.sqrt(math.fsum((score - mean) ** 2 for score in numbers) / len(numbers))
        high, low = mean + 3 * deviation, mean - 3 * deviation
    elif high > low:
        # One step below the last: what was found last counts for more than what was not found.
        low -= (high - low) / (len(numbers) - 1)
    if high <= low:  # nothing tells them apart
        return [1.0 if best > 0.0 else 0.0] * len(numbers)
    return [min(1.0, max(0.0, (score - low) / (high - low))) for score in numbers]
