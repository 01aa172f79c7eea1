"""From a distribution of search queries to the queries to search for, with their weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verbalized_sampling import Candidate, Distribution, Select, SettingsError, share_with_original

from .bundle import merged

__all__ = ["Expansion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """Which of the candidates are searched for, and how much each of them counts.

    Attributes:
        select: ``all``; ``sample``: draws by weight; ``argmax``: the most probable; ``first``: what was written first.
        n: How many; by default all for ``all``, else one. ``sample`` draws with replacement: what is drawn twice
            weighs twice.
        include_original: Whether the original query is searched for too.
        original_weight: Its share of the whole, in [0, 1].
        min_weight: Candidates that weigh less are left out, in [0, 1].
        dedupe: Whether queries equal but for case and white space become one; the weights add up.
        seed: Makes ``sample`` repeatable; different queries draw differently all the same.

    Raises:
        SettingsError: A setting is out of its range.
    """

    select: Select = "all"
    n: int | None = None
    include_original: bool = True
    original_weight: float = 0.5
    min_weight: float = 0.0
    dedupe: bool = True
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.select not in ("all", "sample", "argmax", "first"):
            raise SettingsError(f"select must be all, sample, argmax or first, not {self.select!r}")
        if self.n is not None and self.n < 1:
            raise SettingsError(f"n must be at least 1, not {self.n}")
        for name in ("original_weight", "min_weight"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SettingsError(f"{name} must be from 0 to 1, not {getattr(self, name)}")

    def queries(
        self, original: Sequence[tuple[str, float]], distribution: Distribution[str]
    ) -> list[tuple[str, float]]:
        """The queries with weights above zero that sum to 1, the original first; that alone if nothing else is left.

        Args:
            original: The original query, or several with weights that sum to 1.
            distribution: What it was expanded to.
        """
        found = self._selected(distribution)
        if not found:
            return list(original)
        if self.include_original:
            first, *shares = share_with_original([weight for _, weight in found], self.original_weight)
            found = [(text, share) for (text, _), share in zip(found, shares, strict=True)]
            found = [*((text, first * weight) for text, weight in original), *found]
        if self.dedupe:
            found = merged(found)
        return [(text, weight) for text, weight in found if weight]

    def _selected(self, distribution: Distribution[str]) -> list[tuple[str, float]]:
        if self.dedupe:
            distribution = distribution.dedupe()
        kept = distribution.filter(lambda candidate: candidate.probability >= self.min_weight)
        if not kept:
            return []
        chosen: Sequence[Candidate[str]]
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
        total = sum(candidate.probability for candidate in chosen) or 1.0
        return [(candidate.text, candidate.probability / total) for candidate in chosen]

    def _seed(self, distribution: Distribution[str]) -> str | None:
        # Mixed with what it draws from: the bare seed would take the same rank of every distribution.
        return None if self.seed is None else "\n".join([str(self.seed), *(c.text for c in distribution)])
