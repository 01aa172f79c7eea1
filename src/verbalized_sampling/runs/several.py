"""Several runs at once that leave no call behind: what can't mend ends them all, and so does an interrupt."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Self

from ..errors import DistributionParseError, ModelError, RefusalError, salvage
from ..models import Caller
from ..plans.drive import Plan, adrive, drive
from ..replies.protocol import Reply, Request
from ..values.distribution import Distribution

__all__ = ["Course", "Result", "Run", "aresults", "arun_all", "astarted", "results", "run_all", "started"]

Result = Distribution[Any] | Exception
"""What came of a run: an error is one that another run need not meet."""

_CANNOT_MEND = (401, 402, 403, 404)  # key, credit, access, model: the next call would fail alike


@dataclass(frozen=True, slots=True)
class Run:
    """A plan, and the model to run it with.

    Attributes:
        plan: The plan.
        caller: The model.
        has_validators: Whether the plan runs code of the caller's: what validates a candidate may take its time, or
            ask a model itself.
    """

    plan: Plan[Distribution[Any]]
    caller: Caller
    has_validators: bool = True


def run_all(runs: Sequence[Run], concurrency: int) -> list[Result]:
    """Runs them at once, but for so many: where their calls are made, or on threads.

    Raises:
        Exception: One of them failed in a way that ends them all. What a model that is the user's own function raises
            is one: a bug is no failed call.
    """
    if len(runs) == 1:
        return [Course().result(lambda: drive(runs[0].plan, runs[0].caller.call))]
    with Course().keeping() as course:
        if submit := _where_calls_are_made(runs):
            future = submit(_at_once(runs, concurrency, course))
            try:
                return future.result()
            finally:
                future.cancel()  # after an interrupt
        with started(runs, concurrency, course) as futures:
            return results(futures)


async def arun_all(runs: Sequence[Run], concurrency: int) -> list[Result]:
    """The same without blocking the event loop; its cancellation ends them all."""
    with Course().keeping() as course:
        if submit := _where_calls_are_made(runs):
            return await asyncio.wrap_future(submit(_at_once(runs, concurrency, course)))
        return await _at_once(runs, concurrency, course)


async def _at_once(runs: Sequence[Run], concurrency: int, course: Course) -> list[Result]:
    async with astarted(runs, concurrency, course) as tasks:
        return await aresults(tasks)


def _where_calls_are_made(runs: Sequence[Run]) -> Callable[..., Future[list[Result]]] | None:
    """Runs a coroutine there; None if there is no one place, or the runs had better not hold it up."""
    submit = runs[0].caller.submit
    return None if any(run.has_validators or run.caller.submit is not submit for run in runs) else submit


@contextmanager
def started(runs: Sequence[Run], concurrency: int, course: Course) -> Iterator[list[Future[Result]]]:
    """The runs, under way on threads, in their order; none of their calls is left when the block ends."""

    def one(run: Run) -> Result:
        def call(request: Request) -> Reply | str:
            course.go_on()
            return run.caller.call(request)

        return course.result(lambda: drive(run.plan, call))

    pool = ThreadPoolExecutor(min(concurrency, len(runs)), "verbalized-sampling-call")
    try:
        yield [pool.submit(contextvars.copy_context().run, one, run) for run in runs]
    finally:
        # Done, or nobody waits any more: a model that is a function may take as long as it likes.
        course.stopped = True
        for run in runs:
            run.caller.cancel()
        pool.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def astarted(runs: Sequence[Run], concurrency: int, course: Course) -> AsyncIterator[list[asyncio.Task[Result]]]:
    """The same as tasks of the event loop."""
    at_once = asyncio.Semaphore(concurrency)
    threads = min(concurrency, len(runs))
    pool = ThreadPoolExecutor(threads, "verbalized-sampling-call") if any(r.caller.blocking for r in runs) else None

    async def one(run: Run) -> Result:
        async def call(request: Request) -> Reply | str:
            course.go_on()
            if not run.caller.blocking:
                return await run.caller.acall(request)
            # The loop's own pool may have fewer threads than there are calls at once.
            context = contextvars.copy_context()
            return await asyncio.get_running_loop().run_in_executor(pool, context.run, run.caller.call, request)

        async with at_once:
            try:
                result = await adrive(run.plan, call)
            except Exception as error:  # noqa: BLE001 - judged by its kind
                return course.failed(error)
            return course.answered(result)

    tasks = [asyncio.create_task(one(run)) for run in runs]
    try:
        yield tasks
    finally:
        course.stopped = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)


def results(futures: Sequence[Future[Result]]) -> list[Result]:
    """What came of the runs.

    Raises:
        Exception: As :func:`run_all` does, as soon as it is known.
    """
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    for future in futures:
        if future in done and (error := future.exception()):
            raise error
    return [future.result() for future in futures]


async def aresults(tasks: Sequence[asyncio.Task[Result]]) -> list[Result]:
    """The same."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        if task in done and (error := task.exception()):
            raise error
    return [task.result() for task in tasks]


class Course:
    """How the runs go: what was won so far, and whether they go on.

    Attributes:
        stopped: Whether no further request is to be made.
    """

    def __init__(self) -> None:
        self.stopped = False
        self._won: list[Distribution[Any]] = []

    @contextmanager
    def keeping(self) -> Iterator[Self]:
        """What was won is on an interrupt or a cancellation, too, that ends the runs from outside."""
        try:
            yield self
        except Exception:
            raise
        except BaseException as error:
            salvage(error, Distribution.mixture(list(self._won)))
            raise

    def go_on(self) -> None:
        if self.stopped:
            raise CancelledError

    def result(self, run: Callable[[], Distribution[Any]]) -> Result:
        try:
            result = run()
        except Exception as error:  # noqa: BLE001 - judged by its kind
            return self.failed(error)
        return self.answered(result)

    def answered(self, result: Distribution[Any]) -> Distribution[Any]:
        self._won.append(result)
        return result

    def failed(self, error: Exception) -> Exception:
        """``error``, unless it ends all runs: then it is raised, with what the others gave."""
        if self.stopped:  # by another one's
            return error
        match error:
            case RefusalError() | DistributionParseError():
                return error
            case ModelError() if error.retryable or (self._won and error.status not in _CANNOT_MEND):
                return error
        self.stopped = True
        own = getattr(error, "salvaged", None)  # of the run that it ended
        salvage(error, Distribution.mixture([*self._won, *([own] if own else [])]))
        raise error
