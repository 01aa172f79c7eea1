"""Bulk generation, and the job engine below it.

:func:`bulk` takes rows of prompts to a file of answers. Below it, :func:`run` takes :class:`Task` objects (a plan, and
the model to run it on) and yields an :class:`Outcome` each: many plans at once, each reply journalled, so that a job
that was stopped goes on where it was.
"""

from .batches import Batches, BatchReplies, read_batches, write_batches
from .engine.journal import Journal
from .engine.limits import Limits
from .engine.meter import Progress
from .engine.running import run
from .engine.task import Answered, Outcome, Task
from .engine.waiting import wait_for
from .estimate import Estimate
from .generate import abulk, bulk, estimate
from .price import price
from .report import Report

__all__ = [
    "Answered",
    "BatchReplies",
    "Batches",
    "Estimate",
    "Journal",
    "Limits",
    "Outcome",
    "Progress",
    "Report",
    "Task",
    "abulk",
    "bulk",
    "estimate",
    "price",
    "read_batches",
    "run",
    "wait_for",
    "write_batches",
]
