"""One job engine: many plans at once, each reply journalled, so that a job that was stopped goes on where it was.

:func:`run` takes :class:`Task` objects (a plan, and the model to run it on) and yields an :class:`Outcome` each.
"""

from .engine import run
from .journal import Journal
from .limits import Limits
from .meter import Progress
from .price import price
from .sink import JsonLinesSink
from .task import Answered, Outcome, Task
from .waiting import wait_for

__all__ = [
    "Answered",
    "Journal",
    "JsonLinesSink",
    "Limits",
    "Outcome",
    "Progress",
    "Task",
    "price",
    "run",
    "wait_for",
]
