"""Watching a model write: a progress line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any, Self

from ..models import Caller
from ..plans.elicitation import Elicitation
from ..plans.growth import GrowingReply, Growth
from ..replies.protocol import Reply, Request
from .output import Output

__all__ = ["Watch"]


class Watch:
    """Follows replies while they arrive.

    On a terminal a line counts calls, candidates and characters; where nobody watches it stays quiet.

    Args:
        output: Where it says so.
        elicitation: What is asked for; candidates are read out of the text so far, each answer once.
        runs: How many runs there are; the text of several is not read, for it arrives mixed.
    """

    def __init__(self, output: Output, elicitation: Elicitation[Any], *, runs: int) -> None:
        self._runs = runs
        self._growth: Growth[Any] = Growth(elicitation)
        self._reply: GrowingReply[Any] = self._growth.reply(elicitation.k)
        self._characters = self._started = self._answered = 0
        self._lock = Lock()
        self._status = output.status("loading the model")

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    @property
    def on_text(self) -> Callable[[str], None] | None:
        """What takes the pieces; None if nobody would see anything of it."""
        return self._take if self._runs == 1 and self._status else None

    def around(self, caller: Caller) -> Caller:
        """``caller``, with its replies counted, and each read from its own beginning."""

        def call(request: Request) -> Reply | str:
            self._begin(request)
            reply = caller.call(request)
            self._end()
            return reply

        async def acall(request: Request) -> Reply | str:
            self._begin(request)
            reply = await caller.acall(request)
            self._end()
            return reply

        return replace(caller, call=call, acall=acall)

    def _begin(self, request: Request) -> None:
        self._reply = self._growth.reply(request.k)
        with self._lock:
            self._started += 1
        self._tell("the model reads")

    def _end(self) -> None:
        with self._lock:
            self._answered += 1
        self._tell("the model answered")

    def _tell(self, what: str) -> None:
        if self._status:
            several = f"{self._runs} runs: {self._answered} of {self._started} calls answered"
            self._status.update(several if self._runs > 1 else what)

    def _take(self, piece: str) -> None:
        self._characters += len(piece)
        for _ in self._reply.feed(piece):
            pass
        found = len(self._growth.given)
        self._tell(f"the model writes: {found} candidate{'s' * (found != 1)}, {self._characters:,} characters")
