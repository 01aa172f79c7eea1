"""Reading a reply while it is still being written."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from ...patterns import regex
from ...values.distribution import Distribution
from ...values.frozen import callable_by_alias
from ...values.repairs import Repair, unique
from ...values.sameness import Seen
from ...values.weights import Definition
from ..candidate.assemble import encodable
from ..candidate.found import Draft
from ..candidate.typed import Typed, asked_of, typed
from ..numbers.number import Number
from ..numbers.running_scale import RunningScale
from .follow import Follower

__all__ = ["DistributionStream", "Parser", "StreamedCandidate", "acandidates", "candidates"]

_MAY_COMPLETE = regex(r"""[\n}>)"']""")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Parser(Protocol[T_co]):
    """What a stream needs of the parser that reads the whole at the end."""

    @property
    def candidate(self) -> type[T_co] | None: ...
    @property
    def definition(self) -> Definition: ...
    @property
    def tau(self) -> float | None: ...
    def parse(self, text: str) -> Distribution[T_co]: ...


@callable_by_alias
@dataclass(frozen=True, slots=True)
class StreamedCandidate(Generic[T_co]):
    """A candidate of a reply that goes on: it has no weight yet, that takes the whole.

    Attributes:
        text: As in :class:`Candidate`, like the others.
        verbalized: As a fraction of 1, as far as that can be told before the last number was written.
        stated: The number as written.
        value: What the text stands for.
        index: Order of arrival, from 0.
        repairs: What was not as asked for in this candidate.
        typed: Whether its value is of a type that was asked for.
    """

    text: str
    verbalized: float | None
    stated: float | None
    value: T_co
    index: int
    repairs: tuple[Repair, ...] = ()
    typed: bool = field(default=False, compare=False, repr=False)


class DistributionStream(Generic[T]):
    """Takes a reply in chunks, gives each candidate as soon as it is complete, and the distribution at the end.

    ``close()`` equals ``parse()`` of the whole text, however it was cut. What was given before is, unchanged and in
    order, among its candidates, unless ``superseded`` is true: later text showed the block to be a draft or an
    example, its numbers to be percentages, or a list to be built otherwise.

    Attributes:
        superseded: Whether what was given before does not hold; settled by ``close()``.
    """

    def __init__(self, parser: Parser[T]) -> None:
        self.superseded = False
        self._parser = parser
        self._validator: Typed | None = None if parser.candidate is None else typed(parser.candidate)
        self._chunks: list[str] = []
        self._keep = self._chunks.append
        self._seen = 0  # chunks that were scanned
        self._wakes = ""  # what completes a candidate, once only one thing can
        self._sign: str | None = None  # its last character
        self._given: list[StreamedCandidate[T]] = []
        self._answers = Seen(typed=parser.candidate is not None)  # those; what comes again is not given again
        self._held: list[Draft] = []  # without a number, or of an unsure scale; they count if a sure number follows
        self._scale = RunningScale(parser.definition)
        self._scan = Follower(asked_of(parser.candidate))

    def feed(self, chunk: str) -> list[StreamedCandidate[T]]:
        """Takes the next piece of the reply; returns the candidates that it completed."""
        if not chunk:
            return []
        self._keep(chunk)
        # Only few characters complete anything; nearly every chunk ends here.
        sign = self._sign
        if sign is None:
            return self._advance() if _MAY_COMPLETE.search(chunk) else []
        if sign not in chunk:
            return []
        return self._advance() if self._wakes in chunk or self._wakes_now(chunk) else []

    def _wakes_now(self, chunk: str) -> bool:
        """Whether what wakes ends in the last chunk: the chunks before may hold a part of it each."""
        wakes = self._wakes
        if wakes[-2:] not in chunk and chunk[0] != self._sign:
            return False
        before = len(wakes) - 1
        return wakes in "".join(self._chunks[-before - 1 :])[-before - len(chunk) :]

    def close(self) -> Distribution[T]:
        """The distribution in the whole reply.

        Raises:
            DistributionParseError: As ``parse()`` does.
        """
        distribution: Distribution[T] = Distribution()
        try:
            distribution = self._parser.parse("".join(self._chunks))
        finally:
            whole = {c.index: c for c in distribution}
            self.superseded = any(not _same(given, whole.get(given.index)) for given in self._given)
        return distribution

    def _advance(self) -> list[StreamedCandidate[T]]:
        scan = self._scan
        if scan.quiet:
            return []
        piece = "".join(self._chunks[self._seen :])
        self._seen = len(self._chunks)
        given: list[StreamedCandidate[T]] = []
        drafts = scan.scan(piece)
        self._wakes = scan.wakes
        self._sign = self._wakes[-1:] or None
        if not drafts:
            return []
        unsettled = False
        for draft in drafts:
            self._scale.take(draft.number)
            if not self._given and (_is_unsaid(draft.number) or not self._scale.is_settled(draft.number)):
                self._held.append(draft)
                continue
            for ready in (*self._held, draft):
                if not self._scale.is_settled(ready.number):
                    scan.quiet = unsettled = True
                    break
                candidate = self._candidate(ready)
                if candidate is None or not self._answers.is_new(candidate.value, candidate.text):
                    continue
                given.append(candidate)
                self._given.append(candidate)
            self._held.clear()
            if unsettled:
                break
        return given

    def _candidate(self, draft: Draft) -> StreamedCandidate[T] | None:
        """The candidate of a draft; None if it does not validate."""
        parser = self._parser
        number = draft.number
        text = encodable(draft.text)
        read: tuple[Any, str] | None = (
            (text, text) if self._validator is None else self._validator.read(text, draft.fields)
        )
        if read is None:
            return None
        verbalized, remark = self._scale.verbalize(number)
        repairs = [*draft.repairs]
        if remark is not None:
            repairs.append(remark)
        if parser.tau is not None and verbalized is not None and verbalized >= parser.tau:
            repairs.append(Repair.ABOVE_TAU)
        if text != draft.text:
            repairs.append(Repair.SURROGATES)
        stated = number.stated if number else None
        notes = unique(repairs) if repairs else ()
        typed = self._validator is not None
        return StreamedCandidate(read[1], verbalized, stated, read[0], len(self._given), notes, typed)


def _is_unsaid(number: Number | None) -> bool:
    return number is None or number.stated is None


def _same(given: StreamedCandidate[Any], final: Any) -> bool:
    return final is not None and (given.text, given.verbalized, given.stated, given.value, given.repairs) == (
        final.text,
        final.verbalized,
        final.stated,
        final.value,
        final.repairs,
    )


def candidates(parser: Parser[T], chunks: Iterable[str]) -> Generator[StreamedCandidate[T], None, Distribution[T]]:
    """The candidates of a reply that comes in chunks, each as soon as it is complete.

    The generator's return value is the closed distribution.

    Raises:
        DistributionParseError: As ``parse()`` does, at the end.
    """
    stream = DistributionStream(parser)
    for chunk in chunks:
        yield from stream.feed(chunk)
    return stream.close()


async def acandidates(parser: Parser[T], chunks: AsyncIterable[str]) -> AsyncIterator[StreamedCandidate[T]]:
    """The candidates of a reply that comes in chunks asynchronously, each as soon as it is complete.

    Raises:
        DistributionParseError: As ``parse()`` does, at the end.
    """
    stream = DistributionStream(parser)
    async for chunk in chunks:
        for candidate in stream.feed(chunk):
            yield candidate
    stream.close()
