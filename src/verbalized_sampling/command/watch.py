"""Watching a model write: a progress line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any, Self

from ..models import Caller
from ..parsing import DistributionParser, DistributionStream
from ..protocol import Reply, Request
from .output import Output

__all__ = ["Watch"]


class Watch:
    """Follows replies while they arrive.

    On a terminal a line counts calls, candidates and characters; where nobody watches it stays quiet.

    Args:
        output: Where it says so.
        parser: Reads candidates out of the text so far.
        runs: How many runs there are; the text of several is not read, for it arrives mixed.
    """

    def __init__(self, output: Output, parser: DistributionParser[Any], *, runs: int) -> None:
        self._parser, self._runs = parser, runs
        self._stream: DistributionStream[Any] = parser.stream()
        self._characters = self._candidates = self._started = self._answered = 0
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
        """``caller``, with its replies counted and each read from its own beginning."""

        def watched(request: Request) -> Reply | str:
            self._stream = self._parser.stream()
            with self._lock:
                self._started += 1
            self._tell("the model reads")
            reply = caller.call(request)
            with self._lock:
                self._answered += 1
            self._tell("the model answered")
            return reply

        return replace(caller, call=watched)

    def _tell(self, what: str) -> None:
        if self._status:
            several = f"{self._runs} runs: {self._answered} of {self._started} calls answered"
            self._status.update(several if self._runs > 1 else what)

    def _take(self, piece: str) -> None:
        self._characters += len(piece)
        self._candidates += len(self._stream.feed(piece))
        self._tell(f"the model writes: {self._candidates} candidates, {self._characters} characters")
