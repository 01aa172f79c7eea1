"""Any OpenAI-compatible endpoint, through the official client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, RefusalError
from ..protocol import Reply, Request
from ..usage import Usage
from .caller import Caller, Options
from .providers import Endpoint

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

__all__ = ["from_endpoint", "has_client"]

INSTALL = 'pip install "verbalized-sampling-core[openai]"'
_TOKEN_LIMITS = ("max_tokens", "max_completion_tokens", None)  # newer models know only the second


def has_client() -> bool:
    """Whether the openai client is installed."""
    return find_spec("openai") is not None


def from_endpoint(endpoint: Endpoint, options: Options) -> Caller:
    """A caller for one model at one address.

    Rate limits, timeouts and server errors are retried by the client itself, with its own backoff.

    Raises:
        ModelError: The client is not installed.
    """
    if not has_client():
        raise ModelError(f"{endpoint} needs the openai client: {INSTALL}")
    dialect = _dialect(endpoint.base_url, endpoint.model)

    def call(request: Request) -> Reply:
        import openai

        with _errors(endpoint), openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key) as client:
            name = endpoint.model or _first(client.models.list().data)
            while True:
                body = dialect.body(name, request, options)
                try:
                    return _create(client, body, options)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if not dialect.simplify(body, str(error), options):
                        raise

    async def acall(request: Request) -> Reply:
        import openai

        with _errors(endpoint):
            async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.key) as client:
                name = endpoint.model or _first((await client.models.list()).data)
                while True:
                    body = dialect.body(name, request, options)
                    try:
                        return await _acreate(client, body, options)
                    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                        if not dialect.simplify(body, str(error), options):
                            raise

    return Caller(call, acall)


class _Dialect:
    """What one model at one endpoint takes; it starts with everything, and what was refused once is left out."""

    def __init__(self) -> None:
        self._structured = True
        self._token_limits = list(_TOKEN_LIMITS)

    def body(self, model: str, request: Request, options: Options) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
            "messages": list(request.messages),
            "temperature": options.temperature,
            "seed": options.seed,
        }
        if self._structured and request.schema:
            schema = {"name": "distribution", "schema": request.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        if limit := self._token_limits[0]:
            body[limit] = options.max_tokens or request.max_tokens
        return {key: value for key, value in body.items() if value is not None}

    def simplify(self, body: dict[str, Any], complaint: str, options: Options) -> bool:
        """Leaves out what the endpoint may have complained about; False if there is nothing left to leave out."""
        limit = self._token_limits[0]
        about_tokens = "max_tokens" in complaint or "max_completion_tokens" in complaint
        last = 2 if options.max_tokens else 1  # a limit that the caller set is never dropped
        if limit in body and about_tokens and len(self._token_limits) > last:
            self._token_limits = self._token_limits[1:]
            return True
        if "response_format" in body:
            self._structured = False
            return True
        return False


@lru_cache(maxsize=256)
def _dialect(base_url: str, model: str | None) -> _Dialect:  # noqa: ARG001 - what it is remembered by
    return _Dialect()


def _create(client: OpenAI, body: dict[str, Any], options: Options) -> Reply:
    if options.on_text is None:
        return _reply(client.chat.completions.create(**body))
    pieces = _Pieces(options)
    for chunk in client.chat.completions.create(**body, stream=True, stream_options={"include_usage": True}):
        pieces.add(chunk)
    return pieces.reply()


async def _acreate(client: AsyncOpenAI, body: dict[str, Any], options: Options) -> Reply:
    if options.on_text is None:
        return _reply(await client.chat.completions.create(**body))
    pieces = _Pieces(options)
    async for chunk in await client.chat.completions.create(
        **body, stream=True, stream_options={"include_usage": True}
    ):
        pieces.add(chunk)
    return pieces.reply()


def _reply(answer: ChatCompletion) -> Reply:
    if not answer.choices:
        raise ModelError("the endpoint answered without a choice")
    choice = answer.choices[0]
    if choice.finish_reason == "content_filter" and not choice.message.content:
        raise RefusalError("the endpoint's content filter withheld the answer")
    return Reply(choice.message.content or "", choice.finish_reason, _usage(answer.usage), choice.message.refusal)


class _Pieces:
    """A reply that arrives in chunks."""

    def __init__(self, options: Options) -> None:
        self._on_text = options.on_text
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._finish_reason: str | None = None
        self._usage: Usage | None = None

    def add(self, chunk: ChatCompletionChunk) -> None:
        self._usage = _usage(chunk.usage) or self._usage
        for choice in chunk.choices[:1]:
            self._finish_reason = choice.finish_reason or self._finish_reason
            if choice.delta.refusal:
                self._refusal.append(choice.delta.refusal)
            if choice.delta.content:
                self._text.append(choice.delta.content)
                if self._on_text:
                    self._on_text(choice.delta.content)

    def reply(self) -> Reply:
        if self._finish_reason is None and not self._text:
            raise ModelError("the endpoint closed the stream before it answered")
        return Reply("".join(self._text), self._finish_reason, self._usage, "".join(self._refusal) or None)


def _usage(usage: Any) -> Usage | None:
    return Usage(1, usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else None


def _first(models: list[Any]) -> str:
    if not models:
        raise ModelError("the endpoint lists no models: name one, as in model@URL")
    return str(models[0].id)


@contextmanager
def _errors(endpoint: Endpoint) -> Iterator[None]:
    """What the client could not mend becomes a ModelError, in the endpoint's words and without the key."""
    import openai

    try:
        yield
    except Exception as error:
        transport = type(error).__module__.partition(".")[0] in ("httpx", "httpcore")  # a stream that breaks off
        if not isinstance(error, openai.OpenAIError) and not transport:
            raise
        body = getattr(error, "body", None)
        words = body.get("message") if isinstance(body, dict) else None
        said = str(words or error) or type(error).__name__
        if isinstance(error, openai.APIConnectionError) and error.__cause__ is not None:
            said = f"{said} ({error.__cause__})"
        status = f" (HTTP {error.status_code})" if isinstance(error, openai.APIStatusError) else ""
        if endpoint.key:
            said = said.replace(endpoint.key, "…")
        # Not "from error": the client's error holds the request, and that holds the key.
        raise ModelError(f"{endpoint} failed{status}: {said}") from None
