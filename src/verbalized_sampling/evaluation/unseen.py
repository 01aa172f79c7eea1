"""What goes unseen where everything came out alike: the rule of three.

What comes up in a share s of all cases stays away from m of them with the chance (1 − s)^m. So a number that came out
alike m times may still be off in a share of 1 − 0.05^(1/m), about 3/m: then it looks like this once in twenty times
(Hanley and Lippman-Hand, JAMA 1983).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Unseen", "most_unseen"]

_RARE = math.log(1 / 0.05)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A number that came out alike each time.

    Attributes:
        below: How far below it the other cases may be; infinite where its range has no end.
        above: How far above.
        times: How often it was looked at.
    """

    below: float
    above: float
    times: float


def most_unseen(rooms: Sequence[tuple[float, float]]) -> float:
    """The most that some numbers can be off in sum, and all look alike together once in twenty times.

    Args:
        rooms: How far each may be off, and how often it was looked at.
    """
    rooms = sorted(((room, times) for room, times in rooms if room > 0), key=lambda n: n[0] / n[1], reverse=True)
    if any(math.isinf(room) for room, _ in rooms):
        return math.inf
    while rooms:  # Lagrange: each has a share of 1 − price × times / room, or none where that is below 0
        looks = math.fsum(times for _, times in rooms)
        price = math.exp((math.fsum(times * math.log(room / times) for room, times in rooms) - _RARE) / looks)
        if rooms[-1][0] > price * rooms[-1][1]:
            return math.fsum(room for room, _ in rooms) - price * looks
        rooms = rooms[:-1]
    return 0.0
