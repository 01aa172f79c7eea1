"""A job on Ray: the driver reads and writes, and workers on whatever machines ask.

Workers send back replies and nothing else. The driver keeps them in the journal and reads them there, so the same
replies make the same rows, whoever asked for them; and a worker that dies takes nothing with it: Ray gives its rows to
another.
"""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from ..errors import SettingsError
from ..values.arguments import whole
from ..values.distribution import Distribution
from .engine.journal import Journal
from .engine.limits import Limits
from .engine.meter import Meter, Progress, Stopped
from .engine.replay import replayed
from .engine.task import Answered, Outcome, Task
from .job import Job
from .prompting import Prompting
from .worker import Delivery, Order, Worker

__all__ = ["check_ray", "run_on_ray"]

_ROUNDS = 256  # batches for each worker, until the driver takes more rows
_OPEN = 4  # prompts of a batch for each call at once: what is lost with a worker, and asked again
_END: Any = object()


def check_ray(workers: int | None) -> None:
    """Looks for Ray before anything is asked.

    Raises:
        SettingsError: It is not installed, or ``workers`` is no number of them.
    """
    if workers is not None:
        whole("workers", workers, 1)
    if find_spec("ray") is None:
        raise SettingsError('engine="ray" needs Ray: pip install "verbalized-sampling-core[ray]"')


async def run_on_ray(
    tasks: Iterable[Task[Distribution[Any]] | None],
    job: Job,
    *,
    journal: Journal,
    workers: int | None = None,
    before: Progress | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AsyncGenerator[Outcome[Distribution[Any]]]:
    """:func:`run` on the Ray cluster that is connected, or that ``RAY_ADDRESS`` names, or on one on this machine.

    Args:
        tasks: The tasks of ``job``.
        job: Its limits are those of each worker, but for those a minute, which the workers share. The ceilings are
            looked at whenever rows are sent: ``max_calls`` is never passed, the others by what is under way then.
        journal: The job's.
        workers: How many processes; by default one for each CPU of the cluster.
        before: As in :func:`run`.
        on_progress: As in :func:`run`.

    Yields:
        An outcome a task.

    Raises:
        ModelError: As in :func:`run`, and likewise the others.
    """
    meter = Meter.after(before, job.limits, None)
    remaining, batch = iter(tasks), job.limits.concurrency * _OPEN
    count = _connected(workers)
    is_fresh = not len(journal)
    thread = ThreadPoolExecutor(1, "verbalized-sampling-ray")  # where the driver waits for deliveries
    loop = asyncio.get_running_loop()
    deliveries: Generator[Delivery] | None = None

    def ended(outcome: Outcome[Distribution[Any]]) -> Outcome[Distribution[Any]]:
        for answered in outcome.answers:
            meter.answered(answered, outcome.task.model)
        meter.ended(outcome)
        if on_progress:
            on_progress(meter.progress())
        return outcome

    try:
        while rows := _rows(job, meter, count * batch):
            sent: list[Task[Distribution[Any]]] = []
            orders: list[Order] = []
            while len(sent) < rows and (task := next(remaining, _END)) is not _END:
                if task is None:
                    await asyncio.sleep(0)
                    continue
                answers: dict[bytes, Answered] = {}
                if not is_fresh or task.context.prompt is None:
                    found = replayed(task, journal)
                    if isinstance(found, Outcome):
                        yield ended(found)
                        continue
                    answers = found.answers
                orders.append(Order(len(sent), task.row, task.context.prompt, task.options, answers))
                sent.append(task)
            if not sent:
                break
            limits = _of_a_worker(job.limits, meter, len(sent), count)
            worker = replace(job, prompting=Prompting(), limits=limits)  # it has its prompts
            deliveries = _deliveries(orders, worker, count, batch)
            while delivery := await loop.run_in_executor(thread, next, deliveries, None):
                for key, answered in delivery.replies.items():
                    journal.keep(key, answered)
                await journal.commit_soon()
                meter.retries += delivery.retries
                if delivery.fatal:
                    raise delivery.fatal
                for number in delivery.numbers:
                    task = sent[number]
                    found = replayed(task, journal, new=delivery.replies)
                    if isinstance(found, Outcome):
                        yield ended(found)
                    elif error := delivery.failed.get(number):
                        yield ended(Outcome(task, None, error, tuple(found.answers.values())))
                    else:  # a ceiling came first
                        for answered in found.answers.values():
                            meter.answered(answered, task.model)
        if on_progress and meter.stopped:
            on_progress(meter.progress())
    finally:
        if deliveries is not None:
            thread.submit(deliveries.close)  # ends what is under way on the cluster
        thread.shutdown(wait=False)


def _rows(job: Job, meter: Meter, all_busy: int) -> int:
    """How many rows to take next; none if a ceiling is reached."""
    try:
        meter.begin()
        meter.end()
    except Stopped:
        return 0
    limits = job.limits
    most = all_busy * (_ROUNDS if limits.max_tokens is None and limits.max_cost is None else 1)
    if limits.max_calls is None:
        return most
    return max(1, min(most, (limits.max_calls - meter.calls) // job.requests[1]))


def _of_a_worker(limits: Limits, meter: Meter, rows: int, workers: int) -> Limits:
    """The limits that a worker has to see to."""
    shared = {
        name: value / workers
        for name in ("requests_per_minute", "tokens_per_minute")
        if (value := getattr(limits, name)) is not None
    }
    left = limits.max_calls - meter.calls if limits.max_calls is not None and rows == 1 else None
    return replace(limits, max_calls=left, max_tokens=None, max_cost=None, **shared)


def _connected(workers: int | None) -> int:
    """Connects to a cluster, unless that is done; how many workers there are to be."""
    if "RAY_ADDRESS" not in os.environ:
        # On this machine workers have all that this process has. Below `uv run`, Ray would copy the folder and start
        # each of them by the same command, which may take for ever.
        os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    import ray

    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level="ERROR")
    return workers or max(1, int(ray.cluster_resources().get("CPU", 1)))


def _deliveries(orders: list[Order], job: Job, workers: int, batch: int) -> Generator[Delivery]:
    from ray.data import ActorPoolStrategy, DataContext, from_items

    batch = min(batch, -(-len(orders) // workers))
    packed = [{"orders": pickle.dumps(orders[i : i + batch])} for i in range(0, len(orders), batch)]
    with _quietly(DataContext.get_current()):
        data = from_items(packed, override_num_blocks=len(packed))
        carried = data.map_batches(
            _Carrier,
            fn_constructor_kwargs={"job": job},
            batch_size=1,
            compute=ActorPoolStrategy(size=min(workers, len(packed))),
        )
        for row in carried.iter_rows():  # as they come, in no order
            yield pickle.loads(row["delivery"])  # noqa: S301 - it comes from our own worker


@contextmanager
def _quietly(context: Any) -> Iterator[None]:
    """Without Ray Data's own progress bars: the job has one."""
    bars, plan = context.enable_progress_bars, context.print_on_execution_start
    context.enable_progress_bars = context.print_on_execution_start = False
    try:
        yield
    finally:
        context.enable_progress_bars, context.print_on_execution_start = bars, plan


class _Carrier:
    """A worker as Ray Data calls it."""

    def __init__(self, job: Job) -> None:
        self._worker = Worker(job)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        deliveries = (self._worker(pickle.loads(orders)) for orders in batch["orders"])  # noqa: S301 - from our own driver
        return {"delivery": [pickle.dumps(delivery) for delivery in deliveries]}
