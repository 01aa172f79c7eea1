"""The application: which address answers what."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..hosting import Guard
from ..models import ModelLike
from ..plans.elicitation import Elicitation
from .faults import Fault
from .server import Server
from .upstream import Upstream
from .veil import Veil

__all__ = ["create_app"]

_log = logging.getLogger("verbalized_sampling")

_PASSED = ("completions", "embeddings", "moderations", "responses")


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
    server = Server(Upstream.of(model, api_key, timeout), elicitation or Elicitation(), draws, say or _log.info)
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


async def _not_here(request: Request, error: HTTPException) -> Response:
    message = f"{request.method} {request.url.path}: there is POST /v1/chat/completions and GET /v1/models"
    return Fault(error.status_code, message, code="not_found", headers=dict(error.headers or {})).response()
