"""One request to an endpoint, and its answer: whatever goes wrong on the way is an error of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ModelError, SettingsError
from ..address import Endpoint
from . import failures
from .background import client
from .body import TooLargeError, chunks, read_json

if TYPE_CHECKING:
    import aiohttp

__all__ = ["in_json", "post", "received", "sent", "within"]

T = TypeVar("T")

_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_EXCERPT = 2**16  # bytes of an error page
_QUICKLY = 2.0  # seconds for an error page


async def within(seconds: float, endpoint: Endpoint, call: Awaitable[T]) -> T:
    """What ``call`` gives, if it takes no longer.

    Raises:
        ModelError: It takes longer.
    """
    timeout = asyncio.timeout(seconds)
    try:
        async with timeout:
            return await call
    except TimeoutError:
        if not timeout.expired():
            raise
    raise ModelError(f"{endpoint} gave no answer within {seconds:g} seconds", retryable=True)


async def post(endpoint: Endpoint, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
    """The status of an answer, which is one of success, and the JSON in it.

    Raises:
        ModelError: There is none.
        SettingsError: The body is no JSON.
    """
    async with sent(endpoint, "POST", path, in_json(body)) as response:
        content = b"".join([chunk async for chunk in received(endpoint, response)])
        try:
            return response.status, read_json(content)
        except ValueError:
            raise failures.of_wrong_shape(endpoint, response.status, content, wanted="JSON") from None


def in_json(body: Mapping[str, Any]) -> bytes:
    """``body`` as it is sent.

    Raises:
        SettingsError: It holds what JSON has no form for.
    """
    try:
        return _JSON.encode(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise SettingsError(f"the query holds what cannot be sent as JSON: {error}") from None


@asynccontextmanager
async def sent(
    endpoint: Endpoint, method: str, path: str, content: bytes | None
) -> AsyncIterator[aiohttp.ClientResponse]:
    """An answer whose status is one of success, before its body is read.

    Raises:
        ModelError: There is none, or it says another status.
    """
    try:
        async with _answered(endpoint, method, path, content) as response:
            if not 200 <= response.status < 300:
                page = await _excerpt(response)
                raise failures.of_status(endpoint, response.status, response.headers, page)
            yield response
    except ModelError as error:
        error.__context__ = None  # the client's error holds the request, and that the key
        raise


@asynccontextmanager
async def _answered(
    endpoint: Endpoint, method: str, path: str, content: bytes | None
) -> AsyncIterator[aiohttp.ClientResponse]:
    try:
        response = await (await client()).send(method, endpoint.base_url + path, endpoint.headers, content)
    except Exception as error:  # noqa: BLE001 - whatever the client raises
        raise failures.of_transport(endpoint, error) from None
    try:
        yield response
    finally:
        response.close()


async def received(endpoint: Endpoint, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The unpacked body, piece by piece.

    Raises:
        ModelError: It breaks off, or is not packed as it says, or goes on and on.
    """
    from aiohttp.http_exceptions import ContentEncodingError, DecompressSizeError

    pieces = chunks(response)
    while True:
        try:
            chunk = await anext(pieces, None)
        except TooLargeError as error:
            raise failures.of_wrong_shape(endpoint, response.status, b"", f"a broken body ({error})") from None
        except Exception as error:  # noqa: BLE001 - whatever the client raises
            cause = error.__cause__
            if isinstance(cause, ContentEncodingError | DecompressSizeError):
                # aiohttp 3.13 unpacks a piece of any size, up to a limit of its own
                reason = cause.message if isinstance(cause, ContentEncodingError) else "more than 32 MB"
                what = f"a broken body ({reason})"
                raise failures.of_wrong_shape(endpoint, response.status, b"", what) from None
            raise failures.of_transport(endpoint, error, response.status) from None
        if chunk is None:
            return
        yield chunk


async def _excerpt(response: aiohttp.ClientResponse) -> bytes:
    page = b""
    with suppress(Exception):  # its status has said what matters
        async with asyncio.timeout(_QUICKLY):
            async for chunk in chunks(response):
                page += chunk
                if len(page) > _EXCERPT:
                    break
    return page[:_EXCERPT]
