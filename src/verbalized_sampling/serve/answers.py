"""Several answers to one request: asked for in one call, and drawn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from ..errors import RefusalError
from ..models import Caller, Options
from ..plans.drive import adrive
from ..replies.protocol import Reply, Request
from ..runs.calls import Planned, begun
from ..runs.question import Question
from ..runs.several import Result, arun_all
from ..runs.streaming import AsyncCandidateStream
from ..values.distribution import Distribution
from ..values.usage import Usage
from .asked import Asked
from .completion import Completion, Said, about, drawn, event, said_of
from .upstream import Upstream

__all__ = ["Answer", "answer", "tools_called", "written"]

_AT_ONCE = 16  # requests, for the baselines that take one for each answer


class Answer:
    """What came of a request.

    Attributes:
        choices: The answers.
        usage: What they cost, of all calls together.
        more: What else there is to say.
    """

    def __init__(self, choices: list[Said], usage: Usage | None, more: dict[str, Any] | None) -> None:
        self.choices, self.usage, self.more = choices, usage, more


class _ToolsCalledError(Exception):
    """The model called a tool instead of answering, which is not for us to repeat."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


async def answer(asked: Asked, upstream: Upstream) -> Answer:
    """The answers, once all of them are there.

    Raises:
        VerbalizedSamplingError: There are none.
    """
    asking = _Asking(asked, upstream)
    try:
        return _of_distribution(await asking.distribution(), asked)
    except _ToolsCalledError as called:
        return Answer([tools_called(called.reply)], called.reply.usage, None)
    except RefusalError as error:
        return _of_refusal(error, asked)


async def written(
    asked: Asked, upstream: Upstream, completion: Completion, whole: list[Answer]
) -> AsyncIterator[bytes]:
    """The same as events, each answer as soon as it is complete.

    Args:
        asked: What is asked for.
        upstream: Of whom.
        completion: Writes it.
        whole: Is given all of it at the end.
    """
    given: list[Said] = []
    if asked.elicitation.k == asked.n > 1:
        stream: AsyncCandidateStream[Any] = _Asking(asked, upstream).stream()
        try:
            async with stream:
                async for candidate in stream:
                    if len(given) < asked.n:
                        if given:
                            yield event(completion.ended(len(given) - 1, given[-1]))
                        given.append(said_of(candidate, asked))
                        yield event(completion.begun(len(given) - 1, given[-1]))
            found = stream.distribution
            result = Answer(given, found.usage, dict(about(found, asked, len(given))))
        except _ToolsCalledError as called:
            result = Answer([*given, tools_called(called.reply)], called.reply.usage, None)
        except RefusalError as error:
            result = Answer(given, None, None) if given else _of_refusal(error, asked)
    else:  # only the whole shows which of them are drawn
        result = await answer(asked, upstream)
    whole.append(result)
    for index, said in enumerate(result.choices):
        is_last = index == len(result.choices) - 1
        if index >= len(given):
            yield event(completion.begun(index, said))
        if index >= len(given) - 1:  # the ends of the others were written
            yield event(completion.ended(index, said, result.more if is_last else None))
    if asked.include_usage:
        yield event(completion.usage(result.usage))
    yield b"data: [DONE]\n\n"


def tools_called(reply: Reply) -> Said:
    """A reply that calls tools, as the one choice that it is."""
    calls = [{**call, "index": index} for index, call in enumerate(reply.tool_calls)]
    return Said(reply.text or None, "tool_calls", None, {"tool_calls": calls})


class _Asking:
    """The calls for one request."""

    def __init__(self, asked: Asked, upstream: Upstream) -> None:
        self._conversation = asked.conversation()
        self._question = Question(
            query=self._conversation.query,
            model=upstream.model,
            calls=1,
            concurrency=_AT_ONCE,
            options=replace(asked.options, timeout=upstream.timeout if upstream.endpoint else None),
            system=None,
            elicitation=asked.elicitation,
        )

    async def distribution(self) -> Distribution[Any]:
        async def run(planned: list[Planned]) -> list[Result]:
            return await arun_all(await asyncio.to_thread(begun, planned, self._find), _AT_ONCE)

        return await adrive(self._question.plan(), run)

    def stream(self) -> AsyncCandidateStream[Any]:
        return AsyncCandidateStream(self._question, self._find)

    def _find(self, options: Options) -> Caller:
        caller = self._question.resolve(options)

        def sent(request: Request) -> Request:
            return replace(request, messages=self._conversation.restored(request))

        def call(request: Request) -> Reply:
            return _answered(caller.call(sent(request)))

        async def acall(request: Request) -> Reply:
            return _answered(await caller.acall(sent(request)))

        return replace(caller, call=call, acall=acall)


def _answered(answer: Reply | str) -> Reply:
    reply = Reply.of(answer)
    if reply.tool_calls:
        raise _ToolsCalledError(reply)
    return reply


def _of_distribution(distribution: Distribution[Any], asked: Asked) -> Answer:
    candidates = drawn(distribution, asked)
    latest = max((c.index for c in distribution), default=0)
    choices = [
        said_of(c, asked, weight=c.probability, is_cut=distribution.truncated and c.index == latest) for c in candidates
    ]
    return Answer(choices, distribution.usage, dict(about(distribution, asked, len(choices))))


def _of_refusal(error: RefusalError, asked: Asked) -> Answer:
    """Answers from before it, or the model's words: as its answer, or apart where an answer would have to be JSON."""
    if error.salvaged:
        return _of_distribution(error.salvaged, asked)
    said = Said(None, "stop", None, {"refusal": error.text}) if asked.is_typed else Said(error.text)
    return Answer([said], None, {"requested": asked.n, "distinct": 0, "notes": ["the model refused"]})
