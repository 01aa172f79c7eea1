"""A reply that arrives in chunks."""

from __future__ import annotations

from typing import Any

from verbalized_sampling import Candidate, Elicitation, Reply, StreamedCandidate
from verbalized_sampling.adapters import weigh

from .pieces import Delta, GrowingDistribution, Piece, streamed
from .replies import Answer, reply_of, text_of, whole

__all__ = ["ReplyStream"]


class ReplyStream:
    """Reads a reply while it is being written.

    Args:
        elicitation: What was asked for.
        diff: Whether to give new candidates only, or each time the distribution over all so far.
    """

    def __init__(self, elicitation: Elicitation[Any], *, diff: bool) -> None:
        self._elicitation = elicitation
        self._diff = diff
        self._stream = elicitation.parser().stream()
        self._chunks: list[Answer] = []
        self._tools: set[int | str | None] = set()
        self._given: list[StreamedCandidate[Any]] = []
        self._last: GrowingDistribution[Any] | None = None

    def feed(self, chunk: Answer) -> Piece | None:
        """Takes a chunk; gives something if that completed a candidate."""
        self._chunks.append(chunk)
        new = self._stream.feed(chunk if isinstance(chunk, str) else text_of(chunk, self._tools))
        if not new:
            return None
        self._given += new
        if self._diff:
            return Delta(new)
        self._last = self._so_far()
        return self._last

    def close(self) -> Piece | None:
        """Reads the whole; gives what was not given before.

        Where candidates that were given turn out to be a draft, all of them are given anew: a delta whose indices
        start at 0 replaces those before it.

        Raises:
            RefusalError: The model declined.
            DistributionParseError: There is no candidate.
        """
        distribution = self._elicitation.read(self.reply)
        if not self._diff:
            return distribution if distribution != self._last else None
        ordered = sorted(distribution, key=lambda candidate: candidate.index)
        held = [streamed(candidate) for candidate in ordered[: len(self._given)]] == self._given
        rest = [streamed(candidate) for candidate in ordered[len(self._given) if held else 0 :]]
        return Delta(rest) if rest or not self._given else None

    @property
    def reply(self) -> Reply:
        """What came so far, as one reply."""
        return reply_of(whole(self._chunks))

    def _so_far(self) -> GrowingDistribution[Any]:
        weights, _ = weigh(
            [candidate.verbalized for candidate in self._given],
            [candidate.stated for candidate in self._given],
            definition=self._elicitation.definition,
            weighting=self._elicitation.weighting,
        )
        return GrowingDistribution(
            tuple(
                Candidate(c.text, weight, c.verbalized, c.stated, c.value, c.index, c.repairs, typed=c.typed)
                for c, weight in zip(self._given, weights, strict=True)
            )
        )
