"""Streams that somebody leaves before their end: the call behind them ends then, and costs no more tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

__all__ = ["aleft", "leave"]

T = TypeVar("T")


def leave(stream: Iterator[Any]) -> None:
    """Ends a stream, if it can be ended: generators can, iterators of one's own need not."""
    if (close := getattr(stream, "close", None)) is not None:
        close()


@asynccontextmanager
async def aleft(stream: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Ends an asynchronous stream with the block; Python alone would do so at some later time."""
    try:
        yield stream
    finally:
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()
