"""Verbalized Sampling while the model writes: each candidate as soon as it is complete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing, closing
from typing import Any, Generic, Self, TypeVar, Unpack, overload

from ..errors import salvage
from ..parsing import StreamedCandidate
from ..plans.drive import Ended, adrive_stream, drive_stream
from ..plans.elicitation import Elicitation
from ..plans.growth import Growth
from ..plans.wording import Query
from ..values.distribution import Distribution
from .calls import Resolve
from .following import afollow, follow
from .question import CallSettings, Question

__all__ = ["AsyncCandidateStream", "CandidateStream", "astream", "stream"]

T = TypeVar("T")


class _Stream(Generic[T]):
    def __init__(self, question: Question, resolve: Resolve | None = None) -> None:
        self._question = question
        self._resolve = resolve or question.resolve
        self._growth: Growth[T] = Growth(question.elicitation)
        self._whole: Distribution[T] | None = None

    @property
    def distribution(self) -> Distribution[T]:
        """What :func:`verbalize` would have returned; before the end, the candidates so far, weighed among each other.

        Who leaves the loop early gets what had come by then, and need not pay for the rest.
        """
        if self._whole is not None:
            return self._whole
        return self._question.sourced(self._growth.distribution())

    @property
    def superseded(self) -> bool:
        """Whether a candidate that was given is not in the distribution, or with another number.

        A reply showed it later to be a draft or an example, or the call that gave it failed and is left out.
        """
        return self._growth.superseded

    def _end(self, whole: Distribution[Any]) -> None:
        self._growth.settle(whole)
        self._whole = self._question.sourced(whole)

    def _fail(self, error: Exception) -> None:
        """What was given is on the error, whatever it is."""
        if len(so_far := self._growth.distribution()) > len(getattr(error, "salvaged", None) or ()):
            salvage(error, so_far)


class CandidateStream(_Stream[T]):
    """Candidates as they come, to be iterated once; ``distribution`` is there afterwards.

    No call is left behind: the loop's end, by a ``break`` too, ends those that are under way, as does ``close()`` or
    the end of a ``with`` block.
    """

    def __init__(self, question: Question, resolve: Resolve | None = None) -> None:
        super().__init__(question, resolve)
        self._candidates = self._run()

    def __iter__(self) -> Iterator[StreamedCandidate[T]]:
        with closing(self._candidates):  # a loop that is left drops this iterator, and so closes it
            yield from self._candidates

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all calls; nothing, if they have ended."""
        self._candidates.close()

    def _run(self) -> Generator[StreamedCandidate[T]]:
        asked = self._question
        try:
            whole = yield from drive_stream(
                asked.plan(), lambda planned: follow(planned, self._resolve, self._growth, asked.concurrency)
            )
        except Exception as error:
            self._fail(error)
            raise
        self._end(whole)


class AsyncCandidateStream(_Stream[T]):
    """The same for event loops: ``async for``, ``async with``, ``await aclose()``."""

    def __init__(self, question: Question, resolve: Resolve | None = None) -> None:
        super().__init__(question, resolve)
        self._candidates = self._run()
        self._closing: asyncio.Task[None] | None = None

    async def __aiter__(self) -> AsyncIterator[StreamedCandidate[T]]:
        async with aclosing(self):
            async for candidate in self._candidates:
                yield candidate

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends all calls; nothing, if they have ended."""
        if self._closing is None:  # else the event loop does so, for a loop that was left
            self._closing = asyncio.ensure_future(self._candidates.aclose())
        await asyncio.shield(self._closing)

    async def _run(self) -> AsyncGenerator[StreamedCandidate[T]]:
        asked = self._question
        items = adrive_stream(
            asked.plan(), lambda planned: afollow(planned, self._resolve, self._growth, asked.concurrency)
        )
        try:
            async with aclosing(items):
                async for item in items:
                    if isinstance(item, Ended):
                        self._end(item.value)
                    else:
                        yield item
        except Exception as error:
            self._fail(error)
            raise


@overload
def stream(
    query: Query, *, candidate: type[T], elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> CandidateStream[T]: ...
@overload
def stream(query: Query, *, elicitation: Elicitation[T], **settings: Unpack[CallSettings]) -> CandidateStream[T]: ...
@overload
def stream(
    query: Query, *, candidate: None = None, elicitation: None = None, **settings: Unpack[CallSettings]
) -> CandidateStream[str]: ...
@overload
def stream(
    query: Query, *, candidate: Any, elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> CandidateStream[Any]: ...
def stream(query: Query, **settings: Any) -> CandidateStream[Any]:
    """Asks a model as :func:`verbalize` does, and gives each candidate as soon as it is complete.

    It is lazy: the model is asked when the iteration begins. A model that can't stream (a function, an object of a
    framework) gives its candidates when its reply is there. An answer that comes again, in a later turn or from
    another of several ``calls``, is not given again.

    Args:
        query: What to answer, or a conversation that ends with it.
        **settings: All that :func:`verbalize` takes.

    Returns:
        An iterable of :class:`StreamedCandidate`, and the ``distribution`` afterwards.

    Raises:
        SettingsError: A setting is unusable. While iterating: as :func:`verbalize`; every error carries the candidates
            that were given in ``salvaged``.
    """
    return CandidateStream(Question.of("stream", query, **settings))


@overload
def astream(
    query: Query, *, candidate: type[T], elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> AsyncCandidateStream[T]: ...
@overload
def astream(
    query: Query, *, elicitation: Elicitation[T], **settings: Unpack[CallSettings]
) -> AsyncCandidateStream[T]: ...
@overload
def astream(
    query: Query, *, candidate: None = None, elicitation: None = None, **settings: Unpack[CallSettings]
) -> AsyncCandidateStream[str]: ...
@overload
def astream(
    query: Query, *, candidate: Any, elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> AsyncCandidateStream[Any]: ...
def astream(query: Query, **settings: Any) -> AsyncCandidateStream[Any]:
    """:func:`stream` without blocking the event loop; the model may be an async function too."""
    return AsyncCandidateStream(Question.of("astream", query, **settings))
