"""The containers of JSON with their places in a reply, and the way through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

__all__ = ["JsonArray", "JsonObject", "Node", "Words", "breadth_first", "is_container"]


class JsonObject(dict[str, Any]):
    """An object with its place in the reply; ``complete`` once its brace was closed.

    ``again`` is what else stood under a key of it, with that key and its place.
    """

    __slots__ = ("again", "complete", "end", "start")

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = self.end = start
        self.complete = False
        self.again: list[tuple[str, Any, int]] | None = None

    def keep(self, key: str, begin: int) -> None:
        """Keeps the value that stands under a key before another takes its place."""
        if self.again is None:
            self.again = []
        self.again.append((key, self[key], begin))


class JsonArray(list[Any]):
    """An array with its place in the reply; ``complete`` once its bracket was closed."""

    __slots__ = ("complete", "end", "start")

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = self.end = start
        self.complete = False


Node = JsonObject | JsonArray


class Words(str):
    """What stood in a list without quotes, with its place in the reply."""

    __slots__ = ("start",)

    def __new__(cls, value: str, start: int) -> Self:
        """The words as they stood at ``start``."""
        words = super().__new__(cls, value)
        words.start = start
        return words

    start: int


def is_container(value: Any) -> bool:
    return isinstance(value, dict | list)


def breadth_first(root: Node, depth: int = 8) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The containers in a value with the keys that lead to them, those nearest to the root first."""
    level: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    for _ in range(depth):
        following: list[tuple[Node, tuple[str, ...]]] = []
        for node, path in level:
            yield node, path
            children = node.items() if isinstance(node, JsonObject) else ((str(i), v) for i, v in enumerate(node))
            following += [(v, (*path, k)) for k, v in children if isinstance(v, JsonObject | JsonArray)]
        level = following
