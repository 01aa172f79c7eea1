"""Running a job: many plans at once, each call through the journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from ...errors import (
    DistributionParseError,
    EmptyDistributionError,
    ModelError,
    RefusalError,
    VerbalizedSamplingError,
)
from ...models.http import calls_here
from ...plans.drive import adrive
from .caller import JournalledCaller, Pace
from .journal import Journal
from .limits import Limits
from .meter import Meter, Progress, Stopped
from .task import Outcome, Task

__all__ = ["run"]

T = TypeVar("T")

_END: Any = object()
_MOST_OPEN = 64  # the same, where nearly all of them wait
_OPEN = 4  # tasks under way for each call at once: enough to go on while some of them wait to try again
_CANNOT_MEND = (401, 402, 403, 404)  # key, credit, access, model: the next call would fail alike
_TOO_MANY = 429  # which some endpoints answer where the credit is used up, and waiting is no use


async def run(
    tasks: Iterable[Task[T] | None],
    *,
    journal: Journal | None = None,
    limits: Limits | None = None,
    total: int | None = None,
    before: Progress | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AsyncGenerator[Outcome[T]]:
    """Runs tasks and yields what came of each, in the order in which they end.

    Tasks are taken from ``tasks`` as there is room, so that a job of millions needs no more memory than one of
    hundreds. A task that fails is an outcome like any other; the rest goes on.

    Args:
        tasks: The plans to run. None among them lets whatever else runs on the event loop have its turn.
        journal: Keeps the replies; run again with the same one, the job asks only what is missing. None keeps them
            in memory.
        limits: Pace and ceilings. A ceiling ends the job early, and ``Progress.stopped`` says which.
        total: How many tasks there are, if that is known; for the progress.
        before: What earlier runs did, of tasks that are not among these; ceilings and progress count on from there.
        on_progress: Called on the event loop after each outcome.

    Yields:
        An outcome a task. Closing the generator cancels what is under way.

    Raises:
        ModelError: An error that can't mend: a wrong key, no credit, no such model.
        JobError: The journal can't be written, or the endpoint gave nothing but errors for too long.
        Exception: Whatever a model that is the user's own function raises.
    """
    limits = limits or Limits()
    meter = Meter.after(before, limits, total)
    remaining = iter(tasks)
    outcomes: asyncio.Queue[Outcome[T] | BaseException | None] = asyncio.Queue(limits.concurrency * _OPEN)
    # Its threads start as they are needed; the loop's own pool may have fewer than there are calls at once.
    executor = ThreadPoolExecutor(limits.concurrency, "verbalized-sampling-job")
    pace = Pace(limits, executor)
    kept = Journal() if journal is None else journal
    ending = False
    place = AsyncExitStack()
    await place.enter_async_context(calls_here())

    async def work() -> None:
        try:
            while not meter.stopped and (task := next(remaining, _END)) is not _END:
                if task is None:
                    await asyncio.sleep(0)
                    continue
                outcome = await _run_one(task, JournalledCaller(task, kept, pace, meter))
                meter.ended(outcome)
                await outcomes.put(outcome)
        except Stopped:
            pass
        except BaseException as error:
            if ending:  # nobody reads any more, and the queue may be full
                raise
            await outcomes.put(error)
            return
        await outcomes.put(None)

    workers = [asyncio.create_task(work()) for _ in range(limits.concurrency * _OPEN)]
    ended = 0

    def keep_busy() -> None:
        """One more task is begun where most of those under way wait to try again, and the endpoint doesn't complain."""
        at_work = len(workers) - ended - pace.pausing
        if at_work < limits.concurrency and len(workers) < limits.concurrency * _MOST_OPEN and pace.gate.is_wide:
            workers.append(asyncio.create_task(work()))

    pace.on_pause = keep_busy
    try:
        while ended < len(workers):
            outcome = await outcomes.get()
            if outcome is None:
                ended += 1
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                yield outcome
                if on_progress:
                    on_progress(meter.progress())
        if on_progress and meter.stopped:
            on_progress(meter.progress())
    finally:
        ending = True
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await place.aclose()
        executor.shutdown(wait=False, cancel_futures=True)
        if journal is None:
            kept.close()


async def _run_one(task: Task[T], call: JournalledCaller) -> Outcome[T]:
    try:
        plan = task.plan()
    except VerbalizedSamplingError as error:  # of this row: an empty prompt, a variable that it lacks
        return Outcome(task, None, error, ())
    try:
        result = await adrive(plan, call)
    except ModelError as error:
        if error.status in _CANNOT_MEND or (error.status == _TOO_MANY and not error.retryable):
            raise
        return Outcome(task, None, error, tuple(call.answers))
    except (RefusalError, DistributionParseError, EmptyDistributionError) as error:
        return Outcome(task, None, error, tuple(call.answers))
    return Outcome(task, result, None, tuple(call.answers))
