"""The event loops that calls over HTTP run on: one on a thread of its own, and those of jobs.

Synchronous callers, and asynchronous ones on whatever loop, hand their calls to the first. So they share one client and
its connections; no caller's own loop waits while a client is imported, a certificate store read or a reply decoded; and
a call can be cancelled from any thread. A job of thousands of calls has a client on its own loop for as long as it
runs: two threads that hand each other every call spend as long waiting for the interpreter as for the endpoint.
"""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .client import Client

__all__ = ["calls_here", "client", "is_here", "submit"]

T = TypeVar("T")

_TO_CLOSE = 1.0  # seconds


def submit(call: Coroutine[Any, Any, T]) -> Future[T]:
    """Starts ``call``; cancelling the future cancels it."""
    return _background().submit(call)


def is_here() -> bool:
    """Whether calls are made on the loop that is running."""
    return asyncio.get_running_loop() in _connections


async def client() -> Client:
    """The client of the running loop, on which calls are made."""
    return await _connections[asyncio.get_running_loop()].client()


@asynccontextmanager
async def calls_here() -> AsyncIterator[None]:
    """Makes calls on the running loop, until the block ends."""
    loop = asyncio.get_running_loop()
    if loop in _connections:
        yield
        return
    connections = _connections[loop] = _Connections()
    try:
        yield
    finally:
        del _connections[loop]
        await connections.close()


class _Connections:
    """The client of one loop, made when it is first needed."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._import: asyncio.Task[type[Client]] | None = None

    async def client(self) -> Client:
        if self._client is None:
            # On a thread: it takes longer than whatever else runs on the loop should wait.
            self._import = self._import or asyncio.create_task(asyncio.to_thread(_client_class))
            made = await asyncio.shield(self._import)
            self._client = self._client or made()
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


def _client_class() -> type[Client]:
    from .client import Client

    return Client


class _Background:
    """A running loop on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        _connections[self.loop] = _Connections()
        # To be started, with the context of whoever waits for them.
        self._calls: deque[tuple[Coroutine[Any, Any, Any], Future[Any], contextvars.Context]] = deque()
        self._is_woken = False
        self._thread = threading.Thread(target=self.loop.run_forever, name="verbalized-sampling-http", daemon=True)
        self._thread.start()

    def submit(self, call: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts ``call`` on the loop, which is woken once for all calls that come together.

        Waking a loop lets go of the interpreter, and to get it back may take 5 ms each time.
        """
        future: Future[T] = Future()
        self._calls.append((call, future, contextvars.copy_context()))
        if not self._is_woken:
            self._is_woken = True
            self.loop.call_soon_threadsafe(self._start)
        return future

    def _start(self) -> None:
        self._is_woken = False  # first: what is added from now on wakes the loop again
        while self._calls:
            call, future, context = self._calls.popleft()
            if future.cancelled():
                call.close()
                continue
            task = self.loop.create_task(call, context=context)
            task.add_done_callback(partial(_settle, future))
            future.add_done_callback(partial(self._cancel, task))

    def _cancel(self, task: asyncio.Task[Any], future: Future[Any]) -> None:
        if future.cancelled():
            with suppress(RuntimeError):  # the loop has ended
                self.loop.call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(_TO_CLOSE)
        except TimeoutError:
            return  # a daemon: it ends with the process
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_TO_CLOSE)
        if not self._thread.is_alive():
            self.loop.close()

    async def _end(self) -> None:
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await _connections.pop(self.loop).close()


def _settle(future: Future[T], task: asyncio.Task[T]) -> None:
    if task.cancelled():
        future.cancel()
    if not future.set_running_or_notify_cancel():
        return
    if error := task.exception():
        future.set_exception(error)
    else:
        future.set_result(task.result())


_lock = threading.Lock()
_current: _Background | None = None
_connections: dict[asyncio.AbstractEventLoop, _Connections] = {}  # of each loop on which calls are made
_parents: list[Any] = []


def _background() -> _Background:
    global _current  # noqa: PLW0603 - the one of this process
    with _lock:
        if _current is None:
            _current = _Background()
        return _current


def _start_anew() -> None:
    """After a fork: the parent's thread is not here, and its lock may have been held."""
    global _connections, _current, _lock  # noqa: PLW0603
    _lock = threading.Lock()
    _parents.append((_current, _connections))  # kept: connections and selectors are shared with the parent
    _current, _connections = None, {}


def _close() -> None:
    if _current is not None:
        _current.close()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
