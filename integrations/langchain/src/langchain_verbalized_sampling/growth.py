"""What a run has given so far, over all of its replies."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

from verbalized_sampling import Distribution, Elicitation, StreamedCandidate
from verbalized_sampling.adapters import answer_key, pool

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
        self._given: dict[Hashable, StreamedCandidate[Any]] = {}  # by what makes two of them the same
        self._before = 0  # of these, what earlier replies gave
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
        self._before = len(self._given)

    def finish(self, distribution: Distribution[Any], *, diff: bool) -> Iterator[Piece]:
        """What the whole run adds at its end: all pieces add up to what ``invoke`` gives."""
        if not diff:
            if distribution != self._last:
                yield distribution
            return
        given = list(self._given.values())
        whole = [streamed(candidate) for candidate in sorted(distribution, key=lambda candidate: candidate.index)]
        rest = whole[len(given) :] if whole[: len(given)] == given else whole
        if rest or not given:
            yield Delta(rest)

    def _pooled(self, parts: list[Distribution[Any]]) -> GrowingDistribution[Any]:
        whole = pool(parts, definition=self._elicitation.definition, weighting=self._elicitation.weighting)
        return GrowingDistribution.of(whole)

    def _new(self, delta: list[StreamedCandidate[Any]]) -> Delta:
        new = Delta()
        if delta and delta[0].index == 0 and len(self._given) > self._before:
            # What this reply gave was a draft. A stream takes back only all that it gave.
            self._given = dict([*self._given.items()][: self._before])
            new += list(self._given.values())
        for candidate in delta:
            key = answer_key(candidate)
            if key not in self._given:
                self._given[key] = replace(candidate, index=len(self._given))
                new.append(self._given[key])
        return new
