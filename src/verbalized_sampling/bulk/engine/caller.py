"""The calls of one task: answered from the journal, or asked, again where that may help, and then kept."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...errors import JobError, ModelError, RefusalError, SettingsError
from ...replies.protocol import Reply, Request
from ...values.usage import Usage
from ..price import price
from .gate import Gate
from .journal import Journal, call_key
from .limits import Limits
from .meter import Meter
from .task import Answered, Task

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

__all__ = ["CallKeys", "JournalledCaller", "Pace"]

_TOO_MANY_REQUESTS = 429
_LONGEST_WAIT = 60.0  # seconds between two tries, unless the endpoint names a longer one
# Turns of the event loop that a reply waits before it is read: replies come in swarms, and whoever waited for their
# slots is to ask first, or else all reading is time in which nobody is asked.
_TO_BEGIN = range(2)
_CHARACTERS_PER_TOKEN = 4  # about; for pacing only


class Pace:
    """What all calls of a job share: how many at once, how many a minute, and who waits how long.

    Args:
        limits: The job's.
        executor: Where models that block are called.

    Raises:
        SettingsError: Limits a minute are set, and aiolimiter is not installed.
    """

    def __init__(self, limits: Limits, executor: Executor) -> None:
        self.limits, self.executor = limits, executor
        self.gate = Gate(limits.concurrency)
        self._requests = _limiter(limits.requests_per_minute)
        self._tokens = _limiter(limits.tokens_per_minute)
        self._random = random.Random()
        self.pausing = 0  # calls that wait to be tried again
        self.on_pause: Callable[[], object] = lambda: None
        self._rooms: dict[str, AbstractAsyncContextManager[object]] = {}

    def room(self, task: Task[Any]) -> AbstractAsyncContextManager[object]:
        """Entered while the task's model answers: waiting inside the model would count as its work."""
        slots = task.caller.slots
        return nullcontext() if slots is None else self._rooms.setdefault(task.model, asyncio.Semaphore(slots))

    @asynccontextmanager
    async def pause(self) -> AsyncIterator[None]:
        """Around the time in which a call waits to be tried again."""
        self.pausing += 1
        self.on_pause()
        try:
            yield
        finally:
            self.pausing -= 1

    async def turn(self, request: Request) -> None:
        """Waits until one more call keeps within the limits a minute."""
        if self._requests:
            await self._requests.acquire()
        if self._tokens:
            text = sum(len(str(message["content"])) for message in request.messages) / _CHARACTERS_PER_TOKEN
            await self._tokens.acquire(min(text + (request.max_tokens or 0), self._tokens.max_rate))

    def delay(self, error: ModelError, attempt: int) -> float:
        """Seconds to wait before a call is tried again: what the endpoint asks for, else twice as long each time."""
        if error.retry_after is not None:
            return error.retry_after
        return min(_LONGEST_WAIT, 0.5 * 2.0**attempt) * self._random.uniform(0.5, 1.0)


@dataclass(slots=True)
class CallKeys:
    """The journal's keys of one task's calls, one after another."""

    task: Task[Any]
    _asked: Counter[bytes] = field(default_factory=Counter)

    def of(self, request: Request) -> bytes:
        """The key of the next call; the very same request again is another call."""
        task = self.task
        key = call_key(task.row, task.model, task.options, request, 0)
        occurrence = self._asked[key]
        self._asked[key] += 1
        return call_key(task.row, task.model, task.options, request, occurrence) if occurrence else key


@dataclass(slots=True)
class JournalledCaller:
    """Makes the calls of one task.

    A waiting retry gives its slot back, so that it keeps nobody else waiting; the event loop's own heap of timers
    wakes it. A call keeps its slot until its reply is committed: what a crash can lose is what was under way.
    """

    task: Task[Any]
    journal: Journal
    pace: Pace
    meter: Meter
    answers: list[Answered] = field(default_factory=list)
    keys: CallKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = CallKeys(self.task)

    async def __call__(self, request: Request) -> Reply:
        """The reply to ``request``.

        Raises:
            ModelError: The call failed for good.
            JobError: The job can't go on.
        """
        key = self.keys.of(request)
        answered = self.journal.get(key)
        if answered:
            self.meter.answered(answered, self.task.model)
        else:
            answered = await self._ask(request, key)
            for _ in _TO_BEGIN:
                await asyncio.sleep(0)
        self.answers.append(answered)
        return answered.reply

    async def _ask(self, request: Request, key: bytes) -> Answered:
        limits = self.pace.limits
        if limits.max_cost is not None and price(self.task.model, Usage()) is None:
            raise SettingsError(f"the price of {self.task.model} is not known: set max_tokens= instead of max_cost=")
        attempt = 0
        while True:
            async with self.pace.room(self.task), self.pace.gate as wave:
                await self.pace.turn(request)
                self.meter.begin()
                started = time.monotonic()
                try:
                    reply = await self._call(request)
                    self.pace.gate.widen()
                    answered = Answered(reply, time.monotonic() - started)
                    await self.journal.put(key, answered)
                    self.meter.answered(answered, self.task.model)
                except ModelError as error:
                    delay = self._after(error, attempt, wave)
                else:
                    return answered
                finally:
                    self.meter.end()
            attempt += 1
            self.meter.retries += 1
            async with self.pace.pause():
                await asyncio.sleep(delay)

    async def _call(self, request: Request) -> Reply:
        caller = self.task.caller
        try:
            if caller.blocking:
                loop = asyncio.get_running_loop()
                return Reply.of(await loop.run_in_executor(self.pace.executor, caller.call, request))
            return Reply.of(await caller.acall(request))
        except RefusalError as error:  # an answer like any other: asking again would cost as much
            return Reply(error.text, refusal=error.text or "the model refused")

    def _after(self, error: ModelError, attempt: int, wave: int) -> float:
        """How long to wait after ``error``; raises it if waiting is no use."""
        limits = self.pace.limits
        if not error.retryable:
            raise error
        if error.status == _TOO_MANY_REQUESTS:
            self.pace.gate.narrow(wave)
        silence = time.monotonic() - self.meter.last_answer
        if silence > limits.patience:
            raise JobError(
                f"stopped after {silence:.0f} s of nothing but failures; what was answered is kept, and the same "
                f"command goes on from there. The last one: {error}"
            ) from error
        if attempt >= limits.retries:
            raise error
        return self.pace.delay(error, attempt)


def _limiter(per_minute: float | None) -> AsyncLimiter | None:
    if per_minute is None:
        return None
    try:
        from aiolimiter import AsyncLimiter
    except ModuleNotFoundError as error:
        raise SettingsError('limits a minute need aiolimiter: pip install "verbalized-sampling-core[bulk]"') from error
    return AsyncLimiter(per_minute, 60.0)
