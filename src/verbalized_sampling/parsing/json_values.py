"""The containers of JSON with their places in a reply."""

from __future__ import annotations

from typing import Any

__all__ = ["JsonArray", "JsonObject"]


class JsonObject(dict[str, Any]):
    """An object with its place in the reply; ``complete`` once its brace was closed."""

    __slots__ = ("complete", "end", "start")

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = self.end = start
        self.complete = False


class JsonArray(list[Any]):
    """An array with its place in the reply; ``complete`` once its bracket was closed."""

    __slots__ = ("complete", "end", "start")

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = self.end = start
        self.complete = False
