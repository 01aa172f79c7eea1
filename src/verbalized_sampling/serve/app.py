"""The application: which address answers what."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ..elicitation import Elicitation
from ..models import ModelLike
from .answers import Answer, answer, written
from .asked import Asked
from .completion import OURS, Completion, encoded, event
from .faults import Fault, fault_of
from .guard import Guard
from .through import forwarded, single, single_written
from .upstream import Upstream
from .veil import Veil

if TYPE_CHECKING:
    from ..models.http.client import Client

__all__ = ["create_app"]

T = TypeVar("T")

_log = logging.getLogger("verbalized_sampling")

_LARGEST = 64 * 2**20  # bytes of a request: images come within it
_PASSED = ("completions", "embeddings", "moderations", "responses")
_CUT_OFF = 499  # who asked has gone


def create_app(
    model: ModelLike | None = None,
    *,
    elicitation: Elicitation[Any] | None = None,
    draws: bool = False,
    client_key: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    say: Callable[[str], None] | None = None,
) -> Starlette:
    """An ASGI application that speaks OpenAI's API in front of ``model``.

    A request with ``n`` above 1 is answered with as many distinct choices, elicited in one call and drawn by weight.
    One for a single choice goes on as it is, unless it says ``tau``, ``variant`` or another setting, or ``draws`` is
    true: then the choice is drawn of several.

    Args:
        model: As for :func:`verbalized_sampling.verbalize`. With an address alone (``openai:``, a base URL) clients
            choose the model; else what they name is ignored.
        elicitation: The settings that requests start from.
        draws: Whether requests for a single choice are answered with a draw, too.
        client_key: The key that clients have to send. Without one, only requests to localhost are answered.
        api_key: The model's key; by default the one that its address has in the environment.
        timeout: Limit of a request to the model, in seconds; by default 600.
        say: Is told of each request in a line.

    Raises:
        ModelError: There is no such model here.
        SettingsError: A setting is out of its range.
    """
    server = _Server(Upstream.of(model, api_key, timeout), elicitation or Elicitation(), draws, say or _log.info)
    routes = [Route("/health", server.health)]
    for prefix in ("/v1", ""):
        routes += [
            Route(f"{prefix}/chat/completions", server.completions, methods=["POST"]),
            Route(f"{prefix}/models", server.models),
            Route(f"{prefix}/models/{{name:path}}", server.models),
            *(Route(f"{prefix}/{name}", server.passed, methods=["POST"]) for name in _PASSED),
        ]
    app = Starlette(
        routes=routes,
        lifespan=server.lifespan,
        middleware=[Middleware(Guard, key=client_key), Middleware(Veil, key=server.key)],
        exception_handlers={HTTPException: _not_here},  # type: ignore[dict-item]
    )
    app.state.upstream = server.upstream
    return app


class _Server:
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
        body = await _json(request)
        asked = Asked.of(body, request.headers, self._elicitation, draws=self._draws)
        upstream = self.upstream.chosen(asked.body)
        if asked.passes and upstream.endpoint:
            model = {"model": upstream.endpoint.model} if upstream.endpoint.model else {}
            self._say(f"n={asked.n}, passed on as it is")
            return await self._forward(request, upstream, "/chat/completions", asked.body | model)
        completion, started = Completion(upstream.name), time.monotonic()
        if asked.stream:
            return await self._streamed(request, asked, upstream, completion)
        result = await _until_gone(request, (single if asked.passes else answer)(asked, upstream))
        self._say(_line(asked, result, started))
        headers = {"x-verbalized-distinct": str(result.more["distinct"])} if result.more else {}
        content = completion.whole(result.choices, result.usage, result.more)
        return Response(encoded(content), headers=headers, media_type="application/json")

    async def _streamed(self, request: Request, asked: Asked, upstream: Upstream, completion: Completion) -> Response:
        started, whole = time.monotonic(), list[Answer]()
        events = (single_written if asked.passes else written)(asked, upstream, completion, whole)
        first = await _until_gone(request, anext(events))

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
        body = await _json(request)
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
        return await _until_gone(request, work)


async def _json(request: Request) -> Any:
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


async def _until_gone(request: Request, work: Awaitable[T]) -> T:
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


async def _not_here(request: Request, error: HTTPException) -> Response:
    message = f"{request.method} {request.url.path}: there is POST /v1/chat/completions and GET /v1/models"
    return Fault(error.status_code, message, code="not_found", headers=dict(error.headers or {})).response()


def _line(asked: Asked, result: Answer, started: float) -> str:
    said = [f"n={asked.n}: {_counted(len(result.choices), 'answer')}"]
    if usage := result.usage:
        said += [_counted(usage.calls, "call"), f"{usage.input_tokens} + {usage.output_tokens} tokens"]
    return ", ".join([*said, f"{time.monotonic() - started:.1f} s"])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
