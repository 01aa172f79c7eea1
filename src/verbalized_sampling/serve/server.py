"""The server: one request after another, and whatever goes wrong told in one shape."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ..plans.elicitation import Elicitation
from .answers import Answer, answer, written
from .asked import Asked
from .completion import OURS, Completion, encoded, event
from .connection import json_of, until_gone
from .faults import Fault, fault_of
from .through import forwarded, single, single_written
from .upstream import Upstream

if TYPE_CHECKING:
    from ..models.http.client import Client

__all__ = ["Server"]

_log = logging.getLogger("verbalized_sampling")

_CUT_OFF = 499  # who asked has gone


class Server:
    """What is answered, request by request.

    Args:
        upstream: Of whom it is asked.
        elicitation: The settings that requests start from.
        draws: Whether a request for one choice is answered with a draw, too.
        say: Is told of each request in a line.
    """

    def __init__(
        self, upstream: Upstream, elicitation: Elicitation[Any], draws: bool, say: Callable[[str], None]
    ) -> None:
        self.upstream = upstream
        self._elicitation, self._draws, self._say = elicitation, draws, say
        self._client: Client | None = None

    @property
    def key(self) -> str | None:
        return self.upstream.endpoint.key if self.upstream.endpoint else None

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        if self._client is not None:
            await self._client.close()

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def completions(self, request: Request) -> Response:
        return await self._answered(request, self._completions)

    async def models(self, request: Request) -> Response:
        return await self._answered(request, self._models)

    async def passed(self, request: Request) -> Response:
        return await self._answered(request, self._passed)

    async def _answered(self, request: Request, work: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            self.upstream.check_is_not(*request.scope["server"])
            return await work(request)
        except ClientDisconnect:
            return Response(status_code=_CUT_OFF)
        except Exception as error:  # noqa: BLE001 - whatever it is, a client is told in the same shape
            fault = fault_of(error)
            if "(a bug" in fault.message:
                _log.exception("a request failed: %r", error)
            self._say(f"HTTP {fault.status}: {fault.message}")
            return fault.response()

    async def _completions(self, request: Request) -> Response:
        body = await json_of(request)
        asked = Asked.of(body, request.headers, self._elicitation, draws=self._draws)
        upstream = self.upstream.chosen(asked.body)
        if asked.passes and upstream.endpoint:
            model = {"model": upstream.endpoint.model} if upstream.endpoint.model else {}
            self._say(f"n={asked.n}, passed on as it is")
            return await self._forward(request, upstream, "/chat/completions", asked.body | model)
        completion, started = Completion(upstream.name), time.monotonic()
        if asked.stream:
            return await self._streamed(request, asked, upstream, completion)
        result = await until_gone(request, (single if asked.passes else answer)(asked, upstream))
        self._say(_line(asked, result, started))
        headers = {"x-verbalized-distinct": str(result.more["distinct"])} if result.more else {}
        content = completion.whole(result.choices, result.usage, result.more)
        return Response(encoded(content), headers=headers, media_type="application/json")

    async def _streamed(self, request: Request, asked: Asked, upstream: Upstream, completion: Completion) -> Response:
        started, whole = time.monotonic(), list[Answer]()
        events = (single_written if asked.passes else written)(asked, upstream, completion, whole)
        first = await until_gone(request, anext(events))

        async def rest() -> AsyncIterator[bytes]:
            yield first
            try:
                async for piece in events:
                    yield piece
            except Exception as error:  # noqa: BLE001 - the status has gone out; the error is the last event
                fault = fault_of(error)
                self._say(f"in a stream: {fault.message}")
                yield event(fault.content())
                return
            self._say(_line(asked, whole[0], started))

        return StreamingResponse(rest(), media_type="text/event-stream", headers={"cache-control": "no-cache"})

    async def _models(self, request: Request) -> Response:
        name = request.path_params.get("name")
        if self.upstream.is_open:
            return await self._forward(request, self.upstream, "/models" + (f"/{name}" if name else ""), None)
        model = {"id": self.upstream.name, "object": "model", "created": 0, "owned_by": OURS}
        if name is None:
            return JSONResponse({"object": "list", "data": [model]})
        if name != self.upstream.name:
            raise Fault(
                404, f"no model is called {name!r} here: it is {self.upstream.name!r}", "model", "model_not_found"
            )
        return JSONResponse(model)

    async def _passed(self, request: Request) -> Response:
        if self.upstream.endpoint is None:
            raise Fault(404, f"{self.upstream} answers chat completions only", code="not_found")
        body = await json_of(request)
        upstream = self.upstream.chosen(body) if isinstance(body, dict) else self.upstream
        return await self._forward(request, upstream, "/" + request.url.path.rpartition("/")[2], body)

    async def _forward(self, request: Request, upstream: Upstream, path: str, body: Any) -> Response:
        if self._client is None:
            from ..models.http.client import Client

            self._client = Client()
        endpoint = upstream.endpoint
        if endpoint is None:
            raise AssertionError
        work = forwarded(self._client, endpoint, request.method, path, body, upstream.timeout)
        return await until_gone(request, work)


def _line(asked: Asked, result: Answer, started: float) -> str:
    said = [f"n={asked.n}: {_counted(len(result.choices), 'answer')}"]
    if usage := result.usage:
        said += [_counted(usage.calls, "call"), f"{usage.input_tokens} + {usage.output_tokens} tokens"]
    return ", ".join([*said, f"{time.monotonic() - started:.1f} s"])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
