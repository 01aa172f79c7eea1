"""What a run has given so far, over all of its replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from verbalized_sampling import Distribution, Elicitation, StreamedCandidate
from verbalized_sampling.adapters import pool, text_key

from .pieces import Delta, GrowingDistribution, Piece, streamed

__all__ = ["Growth"]


class Growth:
    """Turns what each reply gives into what the run gives: one distribution, or candidates numbered through.

    Args:
        elicitation: What was asked for.
    """

    def __init__(self, elicitation: Elicitation[Any]) -> None:
        self._elicitation = elicitation
        self._parts: list[Distribution[Any]] = []  # of replies that ended
        self._part: Distribution[Any] | None = None  # of the one that goes on
        self._seen: set[str] = set()
        self._arriving: set[str] = set()
        self._count = 0
        self._last: GrowingDistribution[Any] | None = None

    def add(self, piece: Piece) -> Iterator[Piece]:
        """What a piece of the current reply adds."""
        if isinstance(piece, Distribution):
            self._part = piece
            self._last = self._pooled([*self._parts, piece])
            yield self._last
        elif new := self._new(piece):
            yield new

    def end_reply(self) -> None:
        """Says that the next piece belongs to another reply."""
        if self._part is not None:
            self._parts.append(self._part)
        self._part = None
        self._seen |= self._arriving
        self._arriving.clear()

    def finish(self, distribution: Distribution[Any], *, diff: bool) -> Iterator[Piece]:
        """What the whole run adds at its end: the last distribution is the one that ``invoke`` gives."""
        if not diff:
            if distribution != self._last:
                yield distribution
            return
        ordered = sorted(distribution, key=lambda candidate: candidate.index)
        rest = [streamed(candidate) for candidate in ordered[self._count :]]
        if rest or not self._count:
            yield Delta(rest)

    def _pooled(self, parts: list[Distribution[Any]]) -> GrowingDistribution[Any]:
        whole = pool(parts, definition=self._elicitation.definition, weighting=self._elicitation.weighting)
        return GrowingDistribution.of(whole)

    def _new(self, delta: list[StreamedCandidate[Any]]) -> Delta:
        new = Delta()
        for candidate in delta:
            key = text_key(candidate.text)
            if key not in self._seen:
                new.append(replace(candidate, index=self._count))
                self._arriving.add(key)
                self._count += 1
        return new
