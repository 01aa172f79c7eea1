"""One turn of an agent's model as LangChain runs it: its trace, its veil, its custom stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from langchain.agents.middleware import ModelRequest
from langchain_core.callbacks.base import BaseCallbackManager
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config

from verbalized_sampling import Distribution, Elicitation

from .errors import ModelCall
from .tracing import outcome_of, settings_of
from .veil import CandidateWriter, veiled

__all__ = ["Turn"]

T = TypeVar("T")


class Turn:
    """Makes the calls of a turn, within a run of its own if anyone watches.

    Args:
        elicitation: What is asked for.
        request: What the agent would send.
    """

    def __init__(self, elicitation: Elicitation[Any], request: ModelRequest[Any]) -> None:
        self._elicitation = elicitation
        self._config: RunnableConfig = var_child_runnable_config.get() or {}
        self._watchers = [CandidateWriter(elicitation, write)] if (write := _writer(request)) else []
        self._manager: Any = None
        self._run: Any = None
        callbacks = self._config.get("callbacks")
        if isinstance(callbacks, BaseCallbackManager) and callbacks.handlers:
            self._manager = callbacks.copy()
            self._manager.add_metadata(settings_of(elicitation))
        self._given = {"messages": request.messages}

    # Its run

    def start(self) -> None:
        if self._manager is not None:
            self._run = self._manager.on_chain_start(None, self._given, name="VerbalizedSampling")
            self._config = {**self._config, "callbacks": self._run.get_child()}

    async def astart(self) -> None:
        if self._manager is not None:
            self._run = await self._manager.on_chain_start(None, self._given, name="VerbalizedSampling")
            self._config = {**self._config, "callbacks": self._run.get_child()}

    def end(self, outcome: str, distribution: Distribution[Any] | None) -> None:
        if self._run is not None:
            self._run.metadata.update(outcome_of(distribution, outcome))
            self._run.on_chain_end(distribution)

    async def aend(self, outcome: str, distribution: Distribution[Any] | None) -> None:
        if self._run is not None:
            self._run.metadata.update(outcome_of(distribution, outcome))
            await self._run.on_chain_end(distribution)

    def fail(self, error: BaseException) -> None:
        if self._run is not None:
            self._run.on_chain_error(error)

    async def afail(self, error: BaseException) -> None:
        if self._run is not None:
            await self._run.on_chain_error(error)

    # Its calls

    def call(self, handler: Callable[[Any], T], asked: Any, *, hidden: bool) -> T:
        with self._configured(hidden=hidden), ModelCall():
            return handler(asked)

    async def acall(self, handler: Callable[[Any], Awaitable[T]], asked: Any, *, hidden: bool) -> T:
        with self._configured(hidden=hidden), ModelCall():
            return await handler(asked)

    @contextmanager
    def _configured(self, *, hidden: bool) -> Iterator[None]:
        config = veiled(self._config, *self._watchers) if hidden else self._config
        token = var_child_runnable_config.set(config or None)
        try:
            yield
        finally:
            var_child_runnable_config.reset(token)


def _writer(request: ModelRequest[Any]) -> Callable[[Any], None] | None:
    write = getattr(request.runtime, "stream_writer", None)
    # Where nobody listens to the custom stream, LangGraph gives a function that refers to nothing.
    return write if write is not None and getattr(write, "__closure__", ()) is not None else None
