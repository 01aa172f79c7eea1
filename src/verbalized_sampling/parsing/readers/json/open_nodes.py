"""The objects and lists of damaged JSON that are open at a place, and what a bracket means that is missing there."""

from __future__ import annotations

from typing import cast

from ....values.repairs import Repair
from ...language import names
from .values import JsonArray, JsonObject, Node

__all__ = ["OpenNodes"]

_MAX_DEPTH = 64  # deeper than any reply; brackets beyond are noise


class OpenNodes(list[Node]):
    """What is open, the outermost first.

    Attributes:
        repairs: What had to be repaired so far; the reader's own.
        outermost: The list of objects that stand one after another in one pair of braces; None if there is none.
        too_deep: Whether something is nested deeper than any reply.
    """

    __slots__ = ("outermost", "repairs", "too_deep")

    def __init__(self, root: Node, repairs: dict[Repair, None]) -> None:
        super().__init__((root,))
        self.repairs = repairs
        self.outermost: JsonArray | None = None
        self.too_deep = False

    @property
    def can_lack_only_brackets(self) -> bool:
        """Whether only objects are open and the last value in them is a whole list: no item of it can be missing."""
        last = next(reversed(self[-1].values()), None) if isinstance(self[-1], JsonObject) else None
        return isinstance(last, JsonArray) and last.complete and all(isinstance(node, JsonObject) for node in self)

    def open(self, char: str, pos: int) -> Node | None:
        """Opens a container; None if that is too deep."""
        if len(self) >= _MAX_DEPTH:
            self.too_deep = True
            return None
        child: Node = JsonObject(pos) if char == "{" else JsonArray(pos)
        self.append(child)
        return child

    def close(self, char: str, pos: int) -> None:
        """Closes what a bracket at a place ends, with all that is open within it."""
        kind = JsonObject if char == "}" else JsonArray
        depth = len(self) - 1
        if not isinstance(self[depth], kind):
            self.repairs[Repair.UNCLOSED] = None
            while depth >= 0 and not isinstance(self[depth], kind):
                depth -= 1
            if depth < 0:  # it closes something that was never opened
                return
        self.leave(depth, pos + 1, complete=True)
        if len(self) == 1 and self[0] is self.outermost:
            self.leave(0, pos + 1, complete=True)

    def leave(self, depth: int, end: int, *, complete: bool) -> None:
        """Leaves what is open from a depth on, be it complete or not."""
        for node in self[depth:]:
            node.complete = complete
            node.end = end
        del self[depth:]

    def close_all(self, end: int) -> None:
        """Closes all that is open: the fence around it ends, or nothing can be missing but brackets."""
        self.repairs[Repair.UNCLOSED] = None
        self.leave(0, end, complete=True)

    def reopens(self, char: str) -> bool:
        """Whether a brace stands for a key: the object before it lacks its closing brace, or both lack their list."""
        if char != "{" or not self[-1]:
            return False
        if len(self) < 2 or not isinstance(self[-2], JsonArray):
            return self._lists_last_value()
        unclosed = self.pop()
        unclosed.complete = True
        self.repairs[Repair.UNCLOSED] = None
        return True

    def _lists_last_value(self) -> bool:
        """Whether the last value of an object is the first of a list that lacks its opening bracket; opens that."""
        key, last = next(reversed(cast("JsonObject", self[-1]).items()))
        if not isinstance(last, JsonObject) or not last.complete:
            return False
        self.repairs[Repair.UNCLOSED] = None
        listed = JsonArray(last.start)
        listed.append(last)
        cast("JsonObject", self[-1])[key] = listed
        self.append(listed)
        return True

    def on_key_in_list(self, key: str, pos: int) -> None:
        """A key where an item should stand: the list lacks its closing bracket, or the item its opening brace."""
        self.repairs[Repair.UNCLOSED] = None
        listed = self[-1]
        last = listed[-1] if isinstance(listed, JsonArray) and listed else None
        opens = last is None or (isinstance(last, JsonObject) and (key in last or _is_of_candidate(key)))
        if not opens and len(self) > 1 and isinstance(self[-2], JsonObject):
            self.leave(len(self) - 1, pos, complete=True)
            return
        child = JsonObject(pos)
        if opens:
            cast("JsonArray", listed).append(child)
        self.append(child)  # (what is no field of a candidate stands beside them)

    def on_key_again(self, key: str, begin: int, pos: int) -> JsonObject:
        """A key that the object has already: another object begins here whose braces are missing, or it is kept too."""
        top = cast("JsonObject", self[-1])
        if not _is_of_candidate(key):
            top.keep(key, begin)
            return top
        if len(self) == 1:
            self.outermost = JsonArray(top.start)
            self.outermost.append(top)
            self.insert(0, self.outermost)
        if not isinstance(self[-2], JsonArray) and not self._enlists():
            top.keep(key, begin)
            return top
        self.repairs[Repair.UNCLOSED] = None
        top.complete = True
        top.end = pos
        child = JsonObject(pos)
        self[-1] = child
        cast("JsonArray", self[-2]).append(child)
        return child

    def _enlists(self) -> bool:
        """Puts the object that is open into a list, which takes its place in the one around it; False if it can't."""
        outer, top = cast("JsonObject", self[-2]), self[-1]
        key = next(reversed(outer))
        if outer[key] is not top or len(self) >= _MAX_DEPTH:
            return False
        listed = JsonArray(top.start)
        listed.append(top)
        outer[key] = listed
        self.insert(-1, listed)
        return True


def _is_of_candidate(key: str) -> bool:
    return names.is_probability(key) or names.text_rank(key) is not None
