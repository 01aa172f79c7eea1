"""Any OpenAI-compatible endpoint, over HTTP."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

from ..errors import ModelError
from ..replies.protocol import Reply, Request
from .address import Endpoint
from .caller import Caller, Options, UnderWay
from .dialect import body_of, dialect_of, refused

__all__ = ["from_endpoint", "has_client"]

INSTALL = 'pip install "verbalized-sampling-core[openai]"'
_REFUSES_A_FIELD = (400, 422)
_TIMEOUT = 600.0  # seconds; long replies of slow models take minutes


def has_client() -> bool:
    """Whether the HTTP client is installed."""
    return all(find_spec(name) for name in ("aiohttp", "certifi"))


def from_endpoint(endpoint: Endpoint, options: Options) -> Caller:
    """A caller for one model at one address.

    Rate limits, server errors and connections that break off are tried again, with a growing wait or as long as the
    endpoint says.

    Raises:
        ModelError: The client is not installed.
    """
    if not has_client():
        raise ModelError(f"{endpoint} needs an HTTP client: {INSTALL}")
    from . import http

    dialect = dialect_of(endpoint.base_url, endpoint.model)
    limit = _TIMEOUT if options.timeout is None else options.timeout

    async def answer(request: Request) -> Reply:
        if dialect.first_model is None:
            dialect.first_model = endpoint.model or await http.first_model(endpoint, options.retries)
        without = dialect.without
        while True:
            body = body_of(dialect.first_model, request, options, without)
            try:
                reply = await http.ask(endpoint, body, options.on_text, options.retries)
            except ModelError as error:
                field = refused(body, str(error), options) if error.status in _REFUSES_A_FIELD else None
                if field is None:
                    raise
                without |= {field}
            else:
                dialect.without |= without  # only what was found to help
                return reply

    async def in_time(request: Request) -> Reply:  # makes the inner call only once it runs: it may be cancelled before
        return await http.within(limit, endpoint, answer(request))

    under_way = UnderWay()

    def call(request: Request) -> Reply:
        future = http.submit(in_time(request))
        with under_way.stopping(future.cancel):
            return future.result()

    async def acall(request: Request) -> Reply:
        if http.is_here():
            return await in_time(request)
        return await asyncio.wrap_future(http.submit(in_time(request)))

    return Caller(call, acall, cancel=under_way.end, submit=http.submit)
