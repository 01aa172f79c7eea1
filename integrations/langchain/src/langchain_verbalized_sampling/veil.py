"""What those who watch an agent see of a model's call whose raw reply is not fit to be shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from inspect import iscoroutinefunction
from typing import Any, cast
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.callbacks.base import BaseCallbackManager
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.runnables import RunnableConfig

from verbalized_sampling import Elicitation

from .replies import text_of, tools_called

__all__ = ["CandidateWriter", "looks_raw", "veiled"]

_RAW = re.compile(r"""\A\s*(?:```|[{\[])|["']?(?:responses|probability)["']?\s*:|<(?:response|text|probability)\b""")

Event = tuple[str, tuple[Any, ...], dict[str, Any]]


def looks_raw(text: str) -> bool:
    """Whether a text is the wire format of a distribution rather than words to somebody."""
    return _RAW.search(text) is not None


def veiled(config: RunnableConfig, *watchers: BaseCallbackHandler) -> RunnableConfig:
    """``config`` for a call whose raw reply is nobody's business but the tracers'.

    Whoever streams to users (``stream_mode="messages"``, ``astream_events``) sees of it only turns that call tools, as
    they are written. The veil is on the call, so that a model that is bound or swapped on the way keeps it.

    Args:
        config: The config.
        watchers: Handlers of ours that see everything.
    """
    veils: dict[int, Any] = {}

    def veil(handlers: list[BaseCallbackHandler]) -> list[BaseCallbackHandler]:
        return [veils.setdefault(id(h), _veil(h)) if _is_streaming(h) else h for h in handlers if not _is_v2(h)]

    callbacks: Any = config.get("callbacks")
    if isinstance(callbacks, BaseCallbackManager):
        callbacks = callbacks.copy()
        callbacks.handlers = veil(callbacks.handlers)
        callbacks.inheritable_handlers = veil(callbacks.inheritable_handlers)
        for watcher in watchers:
            callbacks.add_handler(watcher)
    elif callbacks or watchers:
        callbacks = [*veil(callbacks or []), *watchers]
    return {**config, "callbacks": callbacks}


def _is_streaming(handler: Any) -> bool:
    return hasattr(handler, "tap_output_iter") and hasattr(handler, "tap_output_aiter")


def _is_v2(handler: Any) -> bool:
    # It would have the model write blocks as events of their own; the node's message says it all in the end.
    return any(base.__name__ == "_V2StreamingCallbackHandler" for base in type(handler).__mro__)


def _veil(handler: BaseCallbackHandler) -> Any:
    return (_AsyncVeil if iscoroutinefunction(handler.on_llm_new_token) else _Veil)(handler)


class _Veil:
    """Holds back what a model's run says until it calls a tool; anything else passes to the handler behind it."""

    def __init__(self, handler: BaseCallbackHandler) -> None:
        self._handler = handler
        self._held: dict[UUID, list[Event] | None] = {}  # None: the run is shown

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handler, name)

    def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        # Both by name, because checks for a protocol don't ask __getattr__.
        return cast("AsyncIterator[Any]", cast("Any", self._handler).tap_output_aiter(run_id, output))

    def tap_output_iter(self, run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        return cast("Iterator[Any]", cast("Any", self._handler).tap_output_iter(run_id, output))

    def on_chat_model_start(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        self._held[run_id] = [("on_chat_model_start", args, {"run_id": run_id, **kwargs})]

    def on_llm_start(self, *_: Any, **__: Any) -> None: ...

    def on_llm_new_token(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        self._pass(self._token(run_id, ("on_llm_new_token", args, {"run_id": run_id, **kwargs})))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        self._pass(self._end(run_id, response, {"run_id": run_id, **kwargs}))

    def on_llm_error(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        if self._held.pop(run_id, []) is None:
            self._pass([("on_llm_error", args, {"run_id": run_id, **kwargs})])

    def _pass(self, events: list[Event]) -> None:
        for name, args, kwargs in events:
            with suppress(NotImplementedError):  # what a handler has no use for
                getattr(self._handler, name)(*args, **kwargs)

    def _token(self, run_id: UUID, event: Event) -> list[Event]:
        held = self._held.get(run_id, [])
        if held is None:
            return [event]
        held.append(event)
        message = getattr(event[2].get("chunk"), "message", None)
        if not getattr(message, "tool_call_chunks", None):
            return []
        return self._released(run_id)

    def _released(self, run_id: UUID) -> list[Event]:
        held = self._held.get(run_id) or []
        self._held[run_id] = None
        said = "".join(_text(event) for event in held)
        return [event for event in held if not (looks_raw(said) and _text(event))]

    def _end(self, run_id: UUID, response: LLMResult, kwargs: dict[str, Any]) -> list[Event]:
        generation = response.generations[0][0] if response.generations and response.generations[0] else None
        message = generation.message if isinstance(generation, ChatGeneration) else None
        if not isinstance(message, AIMessage) or not tools_called(message):
            shown = self._held.pop(run_id, []) is None
            return [("on_llm_end", (response,), kwargs)] if shown else []
        events = [] if self._held.get(run_id, []) is None else self._released(run_id)
        self._held.pop(run_id, None)
        if looks_raw(str(message.text)):
            clean = ChatGeneration(message=message.model_copy(update={"content": ""}))
            response = response.model_copy(update={"generations": [[clean]]})
        return [*events, ("on_llm_end", (response,), kwargs)]


class _AsyncVeil(_Veil):
    """The same before an asynchronous handler."""

    async def on_chat_model_start(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:  # type: ignore[override]
        _Veil.on_chat_model_start(self, *args, run_id=run_id, **kwargs)

    async def on_llm_start(self, *_: Any, **__: Any) -> None: ...  # type: ignore[override]

    async def on_llm_new_token(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:  # type: ignore[override]
        await self._apass(self._token(run_id, ("on_llm_new_token", args, {"run_id": run_id, **kwargs})))

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:  # type: ignore[override]
        await self._apass(self._end(run_id, response, {"run_id": run_id, **kwargs}))

    async def on_llm_error(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:  # type: ignore[override]
        if self._held.pop(run_id, []) is None:
            await self._apass([("on_llm_error", args, {"run_id": run_id, **kwargs})])

    async def _apass(self, events: list[Event]) -> None:
        for name, args, kwargs in events:
            with suppress(NotImplementedError):  # what a handler has no use for
                await getattr(self._handler, name)(*args, **kwargs)


def _text(event: Event) -> str:
    message = getattr(event[2].get("chunk"), "message", None)
    return str(message.text) if isinstance(message, AIMessageChunk) else ""


class CandidateWriter(BaseCallbackHandler):
    """Writes each candidate of a reply to a graph's custom stream as soon as it is complete.

    Args:
        elicitation: What is asked for.
        write: Takes ``{"verbalized_candidate": {"index": …, "text": …, "verbalized": …}}``.
    """

    run_inline = True

    def __init__(self, elicitation: Elicitation[Any], write: Callable[[Any], None]) -> None:
        self._elicitation = elicitation
        self._write = write
        self._streams: dict[UUID, Any] = {}

    # That it has these makes the model stream.

    def tap_output_aiter(self, _run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        return output

    def tap_output_iter(self, _run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        return output

    def on_chat_model_start(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self._streams[run_id] = self._elicitation.parser().stream()

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        text = text_of(chunk.message) if isinstance(getattr(chunk, "message", None), AIMessageChunk) else str(token)
        if (stream := self._streams.get(run_id)) is None:
            return
        for new in stream.feed(text):
            shown = {"index": new.index, "text": new.text, "verbalized": new.verbalized}
            self._write({"verbalized_candidate": shown})

    def on_llm_end(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self._streams.pop(run_id, None)
