"""One run: how each request of a plan becomes a prompt, a call of the model and a reading, and how it streams."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForChainRun, CallbackManagerForChainRun
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import patch_config

from verbalized_sampling import (
    Distribution,
    DistributionParseError,
    Elicitation,
    Plan,
    RefusalError,
    Reply,
    Request,
    adrive,
    drive,
)

from .caller import Caller
from .conversation import Conversation
from .growth import Growth
from .output_parser import VerbalizedSamplingOutputParser
from .prompt import VerbalizedSamplingPrompt
from .replies import Answer, reply_of, whole
from .reply_stream import Piece

__all__ = ["Run"]

# The parser's run shows them; what follows from them, the plan decides.
_UNREADABLE = (DistributionParseError, RefusalError)


@dataclass
class Run:
    """Everything that one run needs; its steps are child runs.

    Attributes:
        elicitation: What to ask for.
        conversation: The query and what stood before it.
        caller: Calls the model.
        diff: Whether a stream gives new candidates only.
        manager: The callbacks of the run.
        config: Its config.
        kwargs: Keyword arguments for the model.
        distribution: What came of an asynchronous stream, when it has ended.
    """

    elicitation: Elicitation[Any]
    conversation: Conversation
    caller: Caller
    diff: bool
    manager: CallbackManagerForChainRun | AsyncCallbackManagerForChainRun
    config: RunnableConfig
    kwargs: dict[str, Any]
    distribution: Distribution[Any] = field(default_factory=Distribution)

    def invoke(self) -> Distribution[Any]:
        return drive(self._plan(), self._call)

    async def ainvoke(self) -> Distribution[Any]:
        return await adrive(self._plan(), self._acall)

    def stream(self) -> Generator[Piece, None, Distribution[Any]]:
        """Gives what grows; returns the whole."""
        growth = Growth(self.elicitation)
        with closing(self._plan()) as plan:
            try:
                request = next(plan)
                while True:
                    try:
                        reply = yield from self._stream(request, growth)
                    except Exception as error:  # noqa: BLE001 - whatever it is, the plan decides
                        request = plan.throw(error)
                    else:
                        request = plan.send(reply)
            except StopIteration as stop:
                distribution: Distribution[Any] = stop.value
        yield from growth.finish(distribution, diff=self.diff)
        return distribution

    async def astream(self) -> AsyncIterator[Piece]:
        """Gives what grows; the whole is in ``distribution`` afterwards."""
        growth = Growth(self.elicitation)
        with closing(self._plan()) as plan:
            try:
                request = next(plan)
                while True:
                    answer: list[Answer] = []
                    try:
                        async for piece in self._astream(request, growth, answer):
                            yield piece
                    except Exception as error:  # noqa: BLE001
                        request = plan.throw(error)
                    else:
                        request = plan.send(reply_of(whole(answer)))
            except StopIteration as stop:
                self.distribution = stop.value
        for piece in growth.finish(self.distribution, diff=self.diff):
            yield piece

    # One request

    def _call(self, request: Request) -> Reply:
        messages = self._shown(request)
        answer = self.caller.invoke(messages, request.schema, self._child(), **self.kwargs)
        if self._is_watched and self.elicitation.asks_for_lists:
            with suppress(*_UNREADABLE):
                self.parser.invoke(cast("Any", answer), self._child())
        return reply_of(answer)

    async def _acall(self, request: Request) -> Reply:
        messages = await self._ashown(request)
        answer = await self.caller.ainvoke(messages, request.schema, self._child(), **self.kwargs)
        if self._is_watched and self.elicitation.asks_for_lists:
            with suppress(*_UNREADABLE):
                await self.parser.ainvoke(cast("Any", answer), self._child())
        return reply_of(answer)

    def _stream(self, request: Request, growth: Growth) -> Generator[Piece, None, Reply]:
        messages = self._shown(request)
        chunks = self.caller.stream(messages, request.schema, self._child(), **self.kwargs)
        answer: list[Answer] = []
        if self.elicitation.asks_for_lists:
            with suppress(*_UNREADABLE):
                for piece in self.parser.transform(cast("Any", _kept(chunks, answer)), self._child()):
                    yield from growth.add(piece)
        else:
            answer += chunks
        growth.end_reply()
        return reply_of(whole(answer))

    async def _astream(self, request: Request, growth: Growth, answer: list[Answer]) -> AsyncGenerator[Piece, None]:
        messages = await self._ashown(request)
        chunks = self.caller.astream(messages, request.schema, self._child(), **self.kwargs)
        if self.elicitation.asks_for_lists:
            with suppress(*_UNREADABLE):
                async for given in self.parser.atransform(cast("Any", _akept(chunks, answer)), self._child()):
                    for piece in growth.add(given):
                        yield piece
        else:
            answer += [chunk async for chunk in chunks]
        growth.end_reply()

    def _shown(self, request: Request) -> list[BaseMessage]:
        messages = self.conversation.messages(request)
        if self._is_watched:
            VerbalizedSamplingPrompt().invoke(messages, self._child())
        return messages

    async def _ashown(self, request: Request) -> list[BaseMessage]:
        messages = self.conversation.messages(request)
        if self._is_watched:
            await VerbalizedSamplingPrompt().ainvoke(messages, self._child())
        return messages

    @property
    def _is_watched(self) -> bool:
        """Whether anyone sees child runs. The prompt's, and the parser's where nothing streams, do nothing else."""
        return bool(self.manager.inheritable_handlers)

    @cached_property
    def parser(self) -> VerbalizedSamplingOutputParser:
        """Shows how replies are read, and reads streams."""
        return VerbalizedSamplingOutputParser(elicitation=self.elicitation, diff=self.diff)

    def _plan(self) -> Plan[Distribution[Any]]:
        return self.elicitation.plan(self.conversation.query)

    def _child(self) -> RunnableConfig:
        return patch_config(self.config, callbacks=self.manager.get_child())


def _kept(chunks: Iterator[Answer], answer: list[Answer]) -> Iterator[Answer]:
    for chunk in chunks:
        answer.append(chunk)
        yield chunk


async def _akept(chunks: AsyncIterator[Answer], answer: list[Answer]) -> AsyncIterator[Answer]:
    async for chunk in chunks:
        answer.append(chunk)
        yield chunk
