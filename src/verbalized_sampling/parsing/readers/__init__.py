"""One reader for each format, found under its name. No reader imports another.

A reader is a function ``(text, start, end, asked) -> list[Block]``:

- ``text`` is the whole reply, of which it reads the part from ``start`` to ``end``; every position that it hands on
  is one in ``text``.
- ``asked`` holds the names that were asked for.
- It returns the blocks of candidates that it finds, in order and without overlap; an empty list if nothing looks
  like its format. It raises nothing, and its time grows with the length of the part.
- What looked like a candidate but is not one goes to ``Block.dropped``, with the reason.
- It does not judge the reply: which block is the answer is decided by ``reply/``, and what the numbers mean by
  ``candidate/assemble.py``.
- A block that may only wrap another format says ``inside=(start, end)``, and ``reply/blocks.py`` has the others read
  on there.

The order in which readers are asked stands in ``reply/blocks.py`` alone.
"""

from __future__ import annotations

from collections.abc import Callable

from ..candidate.asked import Asked
from ..candidate.found import Block

__all__ = ["Reader"]

Reader = Callable[[str, int, int, Asked], list[Block]]
