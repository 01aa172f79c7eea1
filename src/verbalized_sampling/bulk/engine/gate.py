"""How many calls may be under way at once."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Gate"]


class Gate:
    """A semaphore whose width follows the endpoint: halved when it complains, a little wider with each answer.

    Used as ``async with gate as wave:``, from one event loop.

    Args:
        width: Calls at once, at most.
    """

    def __init__(self, width: int) -> None:
        self._most = self._width = float(width)
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._wave = 0  # how often it was narrowed

    @property
    def width(self) -> int:
        """Calls that may be under way now."""
        return int(self._width)

    @property
    def is_wide(self) -> bool:
        """Whether nothing narrows it now."""
        return self._width == self._most

    def narrow(self, wave: int) -> None:
        """Halves the width, once for all the calls that started in the same ``wave``."""
        if wave == self._wave:
            self._width = max(1.0, self._width / 2)
            self._wave += 1

    def widen(self) -> None:
        """One more after as many answers as it is wide."""
        self._width = min(self._most, self._width + 1 / self._width)

    async def __aenter__(self) -> int:
        if self._inside < self.width:
            self._inside += 1
        else:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave()  # the place that it was given
                raise
        return self._wave

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        """Gives the place to whoever waits longest: who is woken without one may find it taken, and wait anew."""
        self._inside -= 1
        while self._waiting and self._inside < self.width:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._inside += 1
