"""What a job is made of: plans to run, and what came of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ...errors import VerbalizedSamplingError
from ...models import Caller, Options
from ...plans.drive import Plan
from ...replies.protocol import Reply

__all__ = ["Answered", "Outcome", "Task"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered:
    """One reply, as it stands in the journal.

    Attributes:
        reply: What the model answered, unread.
        seconds: How long it took, waiting for a turn left out.
        replayed: Whether it came from the journal, and so cost nothing now.
    """

    reply: Reply
    seconds: float
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[T]):
    """One plan to run.

    Attributes:
        row: Names the task within its job, and stays the same from run to run. It is part of the journal's key.
        plan: Makes the plan. It must be deterministic: the same replies lead to the same requests, so that a resumed
            job finds them again.
        model: Names the model in the journal's key, and in the price list.
        caller: Calls the model.
        options: How the model is to generate; part of the key.
        context: Whatever whoever made the task wants to find again beside its outcome.
    """

    row: str
    plan: Callable[[], Plan[T]]
    model: str
    caller: Caller
    options: Options = field(default_factory=Options)
    context: Any = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of one task.

    Attributes:
        task: The task.
        result: What its plan returned; None if it failed.
        error: Why it failed: a refusal, a reply that can't be read, a request that the endpoint rejects; else None.
        answers: The replies to its calls, in order.
    """

    task: Task[T]
    result: T | None
    error: VerbalizedSamplingError | None
    answers: tuple[Answered, ...]
