"""One chat completion: sent, received, tried again where that may help."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ModelError
from ...replies.protocol import Reply
from ..address import Endpoint
from . import failures
from .body import Events, TooDeepError, read_json
from .completion import NotACompletionError, Pieces, read_completion
from .exchange import in_json, received, sent

if TYPE_CHECKING:
    import aiohttp

__all__ = ["ask", "first_model"]

T = TypeVar("T")

_LONGEST_WAIT = 60.0  # seconds; who is told to wait longer had better be told so
_FIRST_WAIT, _LONGEST_GUESS = 0.5, 8.0  # seconds before a second try, doubled each time, if the endpoint says nothing
_QUICKLY = 2.0  # seconds for a stream to end after its last event
_EVENT_STREAM = (b"data:", b"event:", b"id:", b":")


async def ask(
    endpoint: Endpoint, body: Mapping[str, Any], on_text: Callable[[str], None] | None, retries: int
) -> Reply:
    """The reply to a request for a chat completion; to be run on the background's loop.

    Args:
        endpoint: Whom to ask.
        body: The request; it is streamed if there is an ``on_text``.
        on_text: Called with each piece of text. Once it was, nothing is tried again.
        retries: How often to try again what may mend.

    Raises:
        ModelError: There is no reply.
        SettingsError: The body is no JSON.
    """
    content = in_json({**body, "stream": True} if on_text else body)
    pieces = Pieces(on_text)

    async def once() -> Reply:
        nonlocal pieces
        pieces = Pieces(on_text)
        async with sent(endpoint, "POST", "/chat/completions", content) as response:
            return await _read(endpoint, response, pieces)

    return await _persistently(once, retries, lambda: not pieces.begun)


async def first_model(endpoint: Endpoint, retries: int) -> str:
    """The model that the endpoint lists first.

    Raises:
        ModelError: It lists none.
    """
    return await _persistently(lambda: _listed_first(endpoint), retries)


async def _listed_first(endpoint: Endpoint) -> str:
    async with sent(endpoint, "GET", "/models", None) as response:
        body = b"".join([chunk async for chunk in received(endpoint, response)])
        with suppress(ValueError, LookupError, TypeError):
            if isinstance(name := read_json(body)["data"][0]["id"], str):
                return name
        wanted = f"a list of models (name one, as in model@{endpoint.base_url})"
        raise failures.of_wrong_shape(endpoint, response.status, body, wanted=wanted)


async def _persistently(
    once: Callable[[], Awaitable[T]], retries: int, may_go_on: Callable[[], bool] = lambda: True
) -> T:
    """What ``once`` gives, tried again after what may mend."""
    for attempt in range(retries + 1):
        try:
            return await once()
        except ModelError as error:
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_GUESS) * random.uniform(0.75, 1)
            wait = wait if error.retry_after is None else error.retry_after
            if not error.retryable or attempt == retries or wait > _LONGEST_WAIT or not may_go_on():
                raise
        await asyncio.sleep(wait)
    raise AssertionError  # the last attempt returned or raised


async def _read(endpoint: Endpoint, response: aiohttp.ClientResponse, pieces: Pieces) -> Reply:
    status = response.status
    chunks = received(endpoint, response)
    body = await anext(chunks, b"")
    try:
        # By what comes, not by what was asked for: some endpoints ignore `stream`.
        if "event-stream" in response.headers.get("content-type", "") or body.lstrip().startswith(_EVENT_STREAM):
            return await _read_events(endpoint, status, body, chunks, pieces)
        body += b"".join([chunk async for chunk in chunks])
        answer = read_json(body)
        if isinstance(answer, dict) and answer.get("error") and not answer.get("choices"):
            raise failures.of_error_object(endpoint, answer["error"], status)
        reply = read_completion(answer)
    except NotACompletionError as error:
        raise failures.of_wrong_shape(endpoint, status, body, str(error)) from None
    except ValueError as error:
        what = "broken JSON" if body.strip() else "an empty body"
        what = "JSON that is nested too deeply" if isinstance(error, TooDeepError) else what
        raise failures.of_wrong_shape(endpoint, status, body, what) from None
    pieces.say(reply.text)
    return reply


async def _read_events(
    endpoint: Endpoint, status: int, first: bytes, chunks: AsyncIterator[bytes], pieces: Pieces
) -> Reply:
    events, done = Events(), False
    try:
        for data in events.feed(first):
            done = done or _take(endpoint, status, data, pieces)
        while not done and (chunk := await anext(chunks, None)) is not None:
            for data in events.feed(chunk):
                done = done or _take(endpoint, status, data, pieces)
        for data in () if done else events.close():
            done = done or _take(endpoint, status, data, pieces)
    except ModelError:
        if not pieces.finished:
            raise  # else the reply is whole, and only the end of the stream was not as it should be
    if done:
        with suppress(ModelError, TimeoutError):  # read to its end, a connection can be used again
            async with asyncio.timeout(_QUICKLY):
                async for _ in chunks:
                    pass
    return pieces.reply(ended=done)


def _take(endpoint: Endpoint, status: int, data: bytes, pieces: Pieces) -> bool:
    """Reads one event; whether it was the last."""
    if data.strip() == b"[DONE]":
        return True
    try:
        event = read_json(data)
    except ValueError:
        if not data.strip():
            return False
        raise failures.of_wrong_shape(endpoint, status, data, "a broken event in its stream") from None
    if isinstance(event, dict) and event.get("error"):
        raise failures.of_error_object(endpoint, event["error"], status)
    try:
        piece = pieces.add(event)
    except NotACompletionError as error:
        raise failures.of_wrong_shape(endpoint, status, data, str(error)) from None
    pieces.say(piece)
    return False
