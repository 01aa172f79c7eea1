"""A client's connection: what it sends, and whether it is still there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from .faults import Fault

__all__ = ["json_of", "until_gone"]

T = TypeVar("T")

_LARGEST = 64 * 2**20  # bytes of a request: images come within it


async def json_of(request: Request) -> Any:
    """The body of a request.

    Raises:
        Fault: It is too large, no JSON, or is not said to be: a page of another site may send texts, but no JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Fault(415, "send the body as JSON, with 'Content-Type: application/json'")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise Fault(413, f"the body is larger than {_LARGEST // 2**20} MB")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise Fault(400, f"the body is no JSON: {error}") from None


async def until_gone(request: Request, work: Awaitable[T]) -> T:
    """What ``work`` gives; it ends when whoever asked has gone.

    Raises:
        ClientDisconnect: They have.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
