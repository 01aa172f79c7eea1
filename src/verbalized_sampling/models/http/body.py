"""Bodies of answers: JSON and server-sent events, with bounds on what a hostile one may take."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Events", "TooDeepError", "TooLargeError", "chunks", "read_json"]

LARGEST = 32 * 2**20  # bytes of a reply, unpacked
_LINE_END = re.compile(rb"\r\n|\n|\r(?!$)")  # not a return that ends a chunk: a line feed may follow


class TooLargeError(ValueError):
    """A body goes on and on."""


class TooDeepError(ValueError):
    """JSON within JSON within JSON, thousands of times."""


def read_json(body: bytes) -> Any:
    """The JSON in ``body``; a byte that is no UTF-8 costs one character, not the reply.

    Raises:
        TooDeepError: It is nested too deeply. (A ValueError.)
        ValueError: It is none.
    """
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise TooDeepError("it is nested too deeply") from None


async def chunks(response: aiohttp.ClientResponse, largest: int = LARGEST) -> AsyncIterator[bytes]:
    """The unpacked body, piece by piece.

    Raises:
        TooLargeError: It is larger than ``largest`` bytes.
    """
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > largest:
            raise TooLargeError(f"more than {largest // 2**20} MB")
        yield chunk


class Events:
    """The data of server-sent events, out of chunks that are cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of events that are complete now."""
        *lines, self._rest = _LINE_END.split(self._rest + chunk)
        for line in lines:
            yield from self._take(line)

    def close(self) -> Iterator[bytes]:
        """The data of the last event, if no blank line ended it."""
        yield from self._take(self._rest)
        yield from self._take(b"")

    def _take(self, line: bytes) -> Iterator[bytes]:
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
        elif not line.strip() and self._data:
            yield from self._events()

    def _events(self) -> Iterator[bytes]:
        data, self._data = self._data, []
        whole = b"\n".join(data)
        if len(data) > 1 and not _is_json(whole):  # some servers forget the blank line between events
            yield from data
        else:
            yield whole


def _is_json(data: bytes) -> bool:
    try:
        read_json(data)
    except ValueError:
        return False
    return True
