"""One run: how each request of a plan becomes a prompt, a call of the model and a reading, and how it streams.

Why there is machinery here, where LangChain has sequences. ``prompt | model | parser`` sends one request. A run here
may send several in one conversation (further turns, a top-up, a repair), and only the core's plan knows how many and
which, after it has read what came back; so that a loop is wanted around the sequence, under one root run. The pieces:

- ``run.py``, this file: one request as messages, a call and a reply, four times (whole or streamed, sync or async). The
  loop around it is the core's: ``drive``, ``drive_stream`` and their like. A ``RunnableGenerator`` could
  stand around it (a root run, a stream), but has no ``batch`` of its own, no configurable fields, and makes ``invoke``
  the sum of a stream.
- ``step.py``: the child runs that show the prompt and the reading. They are what a ``RunnableSequence`` would make of
  its steps; started by hand they cost a part of it, and nothing where nobody watches.
- ``caller.py``: ``with_structured_output`` gives parsed values (we want the text), loses what was bound, and does not
  look into fallbacks, alternatives and models that are configured later. And a model may turn out to take no schema.
- ``batch.py``: ``abatch`` as LangChain's, but one call is prepared after the other, so that the first is on its way
  before the last is rendered.
- ``growth.py``: what the replies of several requests make together, while the last of them is being written, as a
  distribution or as deltas that add up; the core's own counts candidates one by one.
- ``leaving.py``: LangChain's parser reads a stream to its end after its reader has left, and its asynchronous streams
  end when Python finds the time; a call that nobody waits for would go on and be paid for.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManager, CallbackManager
from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.runnables import RunnableConfig

from verbalized_sampling import (
    Distribution,
    Elicitation,
    Plan,
    Reply,
    Request,
    adrive,
    drive,
)
from verbalized_sampling.adapters import Ended, adrive_stream, drive_stream

from .caller import Caller
from .conversation import Conversation
from .errors import ModelCall, as_output_parser_exception
from .growth import Growth
from .leaving import aleft, leave
from .output_parser import VerbalizedSamplingOutputParser
from .pieces import Piece
from .replies import Answer, reply_of, tools_called, whole
from .step import UNREADABLE, Step
from .tracing import number_of
from .veil import veiled

__all__ = ["Run"]

_PROMPT = Step("VerbalizedSamplingPrompt", "prompt")
_PARSER = Step("VerbalizedSamplingOutputParser", "parser")


@dataclass
class Run:
    """Everything that one run needs; its steps are child runs.

    Attributes:
        elicitation: What to ask for.
        conversation: The query and what stood before it.
        caller: Calls the model.
        diff: Whether a stream gives new candidates only.
        config: The config of its child runs, with their callbacks.
        kwargs: Keyword arguments for the model.
        distribution: What came of an asynchronous stream, when it has ended.
        tools: Names of the tools that the last reply called, if any.
    """

    elicitation: Elicitation[Any]
    conversation: Conversation
    caller: Caller
    diff: bool
    config: RunnableConfig
    kwargs: dict[str, Any]
    distribution: Distribution[Any] = field(default_factory=Distribution)
    tools: list[str] = field(default_factory=list)
    _unshown: tuple[Answer, Reply] | None = None
    _calls: int = 0

    def invoke(self) -> Distribution[Any]:
        try:
            distribution = drive(self._plan(), self._call)
        except BaseException:
            self._show_reading()
            raise
        self._show_reading(distribution)
        return distribution

    async def ainvoke(self) -> Distribution[Any]:
        try:
            distribution = await adrive(self._plan(), self._acall)
        except BaseException:
            await self._ashow_reading()
            raise
        await self._ashow_reading(distribution)
        return distribution

    def stream(self) -> Generator[Piece, None, Distribution[Any]]:
        """Gives what grows; returns the whole."""
        growth = Growth(self.elicitation)
        distribution = yield from drive_stream(self._plan(), partial(self._stream, growth))
        yield from growth.finish(distribution, diff=self.diff)
        return distribution

    async def astream(self) -> AsyncGenerator[Piece, None]:
        """Gives what grows; the whole is in ``distribution`` afterwards."""
        growth = Growth(self.elicitation)
        async with aclosing(adrive_stream(self._plan(), partial(self._astream, growth))) as items:
            async for item in items:
                if isinstance(item, Ended):
                    self.distribution = item.value
                else:
                    yield cast("Piece", item)
        for piece in growth.finish(self.distribution, diff=self.diff):
            yield piece

    # One request

    def _call(self, request: Request) -> Reply:
        self._show_reading()
        messages = self._messages(request)
        self._show(_PROMPT, messages, partial(ChatPromptValue, messages=messages))
        with ModelCall():
            answer = self.caller.for_schema(request.schema).invoke(messages, self._quiet, **self.kwargs)
        reply = self._reply(answer)
        self._unshown = (answer, reply) if self.elicitation.asks_for_lists else None
        self._calls += 1
        return reply

    async def _acall(self, request: Request) -> Reply:
        await self._ashow_reading()
        messages = self._messages(request)
        await self._ashow(_PROMPT, messages, partial(ChatPromptValue, messages=messages))
        with ModelCall():
            answer = await self.caller.for_schema(request.schema).ainvoke(messages, self._quiet, **self.kwargs)
        reply = self._reply(answer)
        self._unshown = (answer, reply) if self.elicitation.asks_for_lists else None
        self._calls += 1
        return reply

    def _stream(self, growth: Growth, request: Request) -> Generator[Piece, None, Reply]:
        messages = self._messages(request)
        self._show(_PROMPT, messages, partial(ChatPromptValue, messages=messages))
        chunks: Any = self.caller.for_schema(request.schema).stream(messages, self._quiet, **self.kwargs)
        answer: list[Answer] = []
        if self.elicitation.asks_for_lists:
            pieces = self.parser.transform(cast("Any", _kept(chunks, answer)), self.config)
            with suppress(*UNREADABLE), ModelCall():
                try:
                    for piece in pieces:
                        yield from growth.add(piece)
                except GeneratorExit:
                    leave(chunks)  # LangChain's parser reads to the end what it is given, also when nobody waits for it
                    raise
        else:
            with ModelCall():
                answer += chunks
        growth.end_reply()
        return self._reply(whole(answer))

    async def _astream(self, growth: Growth, request: Request) -> AsyncGenerator[Piece | Ended[Reply], None]:
        messages = self._messages(request)
        await self._ashow(_PROMPT, messages, partial(ChatPromptValue, messages=messages))
        chunks: Any = self.caller.for_schema(request.schema).astream(messages, self._quiet, **self.kwargs)
        answer: list[Answer] = []
        if self.elicitation.asks_for_lists:
            pieces: Any = self.parser.atransform(cast("Any", _akept(chunks, answer)), self.config)
            with suppress(*UNREADABLE), ModelCall():
                async with aleft(chunks), aleft(pieces):
                    async for given in pieces:
                        for piece in growth.add(given):
                            yield piece
        else:
            with ModelCall():
                answer += [chunk async for chunk in chunks]
        growth.end_reply()
        yield Ended(self._reply(whole(answer)))

    def _messages(self, request: Request) -> list[BaseMessage]:
        messages = self.conversation.messages(request)
        if number := number_of(self.config):  # else a cache of LangChain's gives each independent call the same reply
            last = messages[-1]
            messages[-1] = last.model_copy(update={"response_metadata": {**last.response_metadata, "call": number}})
        return messages

    @cached_property
    def parser(self) -> VerbalizedSamplingOutputParser:
        """Reads streams."""
        return VerbalizedSamplingOutputParser(elicitation=self.elicitation, diff=self.diff)

    @cached_property
    def _quiet(self) -> RunnableConfig:
        """The config of the model's calls: in a graph, what streams to users shows nothing of raw replies."""
        return veiled(self.config) if "langgraph_node" in (self.config.get("metadata") or ()) else self.config

    def _reply(self, answer: Answer) -> Reply:
        self.tools[:] = tools_called(answer)
        return reply_of(answer)

    def _plan(self) -> Plan[Distribution[Any]]:
        return self.elicitation.plan(self.conversation.query)

    # For those who watch

    def _show(self, step: Step, given: Any, work: Callable[[], Any]) -> None:
        if (callbacks := cast("CallbackManager", self.config["callbacks"])).handlers:
            step.show(callbacks, given, work)

    async def _ashow(self, step: Step, given: Any, work: Callable[[], Any]) -> None:
        if (callbacks := cast("AsyncCallbackManager", self.config["callbacks"])).handlers:
            await step.ashow(callbacks, given, work)

    # A reading is shown when the plan has gone on: of a single reply the plan's own is shown, so that it is read once.

    def _show_reading(self, distribution: Distribution[Any] | None = None) -> None:
        if self._unshown is not None:
            (answer, reply), self._unshown = self._unshown, None
            self._show(_PARSER, answer, partial(self._reading, reply, distribution))

    async def _ashow_reading(self, distribution: Distribution[Any] | None = None) -> None:
        if self._unshown is not None:
            (answer, reply), self._unshown = self._unshown, None
            await self._ashow(_PARSER, answer, partial(self._reading, reply, distribution))

    def _reading(self, reply: Reply, distribution: Distribution[Any] | None) -> Distribution[Any]:
        return distribution if distribution and self._calls == 1 else self._read(reply)

    def _read(self, reply: Reply) -> Distribution[Any]:
        with as_output_parser_exception():
            return self.elicitation.read(reply)


def _kept(chunks: Iterator[Answer], answer: list[Answer]) -> Iterator[Answer]:
    for chunk in chunks:
        answer.append(chunk)
        yield chunk


async def _akept(chunks: AsyncIterator[Answer], answer: list[Answer]) -> AsyncIterator[Answer]:
    async for chunk in chunks:
        answer.append(chunk)
        yield chunk
