"""Going through a task with the replies that are there, and asking nothing."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ...errors import VerbalizedSamplingError
from ...models import Caller
from ...plans.drive import drive
from ...replies.protocol import Reply, Request
from .caller import CallKeys
from .journal import Journal
from .task import Answered, Outcome, Task

__all__ = ["NOBODY", "Awaited", "replayed"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Awaited:
    """The first call of a task that has no reply yet.

    Attributes:
        key: Its key.
        request: What it asks.
        keys: Gives the keys of further calls.
        answers: The replies before it, by their keys.
    """

    key: bytes
    request: Request
    keys: CallKeys
    answers: dict[bytes, Answered]


def replayed(task: Task[T], journal: Journal, new: Container[bytes] = ()) -> Outcome[T] | Awaited:
    """What came of a task whose replies are all there, or the call that it waits for.

    Args:
        task: The task.
        journal: Has the replies.
        new: Keys of replies that came in this run.
    """
    answers: dict[bytes, Answered] = {}
    keys = CallKeys(task)

    def call(request: Request) -> Reply:
        key = keys.of(request)
        answered = journal.get(key)
        if answered is None:
            raise _MissingReply(Awaited(key, request, keys, answers))
        answers[key] = replace(answered, replayed=False) if key in new else answered
        return answered.reply

    try:
        result = drive(task.plan(), call)
    except _MissingReply as missing:
        return missing.awaited
    except VerbalizedSamplingError as error:
        return Outcome(task, None, error, tuple(answers.values()))
    return Outcome(task, result, None, tuple(answers.values()))


class _MissingReply(BaseException):
    def __init__(self, awaited: Any) -> None:
        self.awaited: Awaited = awaited


def _nobody(_: Request) -> Reply:
    raise AssertionError("nothing is to be asked here")


async def _nobody_either(request: Request) -> Reply:
    return _nobody(request)


NOBODY = Caller(_nobody, _nobody_either)
"""Stands in for the model where nothing is asked."""
