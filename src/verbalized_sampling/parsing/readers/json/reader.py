"""A reader for JSON as models write it: it infers what is missing, says so, and keeps positions.

It is what runs after jiter has refused a text. One pass, no recursion, and an explicit stack,
so that neither depth nor size of the input can hurt it. Where the reply breaks off, what is still open is marked as
incomplete: ``collector.py`` drops such a candidate, and says that it was cut off.
"""

from __future__ import annotations

import re
from typing import Any, cast

from ....patterns import regex
from ....values.repairs import Repair
from ...language import names
from .scalars import JsonScalars
from .strings import AFTER_ITEM, AFTER_VALUE, NONE
from .values import JsonArray, JsonObject, Node, Words

__all__ = ["JsonReader"]

_MAX_DEPTH = 64  # deeper than any reply; brackets beyond are noise

# A member in good order up to the next key or the closing brace. Names and quotes are told from each other by the
# colon, so that a text may hold unescaped quotes and commas and still not match here by mistake.
_MEMBER = regex(
    r'[ \t\r\n]*+"([^"\\\n]{0,64})"[ \t\r\n]*+:[ \t\r\n]*+(?:"((?:[^"\\]++|\\.)*+)"|(-?[0-9][0-9.eE+-]*+))[ \t\r\n]*+'
    r'(?:,(?=[ \t\r\n]*+"[^"\\\n]{0,64}"[ \t\r\n]*+:)|(?=\}))',
    re.DOTALL,
)
_BETWEEN_ITEMS = regex(r"[\s,;，；\u200b\u2060\ufeff]*+")
_JSON_COMMENT = regex(r"//[^\n]*+|#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?")
_KEY_COLON = regex(r"\s*+(?:::?|：|=>|=)\s*+")
_NO_COLON = regex(r"\s{1,9}(?=[\"'“\d.\[{])")
_STRAY_CLOSER = regex(r"\}(?=\s{0,20},\s{0,20}\{)")
_KEY_IN_LIST = regex(r'"([^"\\\n]{1,64})"\s*+:')
_END_OF_LIST = regex(r"\s*+\]")
_FENCES = ("```", "~~~")
_END_AROUND = regex(r"</[\w-]{1,30}>|<\|[\w ]{1,30}\|>")  # of an element or a message
_END_OF_ITEM = regex(r"\}(?=\s*+(?:,\s*+)?(?:[\]{}]|\Z))")


class JsonReader(JsonScalars):
    """Reads one value at a time from a text.

    Attributes:
        repairs: What had to be repaired so far.
        position: Where the last value ended, or where reading it gave up.
        cut: Whether the last value ran into the end of the text.
        too_deep: Whether the last value is nested deeper than any reply.
        searched: How many characters were looked through for the ends of items that can't be read.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.position = 0
        self.too_deep = False
        self.searched = 0
        self._outermost: JsonArray | None = None  # holds objects that stand one after another in one pair of braces

    def read(self, start: int) -> Node:
        """Reads the object or array at ``start``; what could not be closed is marked incomplete."""
        text = self.text
        length = len(text)
        self.cut = self.too_deep = False
        self.looked = 0
        self._outermost = None
        stack: list[Node] = [JsonObject(start) if text[start] == "{" else JsonArray(start)]
        root = stack[0]
        pos = start + 1
        separated = False  # whether a member in good order took its comma with it
        while stack:
            top = stack[-1]
            if isinstance(top, JsonObject) and (separated or not top):
                pos, separated = self._members(top, pos, separated=separated)
            before = pos
            pos, commas = self._skip(pos, opened=not top)
            ends = text.startswith(_FENCES, pos) or _END_AROUND.match(text, pos)
            if ends or (pos >= length and commas == 0 and _are_whole(stack)) or self._only_speaks(top, before, pos):
                self._end(stack, pos)
                break
            if pos >= length:
                self.cut = True
                break
            char = text[pos]
            if char == "{" and isinstance(top, JsonObject) and not top:
                self.repairs[Repair.UNCLOSED] = None  # it stands there twice
                pos += 1
                continue
            if char == "}" and _is_list_of_records(top) and _STRAY_CLOSER.match(text, pos):
                self.repairs[Repair.UNCLOSED] = None
                pos += 1
                continue
            if char in "}])":
                pos = self._close(stack, char, pos, commas)
                continue
            if top and not separated:
                if commas == 0 and text[before - 1] != "[":  # (the list may have been opened anew)
                    self.repairs[Repair.COMMAS] = None
                if isinstance(top, JsonObject):
                    separated = True  # the next member may be in good order again
                    continue
            separated = False
            if char in "{[(" and (isinstance(top, JsonArray) or self._reopens(stack, char)):
                if (child := self._open(stack, char, pos)) is None:
                    break
                cast("JsonArray", stack[-2]).append(child)
                pos += 1
                continue
            if isinstance(top, JsonArray) and (key := _KEY_IN_LIST.match(text, pos)):
                self._leave(stack, key[1], pos)
                separated = True
                continue
            after = self._member(stack, top, pos) if isinstance(top, JsonObject) else self._item(top, pos)
            if after is None:
                after = None if self.cut or self.too_deep else self._resume(stack, pos)
            if after is None:
                break
            pos = after
            root = self._outermost or root
        if self.cut:
            pos = length if self.anew is None else self.anew
        for open_container in stack:
            open_container.end = pos
        self.position = max(pos, self.looked)
        return root

    def _members(self, top: JsonObject, pos: int, *, separated: bool) -> tuple[int, bool]:
        """Reads the members in good order; returns where they end, and whether the last took its comma with it."""
        text, member = self.text, _MEMBER.match
        while match := member(text, pos):
            key, string, number = match.groups()
            if key in top:
                break
            top[key] = self.clean(string) if string is not None else self.number(number)
            pos = match.end()
            separated = text[pos - 1] == ","
        return pos, separated

    # Structure

    def _open(self, stack: list[Node], char: str, pos: int) -> Node | None:
        """Opens a container, or sees that it is too deep."""
        if len(stack) >= _MAX_DEPTH:
            self.too_deep = True
            return None
        child: Node = JsonObject(pos) if char == "{" else JsonArray(pos)
        stack.append(child)
        return child

    def _skip(self, pos: int, *, opened: bool) -> tuple[int, int]:
        """Skips white space, separators and comments; returns where to go on and how many commas there were."""
        text, commas = self.text, 0
        while True:
            gap = cast("re.Match[str]", _BETWEEN_ITEMS.match(text, pos))  # it matches nothing at least
            if gap.end() > pos:
                commas += gap[0].count(",")
                if not gap[0].isascii() or ";" in gap[0]:
                    others = sum(map(gap[0].count, ";，；"))
                    commas += others
                    if others:
                        self.repairs[Repair.COMMAS] = None
                pos = gap.end()
            comment = _JSON_COMMENT.match(text, pos)
            if comment is None:
                break
            self.repairs[Repair.COMMENTS] = None
            pos = comment.end()
        if commas > 1 or (commas and opened):
            self.repairs[Repair.COMMAS] = None
        return pos, commas

    def _close(self, stack: list[Node], char: str, pos: int, commas: int) -> int:
        kind = JsonObject if char == "}" else JsonArray
        if commas and stack[-1]:
            self.repairs[Repair.COMMAS] = None
        depth = next((i for i in range(len(stack) - 1, -1, -1) if isinstance(stack[i], kind)), None)
        if depth is None:  # closes something that was never opened
            self.repairs[Repair.UNCLOSED] = None
            return pos + 1
        if depth < len(stack) - 1:
            self.repairs[Repair.UNCLOSED] = None
        for container in stack[depth:]:
            container.complete = True
            container.end = pos + 1
        del stack[depth:]
        if len(stack) == 1 and stack[0] is self._outermost:
            self._outermost.complete = True
            self._outermost.end = pos + 1
            stack.clear()
        return pos + 1

    def _end(self, stack: list[Node], pos: int) -> None:
        """Ends all that is open: the fence around it ends, or nothing can be missing but brackets."""
        self.repairs[Repair.UNCLOSED] = None
        for container in stack:
            container.complete = True
            container.end = pos

    def _only_speaks(self, top: Node, before: int, pos: int) -> bool:
        """Whether sentences follow a list of whole objects that nothing closes, and no object any more."""
        text = self.text
        return (
            isinstance(top, JsonArray)
            and text[pos : pos + 1].isalpha()
            and bool(top)
            and isinstance(top[-1], JsonObject)
            and "\n\n" in text[before:pos]
            and text.find("{", pos) < 0
        )

    def _reopens(self, stack: list[Node], char: str) -> bool:
        """A brace where a key should stand: the object before it lacks its closing brace, or both their list."""
        if char != "{" or not stack[-1]:
            return False
        if len(stack) < 2 or not isinstance(stack[-2], JsonArray):
            return self._lists(stack)
        unclosed = stack.pop()
        unclosed.complete = True
        self.repairs[Repair.UNCLOSED] = None
        return True

    def _lists(self, stack: list[Node]) -> bool:
        """Two objects under one key: the list that holds them lacks its opening bracket."""
        key, last = next(reversed(cast("JsonObject", stack[-1]).items()))
        if not isinstance(last, JsonObject) or not last.complete:
            return False
        self.repairs[Repair.UNCLOSED] = None
        listed = JsonArray(last.start)
        listed.append(last)
        cast("JsonObject", stack[-1])[key] = listed
        stack.append(listed)
        return True

    def _leave(self, stack: list[Node], key: str, pos: int) -> None:
        """A key where an item should stand: the list lacks its closing bracket, or the item its opening brace."""
        self.repairs[Repair.UNCLOSED] = None
        listed = stack[-1]
        last = listed[-1] if isinstance(listed, JsonArray) and listed else None
        is_field = names.is_probability(key) or names.text_rank(key) is not None
        opens = last is None or (isinstance(last, JsonObject) and (key in last or is_field))
        if not opens and len(stack) > 1 and isinstance(stack[-2], JsonObject):
            listed.complete = True
            listed.end = pos
            stack.pop()
            return
        child = JsonObject(pos)
        if opens:
            cast("JsonArray", listed).append(child)
        stack.append(child)  # (what is no field of a candidate stands beside them)

    def _resume(self, stack: list[Node], pos: int) -> int | None:
        """Where reading goes on after an object that can't be read: behind its end, if it is one of several."""
        depth = next((i for i in range(len(stack) - 1, 0, -1) if isinstance(stack[i - 1], JsonArray)), None)
        if depth is None or not isinstance(stack[depth], JsonObject):
            return None
        end = _END_OF_ITEM.search(self.text, pos)
        self.searched += (end.end() if end else len(self.text)) - pos
        if end is None:
            return None
        self.repairs[Repair.UNREADABLE] = None
        for container in stack[depth:]:
            container.end = end.start() + 1
        del stack[depth:]
        return end.start() + 1

    def _member(self, stack: list[Node], top: JsonObject, pos: int) -> int | None:
        begin = pos
        key, after = self.key(pos)
        if key is None:
            return None
        colon = _KEY_COLON.match(self.text, after) or _NO_COLON.match(self.text, after)
        if colon is None:
            self.cut = after >= len(self.text)
            return None
        if colon[0].strip() != ":":
            self.repairs[Repair.QUOTES] = None
        pos = colon.end()
        char = self.text[pos : pos + 1]
        again = key in top
        if again:
            if char == "[" and isinstance(same := top[key], JsonArray):  # the list goes on under the same name
                self.repairs[Repair.OTHER_SHAPE] = None
                same.complete = False
                stack.append(same)
                return pos + 1
            top = self._repeated(stack, top, key, begin, after)
            again = key in top
        if not char:
            return pos
        if char in ",}]":  # the value was forgotten
            self.repairs[Repair.QUOTES] = None
            top[key] = None
            return pos
        if char in "{[(":
            if (child := self._open(stack, char, pos)) is None:
                return None
            top[key] = child
            return pos + 1
        self.within = top
        value, after = self.scalar(pos, AFTER_VALUE)
        if after >= 0:
            if again and _are_numbers(top[key], value) and top.again:
                top.again[-1] = (key, value, begin)  # of two numbers the first holds
            else:
                top[key] = value
            return after
        return None if after == NONE else len(self.text)

    def _repeated(self, stack: list[Node], top: JsonObject, key: str, begin: int, pos: int) -> JsonObject:
        """A key that the object has already: another object begins here whose braces are missing, or it is kept too."""
        if not (names.is_probability(key) or names.text_rank(key) is not None):
            return _kept(top, key, begin)
        if len(stack) == 1:
            self._outermost = JsonArray(top.start)
            self._outermost.append(top)
            stack.insert(0, self._outermost)
        if not isinstance(stack[-2], JsonArray) and not self._enlist(stack):
            return _kept(top, key, begin)
        self.repairs[Repair.UNCLOSED] = None
        top.complete = True
        top.end = pos
        child = JsonObject(pos)
        stack[-1] = child
        cast("JsonArray", stack[-2]).append(child)
        return child

    def _enlist(self, stack: list[Node]) -> bool:
        """Puts the object that is open into a list of its own, which takes its place in the object around it."""
        outer, top = cast("JsonObject", stack[-2]), stack[-1]
        key = next(reversed(outer))
        if outer[key] is not top or len(stack) >= _MAX_DEPTH:
            return False
        listed = JsonArray(top.start)
        listed.append(top)
        outer[key] = listed
        stack.insert(-1, listed)
        return True

    def _item(self, top: JsonArray, pos: int) -> int | None:
        value, after = self.scalar(pos, AFTER_ITEM)
        if after >= 0:
            if isinstance(value, str) and self.text.startswith(value, pos):
                first, comma, _ = value.partition(",")
                if comma and self._is_among_numbers(top, after):
                    value, after = self.number(first), pos + len(first)  # [1,2] holds no decimal comma
                else:
                    value = Words(value, pos)
            top.append(value)
            return after
        return None if after == NONE else len(self.text)

    def _is_among_numbers(self, top: JsonArray, end: int) -> bool:
        return isinstance(top[-1], int | float) if top else _END_OF_LIST.match(self.text, end) is not None


def _are_whole(stack: list[Node]) -> bool:
    """Whether only objects are open and the last value in them is a whole list: no item of it can be missing."""
    last = next(reversed(stack[-1].values()), None) if isinstance(stack[-1], JsonObject) else None
    return isinstance(last, JsonArray) and last.complete and all(isinstance(one, JsonObject) for one in stack)


def _is_list_of_records(top: Node) -> bool:
    return isinstance(top, JsonArray) and bool(top) and isinstance(top[-1], JsonObject)


def _kept(top: JsonObject, key: str, begin: int) -> JsonObject:
    """Keeps the value that stands under a key before another takes its place."""
    if top.again is None:
        top.again = []
    top.again.append((key, top[key], begin))
    return top


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
