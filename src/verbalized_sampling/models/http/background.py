"""One event loop on a thread of its own, for everything that goes over HTTP.

Synchronous callers, and asynchronous ones on whatever loop, hand their calls to it. So they share one client and its
connections; no caller's own loop waits while a client is imported, a certificate store read or a reply decoded; and a
call can be cancelled from any thread.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .client import Client

__all__ = ["client", "submit"]

T = TypeVar("T")

_TO_CLOSE = 1.0  # seconds


def submit(call: Coroutine[Any, Any, T]) -> Future[T]:
    """Starts ``call``; cancelling the future cancels it."""
    return _background().submit(call)


def client() -> Client:
    """The client of this process; to be called on the loop."""
    background = _background()
    if background.client is None:
        from .client import Client

        background.client = Client()
    return background.client


class _Background:
    """A running loop, and the client that lives on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.client: Client | None = None
        self._calls: deque[tuple[Coroutine[Any, Any, Any], Future[Any]]] = deque()  # to be started
        self._is_woken = False
        self._thread = threading.Thread(target=self.loop.run_forever, name="verbalized-sampling-http", daemon=True)
        self._thread.start()

    def submit(self, call: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts ``call`` on the loop, which is woken once for all calls that come together.

        Waking a loop lets go of the interpreter, and to get it back may take 5 ms each time.
        """
        future: Future[T] = Future()
        self._calls.append((call, future))
        if not self._is_woken:
            self._is_woken = True
            self.loop.call_soon_threadsafe(self._start)
        return future

    def _start(self) -> None:
        self._is_woken = False  # first: what is added from now on wakes the loop again
        while self._calls:
            call, future = self._calls.popleft()
            if future.cancelled():
                call.close()
                continue
            task = self.loop.create_task(call)
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
        if self.client is not None:
            await self.client.close()


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
_parents: list[_Background] = []


def _background() -> _Background:
    global _current  # noqa: PLW0603 - the one of this process
    with _lock:
        if _current is None:
            _current = _Background()
        return _current


def _start_anew() -> None:
    """After a fork: the parent's thread is not here, and its lock may have been held."""
    global _current, _lock  # noqa: PLW0603
    _lock = threading.Lock()
    if _current is not None:
        _parents.append(_current)  # kept: its connections and its selector are shared with the parent
    _current = None


def _close() -> None:
    if _current is not None:
        _current.close()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
