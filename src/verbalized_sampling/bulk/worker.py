"""What a process on another machine does for a job: it asks, and sends back what it was told."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from ..errors import JobError, ModelError
from ..models import Options, resolve
from ..plans.wording import Query
from ..values.distribution import Distribution
from .engine.journal import Journal
from .engine.meter import Progress
from .engine.running import run
from .engine.task import Answered, Task
from .job import Job

__all__ = ["Delivery", "Order", "Worker"]


@dataclass(frozen=True, slots=True)
class Order:
    """One task on its way to a worker.

    Attributes:
        number: What the driver knows it by.
        name: The task's name.
        prompt: What it asks.
        options: How the model is to generate.
        answers: The replies that the journal has already, by their keys.
    """

    number: int
    name: str
    prompt: Query
    options: Options
    answers: dict[bytes, Answered]


@dataclass(slots=True)
class Delivery:
    """What comes back of some orders.

    Attributes:
        numbers: The orders.
        replies: New replies by their keys.
        failed: Why a call failed, by the number of its order.
        retries: Calls that had to be tried again.
        fatal: What ended the work on them, if anything did.
    """

    numbers: list[int]
    replies: dict[bytes, Answered] = field(default_factory=dict)
    failed: dict[int, ModelError] = field(default_factory=dict)
    retries: int = 0
    fatal: Exception | None = None


class Worker:
    """Carries out orders, many at once.

    Args:
        job: The job, without what makes prompts of rows: that is done.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._find = lru_cache(maxsize=100)(partial(resolve, job.model))

    def __call__(self, orders: list[Order]) -> Delivery:
        """Never raises: what went wrong is in the delivery, with all that was won before."""
        return asyncio.run(self._deliver(orders))

    async def _deliver(self, orders: list[Order]) -> Delivery:
        delivery = Delivery([order.number for order in orders])
        known = {key for order in orders for key in order.answers}
        with Journal() as journal:
            for order in orders:
                for key, answered in order.answers.items():
                    journal.keep(key, answered)
            try:
                await self._ask(orders, journal, delivery)
            except Exception as error:  # noqa: BLE001 - the driver raises it
                delivery.fatal = _portable(error)
            delivery.replies = {key: answered for key, answered in journal.replies() if key not in known}
        return delivery

    async def _ask(self, orders: list[Order], journal: Journal, delivery: Delivery) -> None:
        def count(progress: Progress) -> None:
            delivery.retries = progress.retries

        tasks = self._tasks(orders)
        async for outcome in run(tasks, journal=journal, limits=self._job.limits, on_progress=count):
            if isinstance(outcome.error, ModelError):
                delivery.failed[outcome.task.context] = outcome.error

    def _tasks(self, orders: list[Order]) -> Iterator[Task[Distribution[Any]]]:
        for order in orders:
            yield Task(
                row=order.name,
                plan=partial(self._job.plan, order.prompt),
                model=self._job.name,
                caller=self._find(order.options),
                options=order.options,
                context=order.number,
            )


def _portable(error: Exception) -> Exception:
    """``error``, if it survives the way to another process; else its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled here
    except Exception:  # noqa: BLE001 - whatever a class of somebody else's does
        return JobError(f"a worker failed: {type(error).__name__}: {error}")
    return error
