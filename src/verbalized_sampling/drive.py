"""Running a plan: the only place in the core where sync and async differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

from .protocol import Reply, Request

__all__ = ["Plan", "adrive", "drive"]

T = TypeVar("T")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

Plan = Generator[Request, Reply | str, T]
"""Yields requests, is sent their replies, and returns its result."""


def drive(plan: Generator[Asked, Answer, T], call: Callable[[Asked], Answer]) -> T:
    """Runs ``plan`` to its end with a model that is called as ``call(request)``.

    An error of the model, and an interrupt, is thrown into the plan, so that it can attach what earlier turns gave. A
    generator around a plan that asks and answers in a framework's own terms is driven likewise.
    """
    try:
        request = next(plan)
        while True:
            try:
                reply = call(request)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the plan decides
                request = plan.throw(error)
            else:
                request = plan.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        plan.close()


async def adrive(plan: Generator[Asked, Answer, T], call: Callable[[Asked], Awaitable[Answer]]) -> T:
    """The same with ``await call(request)``."""
    try:
        request = next(plan)
        while True:
            try:
                reply = await call(request)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the plan decides
                request = plan.throw(error)
            else:
                request = plan.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        plan.close()
