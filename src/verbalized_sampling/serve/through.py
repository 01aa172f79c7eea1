"""Requests that go on to the model as they are, and answers that come back as they are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from ..models import Endpoint, Options, resolve
from ..models.http import failures
from ..replies.protocol import Reply, Request
from .answers import Answer, tools_called
from .asked import Asked
from .completion import Completion, Said, event
from .faults import Fault
from .upstream import Upstream

if TYPE_CHECKING:
    import aiohttp

    from ..models.http.client import Client

__all__ = ["forwarded", "single", "single_written"]

_TIMEOUT = 600.0  # seconds until an answer begins
_KEPT = ("content-type", "retry-after", "retry-after-ms", "x-request-id")
_LONGEST_PAGE = 2**16  # bytes of an error
_OF_THE_CLIENT = (400, 404, 409, 413, 415, 422, 429)


async def forwarded(
    client: Client, endpoint: Endpoint, method: str, path: str, body: Any, limit: float | None
) -> Response:
    """The endpoint's own answer, whatever is in it.

    Raises:
        ModelError: It could not be reached.
        Fault: It has failed, or refused this server.
    """
    content = None if body is None else json.dumps(body).encode()
    timeout = asyncio.timeout(limit or _TIMEOUT)
    failure: Exception | None = None  # raised outside: the client's error holds the request, and that the key
    try:
        async with timeout:
            response = await client.send(method, endpoint.base_url + path, endpoint.headers, content)
    except Exception as error:  # noqa: BLE001 - whatever the client raises
        failure = failures.of_transport(endpoint, error)
    if timeout.expired():
        raise Fault(504, f"{endpoint} gave no answer in time", code="upstream_timeout")
    if failure:
        raise failure
    names = {name.lower(): value for name, value in response.headers.items()}
    kept = {name: value for name, value in names.items() if name in _KEPT or name.startswith("x-ratelimit")}
    if 200 <= response.status < 300:
        return StreamingResponse(_body(response), response.status, kept)
    page = b""
    async with aclosing(_body(response)) as pieces:
        with suppress(Exception):  # its status has said what matters
            async for piece in pieces:
                page += piece
                if len(page) > _LONGEST_PAGE:
                    break
    if response.status in _OF_THE_CLIENT:
        with suppress(ValueError):
            said = json.loads(page)
            if isinstance(said, dict) and "error" in said:
                return JSONResponse(said, response.status, kept)
    raise failures.of_status(endpoint, response.status, response.headers, page)


async def _body(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    try:
        async for piece in response.content.iter_any():
            yield piece
    finally:
        response.close()


async def single(asked: Asked, upstream: Upstream) -> Answer:
    """One answer of a model that is behind no API."""
    return _of_reply(Reply.of(await _call(asked, upstream, None)))


async def single_written(
    asked: Asked, upstream: Upstream, completion: Completion, whole: list[Answer]
) -> AsyncIterator[bytes]:
    """The same as events, piece by piece."""
    loop, pieces = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    task = asyncio.create_task(_call(asked, upstream, lambda text: loop.call_soon_threadsafe(pieces.put_nowait, text)))
    task.add_done_callback(lambda _: pieces.put_nowait(None))
    begun = False
    try:
        while (text := await pieces.get()) is not None:
            yield event(completion.piece(0, text) if begun else completion.begun(0, Said(text)))
            begun = True
        result = _of_reply(Reply.of(await task))
    finally:
        task.cancel()
    whole.append(result)
    if not begun or result.choices[0].message:  # what can't stream says all at its end; tools are called at the end
        yield event(completion.begun(0, result.choices[0]))
    yield event(completion.ended(0, result.choices[0]))
    if asked.include_usage:
        yield event(completion.usage(result.usage))
    yield b"data: [DONE]\n\n"


async def _call(asked: Asked, upstream: Upstream, on_text: Any) -> Reply | str:
    options, messages = _options(asked.body, on_text), asked.conversation().messages
    caller = await asyncio.to_thread(resolve, upstream.model, options)
    return await caller.acall(Request(tuple(messages), 1))  # type: ignore[arg-type]


def _options(body: Mapping[str, Any], on_text: Any) -> Options:
    named = {"messages", "model", "n", "stream", "stream_options", "temperature", "seed", "max_tokens"}
    return Options(
        temperature=body.get("temperature"),
        seed=body.get("seed"),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        on_text=on_text,
        extra={
            name: value
            for name, value in body.items()
            if name not in named and name != "max_completion_tokens" and value is not None
        },
    )


def _of_reply(reply: Reply) -> Answer:
    if reply.tool_calls:
        said = tools_called(reply)
    elif reply.refusal:
        said = Said(None, "stop", None, {"refusal": reply.refusal})
    else:
        said = Said(reply.text, "length" if reply.is_cut else "content_filter" if reply.is_blocked else "stop")
    return Answer([said], reply.usage, None)
