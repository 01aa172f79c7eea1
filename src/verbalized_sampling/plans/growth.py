"""What a stream has given so far, over all replies of all its runs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Generic, TypeVar

from ..errors import DistributionParseError, RefusalError
from ..parsing import StreamedCandidate
from ..replies.protocol import Reply
from ..values.candidate import Candidate
from ..values.distribution import Distribution
from ..values.sameness import answer_key
from ..values.weights import weigh
from .elicitation import Elicitation
from .planning import read_answer

__all__ = ["GrowingReply", "Growth"]

T = TypeVar("T")


class Growth(Generic[T]):
    """Numbers the candidates of all replies through, and gives each answer once.

    Args:
        elicitation: What was asked for.

    Attributes:
        given: The candidates so far, in order of arrival.
        superseded: Whether some of them don't hold: a reply showed later that they were a draft, or a call failed.
    """

    def __init__(self, elicitation: Elicitation[T]) -> None:
        self.given: list[StreamedCandidate[T]] = []
        self.superseded = False
        self._elicitation = elicitation
        self._keys: set[Hashable] = set()

    def reply(self, k: int) -> GrowingReply[T]:
        """Follows another reply, which was asked for ``k`` candidates."""
        return GrowingReply(self, self._elicitation, k)

    def distribution(self) -> Distribution[T]:
        """The candidates so far, weighed among each other."""
        weights, repair = weigh(
            [c.verbalized for c in self.given],
            [c.stated for c in self.given],
            definition=self._elicitation.definition,
            weighting=self._elicitation.weighting,
        )
        candidates = (
            Candidate(c.text, weight, c.verbalized, c.stated, c.value, c.index, c.repairs, typed=c.typed)
            for c, weight in zip(self.given, weights, strict=True)
        )
        return Distribution(tuple(candidates), repairs=(repair,) if repair and self.given else ())

    def settle(self, whole: Distribution[T]) -> None:
        """Compares what was given with what came of it in the end."""
        self.superseded = self.superseded or not self._keys <= set(map(answer_key, whole))

    def add(self, candidate: StreamedCandidate[T]) -> Iterator[StreamedCandidate[T]]:
        """``candidate`` with its number, if it is a new answer."""
        key = answer_key(candidate)
        if key not in self._keys:
            self._keys.add(key)
            self.given.append(replace(candidate, index=len(self.given)))
            yield self.given[-1]


class GrowingReply(Generic[T]):
    """One reply while it is being written."""

    def __init__(self, growth: Growth[T], elicitation: Elicitation[T], k: int) -> None:
        self._growth, self._elicitation, self._k = growth, elicitation, k
        self._numbers: dict[Hashable, float | None] = {}  # of what the pieces gave
        self._stream = elicitation.parser(k).stream() if elicitation.asks_for_lists else None

    def feed(self, piece: str) -> Iterator[StreamedCandidate[T]]:
        """The new answers that a piece of it completes."""
        for candidate in self._stream.feed(piece) if self._stream else ():
            self._numbers[answer_key(candidate)] = candidate.verbalized
            yield from self._growth.add(candidate)

    def close(self, reply: Reply) -> Iterator[StreamedCandidate[T]]:
        """The new answers that only the whole shows; none in one that can't be read, which the plan deals with."""
        found: list[StreamedCandidate[Any]]
        with suppress(DistributionParseError, RefusalError):
            if self._stream is None:
                answer, _ = read_answer(reply)
                found = [StreamedCandidate(answer, None, None, answer, 0)] if answer else []
            else:
                whole = self._elicitation.read(reply, self._k)
                found = [
                    StreamedCandidate(c.text, c.verbalized, c.stated, c.value, c.index, c.repairs, c.typed)
                    for c in sorted(whole, key=lambda candidate: candidate.index)
                ]
            numbers = {answer_key(c): c.verbalized for c in found}
            if any(numbers.get(key, number) != number for key, number in self._numbers.items()):
                self._growth.superseded = True
            for candidate in found:
                yield from self._growth.add(candidate)
