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
        while self._inside >= self.width:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # its turn goes to the next
                raise
        self._inside += 1
        return self._wave

    async def __aexit__(self, *_: object) -> None:
        self._inside -= 1
        self._wake()

    def _wake(self) -> None:
        free = self.width - self._inside
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
