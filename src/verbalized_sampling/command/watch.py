"""Watching a model write: a progress line, or its candidates as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from rich.status import Status

from ..parsing import DistributionParser, DistributionStream
from ..protocol import Reply, Request
from .output import stderr, write

__all__ = ["Watch"]


class Watch:
    """Follows the text of replies while it arrives.

    On a terminal a line counts candidates and characters; where nobody watches it stays quiet.

    Args:
        parser: Reads candidates out of the text so far.
        aloud: Whether to print each candidate as soon as it is complete.
    """

    def __init__(self, parser: DistributionParser[Any], *, aloud: bool) -> None:
        self._parser, self._aloud = parser, aloud
        self._stream: DistributionStream[Any] = parser.stream()
        self._characters = self._candidates = 0
        console = stderr()
        # A line that is redrawn and lines that are printed would get in each other's way.
        self._status: Status | None = console.status("loading the model") if console.is_terminal and not aloud else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def say(self, what: str) -> None:
        """Puts ``what`` in the progress line, where there is one."""
        if self._status:
            self._status.update(what)

    @property
    def on_text(self) -> Callable[[str], None] | None:
        """What takes the pieces; None if nobody would see anything of it."""
        return self._take if self._aloud or self._status else None

    def around(self, call: Callable[[Request], Reply | str]) -> Callable[[Request], Reply | str]:
        """``call``, with each reply read from its own beginning."""

        def watched(request: Request) -> Reply | str:
            self._stream = self._parser.stream()
            self.say("the model reads")
            return call(request)

        return watched

    def _take(self, piece: str) -> None:
        self._characters += len(piece)
        for candidate in self._stream.feed(piece):
            self._candidates += 1
            if self._aloud:
                number = "  ?  " if candidate.verbalized is None else f"{candidate.verbalized:.3f}"
                write(f"{number}  {candidate.text}")
        self.say(f"the model writes: {self._candidates} candidates, {self._characters} characters")
