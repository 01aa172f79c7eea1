"""Query expansion: from a distribution over search queries to the queries to search for, and how much each counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import SettingsError
from ..values.candidate import Candidate
from ..values.distribution import Distribution, Select
from ..values.sameness import text_key
from ..values.seeding import mixed_seed

__all__ = ["ORIGINAL_WEIGHT", "ExpandedQuery", "QueryExpansion", "WeightedQuery", "merged"]

WeightedQuery = tuple[str, float]
"""A text to search for, and how much it counts."""

ORIGINAL_WEIGHT = 0.4
"""The original query's share of one weighted query: two parts of five. It may be this low because expansions that
drifted as a whole are found out (:func:`~verbalized_sampling.retrieval.fusion.agree`)."""


@dataclass(frozen=True, slots=True)
class ExpandedQuery:
    """A query and what it was expanded to.

    Attributes:
        original: What was asked; None if it is not searched for.
        expansions: What it was expanded to, with weights above 0 that sum to 1; may be empty.
        share: The original's part of the whole, from 0 to 1; what it has in common with an expansion is in it.
        original_weight: The share that was asked for, or None if none was.
    """

    original: str | None
    expansions: tuple[WeightedQuery, ...] = ()
    share: float = 1.0
    original_weight: float | None = None

    @property
    def queries(self) -> list[WeightedQuery]:
        """All of it, the original first, with weights above 0 that sum to 1."""
        first = [] if self.original is None else [(self.original, self.share)]
        rest = 1.0 if self.original is None else 1.0 - self.share
        return [(text, weight) for text, weight in [*first, *((t, rest * w) for t, w in self.expansions)] if weight]

    @property
    def texts(self) -> list[str]:
        """Each of its queries, the original first, whatever it weighs."""
        first = [] if self.original is None else [self.original]
        return [*first, *(text for text, _ in self.expansions)]

    def reweighted(self, factors: Sequence[float]) -> ExpandedQuery:
        """The same with each expansion's weight times its factor; the original alone if nothing is left of them."""
        pairs = zip(self.expansions, factors, strict=True)
        weighed = [(text, weight * factor) for (text, weight), factor in pairs if weight * factor > 0.0]
        if not weighed and self.original is None:
            return self
        share = self.share if weighed else 1.0
        return ExpandedQuery(self.original, _normalised(weighed), share, self.original_weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryExpansion:
    """Which of a distribution's candidates are searched for, and how much each of them counts.

    Attributes:
        select: ``all``; ``sample``: draws by weight; ``argmax``: the most probable; ``first``: what was written first.
        n: How many; by default all for ``all``, else one. ``sample`` draws with replacement: what is drawn twice
            weighs twice.
        include_original: Whether the original query is searched for too.
        original_weight: Its share of the whole, from 0 to 1; None is the default: :data:`ORIGINAL_WEIGHT` in one
            weighted query, as much as the heaviest expansion where lists are fused.
        min_weight: Candidates that weigh less are left out, from 0 to 1.
        dedupe: Whether queries equal but for case and white space become one; the weights add up.
        seed: Makes ``sample`` repeatable; different queries draw differently all the same.

    Raises:
        SettingsError: A setting is out of its range.
    """

    select: Select = "all"
    n: int | None = None
    include_original: bool = True
    original_weight: float | None = None
    min_weight: float = 0.0
    dedupe: bool = True
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.select not in ("all", "sample", "argmax", "first"):
            raise SettingsError(f"select must be all, sample, argmax or first, not {self.select!r}")
        if self.n is not None and self.n < 1:
            raise SettingsError(f"n must be at least 1, not {self.n}")
        for name in ("original_weight", "min_weight"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise SettingsError(f"{name} must be from 0 to 1, not {value}")

    def of(self, query: str, distribution: Distribution[Any]) -> ExpandedQuery:
        """``query`` with what ``distribution`` adds to it: the original alone if that is nothing."""
        found = self._selected(distribution)
        if self.dedupe:
            found = merged(found)
        if not found:
            return ExpandedQuery(query, original_weight=self.original_weight)
        total = sum(weight for _, weight in found)
        if not self.include_original:
            return ExpandedQuery(None, _normalised(found), 0.0, 0.0)
        share = ORIGINAL_WEIGHT if self.original_weight is None else self.original_weight
        if self.dedupe:
            others = [pair for pair in found if text_key(pair[0]) != text_key(query)]
            same = 1.0 - sum(weight for _, weight in others) / total
            found, share = others, share + (1.0 - share) * same
        if not found or share >= 1.0:
            return ExpandedQuery(query, original_weight=self.original_weight)
        return ExpandedQuery(query, _normalised(found), share, self.original_weight)

    def _selected(self, distribution: Distribution[Any]) -> list[WeightedQuery]:
        if self.dedupe:
            distribution = distribution.dedupe()
        kept = distribution
        if self.min_weight:
            kept = distribution.filter(lambda candidate: candidate.probability >= self.min_weight)
        if not kept:
            return []
        chosen: Sequence[Candidate[Any]]
        match self.select:
            case "sample":
                drawn = kept.sample(self.n or 1, seed=self._seed(distribution))
                return merged((candidate.text, 1.0 / len(drawn)) for candidate in drawn)
            case "all":
                chosen = kept.top(self.n or len(kept))
            case "argmax":
                chosen = kept.top(self.n or 1)
            case "first":
                chosen = sorted(kept, key=lambda candidate: candidate.index)[: self.n or 1]
        return [(candidate.text, candidate.probability) for candidate in chosen if candidate.probability]

    def _seed(self, distribution: Distribution[Any]) -> str | None:
        return mixed_seed(self.seed, [c.text for c in distribution])


def merged(queries: Iterable[WeightedQuery]) -> list[WeightedQuery]:
    """Each query once, whatever its case and white space, in order of first appearance; the weights add up."""
    merged: dict[str, WeightedQuery] = {}
    for text, weight in queries:
        first, before = merged.get(text_key(text), (text, 0.0))
        merged[text_key(text)] = first, before + weight
    return list(merged.values())


def _normalised(queries: Sequence[WeightedQuery]) -> tuple[WeightedQuery, ...]:
    total = sum(weight for _, weight in queries)
    return tuple((text, weight / total) for text, weight in queries if weight)
