"""Runs whose replies are followed while they arrive."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from ..models import Caller, Options
from ..parsing import StreamedCandidate
from ..plans.drive import Ended
from ..plans.growth import GrowingReply, Growth
from ..replies.protocol import Reply, Request
from .calls import Planned, Resolve, begun
from .several import Course, Result, aresults, astarted, results, started

__all__ = ["afollow", "follow"]

_Event = Callable[[], Iterator[StreamedCandidate[Any]]]
"""What happened to a reply, to be read where the stream is read: models report on threads of their own."""


def follow(
    planned: Sequence[Planned], resolve: Resolve, growth: Growth[Any], concurrency: int
) -> Generator[StreamedCandidate[Any], None, list[Result]]:
    """Runs them as :func:`~.several.run_all` does, and yields their candidates as they are completed.

    Closing it ends all calls.
    """
    events: queue.SimpleQueue[_Event | None] = queue.SimpleQueue()
    runs = begun(planned, lambda options: _followed(options, resolve, growth, events.put))
    with started(runs, concurrency, Course()) as futures:
        for future in futures:
            future.add_done_callback(lambda _: events.put(None))
        ended = 0
        while ended < len(futures):
            if (event := events.get()) is not None:
                yield from event()
                continue
            ended += 1
            if any(future.done() and future.exception() for future in futures):
                break
        return results(futures)


async def afollow(
    planned: Sequence[Planned], resolve: Resolve, growth: Growth[Any], concurrency: int
) -> AsyncGenerator[StreamedCandidate[Any] | Ended[list[Result]]]:
    """The same on the event loop."""
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[_Event | None] = asyncio.Queue()

    def report(event: _Event) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody reads any more
            loop.call_soon_threadsafe(events.put_nowait, event)

    runs = await asyncio.to_thread(begun, planned, lambda options: _followed(options, resolve, growth, report))
    async with astarted(runs, concurrency, Course()) as tasks:
        for task in tasks:
            task.add_done_callback(lambda _: events.put_nowait(None))
        ended = 0
        while ended < len(tasks):
            if (event := await events.get()) is not None:
                for candidate in event():
                    yield candidate
                continue
            ended += 1
            if any(task.done() and (task.cancelled() or task.exception()) for task in tasks):
                break
        answer = Ended(await aresults(tasks))
    yield answer


def _followed(options: Options, resolve: Resolve, growth: Growth[Any], report: Callable[[_Event], None]) -> Caller:
    """The model, with what it says reported; a model that can't stream says all of it at its end."""
    replies: list[GrowingReply[Any]] = []  # the last is the one that goes on
    watched = options.on_text

    def on_text(piece: str) -> None:
        report(partial(replies[-1].feed, piece))
        if watched:
            watched(piece)

    def begin(request: Request) -> None:
        replies[:] = [growth.reply(request.k)]

    def end(answer: Reply | str) -> Reply:
        reply = Reply.of(answer)
        report(partial(replies[-1].close, reply))
        return reply

    caller = resolve(replace(options, on_text=on_text))

    def call(request: Request) -> Reply:
        begin(request)
        return end(caller.call(request))

    async def acall(request: Request) -> Reply:
        begin(request)
        return end(await caller.acall(request))

    return replace(caller, call=call, acall=acall)
