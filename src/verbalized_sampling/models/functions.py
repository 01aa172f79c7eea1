"""A caller's own function as a model: messages in, text or Reply out."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, cast

from ..errors import SettingsError
from ..replies.protocol import Message, Reply, Request
from .caller import Caller, Options

__all__ = ["from_function"]

Function = Callable[..., Reply | str] | Callable[..., Awaitable[Reply | str]]


def from_function(function: Function, options: Options) -> Caller:
    """Wraps ``function(messages)``; options go to the keyword parameters it declares.

    Raises:
        SettingsError: A temperature or a token limit was asked for and the function takes none. (A seed is passed on
            where it can be.)
    """
    keywords = _keywords(function, options)

    def arguments(request: Request) -> tuple[list[Message], dict[str, Any]]:
        own = {"max_tokens": options.max_tokens or request.max_tokens, "seed": options.seed_of(request)}
        return list(request.messages), keywords | {name: value for name, value in own.items() if name in keywords}

    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
    if is_async:

        def call(request: Request) -> Reply | str:  # noqa: ARG001
            raise SettingsError("this model is an async function: use `await averbalize(…)`, or `astream(…)`")

        async def acall(request: Request) -> Reply | str:
            messages, keyword = arguments(request)
            return await cast("Awaitable[Reply | str]", function(messages, **keyword))
    else:

        def call(request: Request) -> Reply | str:
            messages, keyword = arguments(request)
            return cast("Reply | str", function(messages, **keyword))

        async def acall(request: Request) -> Reply | str:
            return await asyncio.to_thread(call, request)

    return Caller(call, acall, blocking=not is_async)


def _keywords(function: Function, options: Options) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some builtins have none
        parameters = ()  # type: ignore[assignment]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    takes = {p.name for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)}
    keywords: dict[str, Any] = {}
    for name in ("temperature", "seed", "max_tokens", "timeout"):
        value = getattr(options, name)
        if name in takes or (takes_any and value is not None):
            if value is not None or name == "max_tokens":
                keywords[name] = value
        elif value is not None and name != "seed":
            raise _not_taken(name)
    for name in options.extra:
        if not (takes_any or name in takes):
            raise _not_taken(name)
    return {**options.extra, **keywords}


def _not_taken(name: str) -> SettingsError:
    return SettingsError(
        f"this model takes no {name}: set it inside the function, or give the function a {name}= parameter"
    )
