"""Running a plan: the only place in the core where sync and async differ."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..replies.protocol import Reply, Request

__all__ = ["Ended", "Plan", "adrive", "adrive_stream", "drive", "drive_stream"]

T = TypeVar("T")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Item = TypeVar("Item")

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


def drive_stream(
    plan: Generator[Asked, Answer, T], call: Callable[[Asked], Generator[Item, None, Answer]]
) -> Generator[Item, None, T]:
    """The same with answers that arrive piece by piece: ``call(request)`` yields the pieces and returns the answer.

    Closing it closes the call that is under way.
    """
    try:
        request = next(plan)
        while True:
            try:
                reply = yield from call(request)
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, the plan decides
                request = plan.throw(error)
            else:
                request = plan.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        plan.close()


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """What comes last of an asynchronous stream, since its kind of generator returns nothing."""

    value: T


async def adrive_stream(
    plan: Generator[Asked, Answer, T], call: Callable[[Asked], AsyncGenerator[Item | Ended[Answer]]]
) -> AsyncGenerator[Item | Ended[T]]:
    """The same with ``call(request)`` and the stream both giving what they return as their last item, ``Ended``."""
    try:
        request = next(plan)
        while True:
            try:
                async with aclosing(call(request)) as items:
                    async for item in items:
                        if isinstance(item, Ended):
                            reply = item.value
                            break
                        yield item
                    else:
                        raise RuntimeError("its last item has to be Ended(answer)")  # noqa: TRY301
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, the plan decides
                request = plan.throw(error)
            else:
                request = plan.send(reply)
    except StopIteration as stop:
        ended: Ended[T] = Ended(stop.value)
    finally:
        plan.close()
    yield ended
