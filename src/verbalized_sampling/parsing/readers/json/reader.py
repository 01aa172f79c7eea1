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
from .open_nodes import OpenNodes
from .scalars import JsonScalars
from .strings import AFTER_ITEM, AFTER_VALUE, NONE
from .values import JsonArray, JsonObject, Node, Words

__all__ = ["JsonReader"]

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

    def read(self, start: int) -> Node:
        """Reads the object or array at ``start``; what could not be closed is marked incomplete."""
        text = self.text
        self.cut = False
        self.looked = 0
        root: Node = JsonObject(start) if text[start] == "{" else JsonArray(start)
        stack = OpenNodes(root, self.repairs)
        pos = start + 1
        separated = False  # whether a member in good order took its comma with it
        while stack:
            top = stack[-1]
            if isinstance(top, JsonObject) and (separated or not top):
                pos, separated = self._members(top, pos, separated=separated)
            before = pos
            pos, commas = self._skip(pos, opened=not top)
            if self._ends(stack, before, pos, commas):
                stack.close_all(pos)
                break
            if pos >= len(text):
                self.cut = True
                break
            char = text[pos]
            if char in "{}" and self._is_doubled(top, char, pos):
                self.repairs[Repair.UNCLOSED] = None
                pos += 1
                continue
            if char in "}])":
                if commas and top:
                    self.repairs[Repair.COMMAS] = None
                stack.close(char, pos)
                pos += 1
                continue
            if top and not separated:
                if commas == 0 and text[before - 1] != "[":  # (the list may have been opened anew)
                    self.repairs[Repair.COMMAS] = None
                if isinstance(top, JsonObject):
                    separated = True  # the next member may be in good order again
                    continue
            separated = False
            if isinstance(top, JsonArray) and (key := _KEY_IN_LIST.match(text, pos)):
                stack.on_key_in_list(key[1], pos)
                separated = True
                continue
            after = self._part(stack, char, pos)
            if after is None:
                break
            pos = after
        if self.cut:
            pos = len(text) if self.anew is None else self.anew
        for node in stack:
            node.end = pos
        self.position = max(pos, self.looked)
        self.too_deep = stack.too_deep
        return stack.outermost or root

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

    def _ends(self, stack: OpenNodes, before: int, pos: int, commas: int) -> bool:
        """Whether the value ends though brackets are open: with what stands around it, or before sentences."""
        text, top = self.text, stack[-1]
        if text.startswith(_FENCES, pos) or _END_AROUND.match(text, pos):
            return True
        if pos >= len(text):
            return commas == 0 and stack.can_lack_only_brackets
        speaks = text[pos].isalpha() and _is_list_of_records(top) and "\n\n" in text[before:pos]
        return speaks and text.find("{", pos) < 0

    def _is_doubled(self, top: Node, char: str, pos: int) -> bool:
        """Whether a brace stands there twice: behind the one that opens an object, or between the objects of a list."""
        if char == "{":
            return isinstance(top, JsonObject) and not top
        return _is_list_of_records(top) and _STRAY_CLOSER.match(self.text, pos) is not None

    def _part(self, stack: OpenNodes, char: str, pos: int) -> int | None:
        """Reads a member or an item, or opens it; returns where to go on, or None if nothing more can be read."""
        top = stack[-1]
        if char in "{[(" and (isinstance(top, JsonArray) or stack.reopens(char)):
            if (child := stack.open(char, pos)) is None:
                return None
            cast("JsonArray", stack[-2]).append(child)
            return pos + 1
        after = self._member(stack, top, pos) if isinstance(top, JsonObject) else self._item(top, pos)
        if after is None and not self.cut and not stack.too_deep:
            return self._resume(stack, pos)
        return after

    def _resume(self, stack: OpenNodes, pos: int) -> int | None:
        """Where reading goes on after an object that can't be read: behind its end, if it is one of several."""
        depth = next((i for i in range(len(stack) - 1, 0, -1) if isinstance(stack[i - 1], JsonArray)), None)
        if depth is None or not isinstance(stack[depth], JsonObject):
            return None
        end = _END_OF_ITEM.search(self.text, pos)
        self.searched += (end.end() if end else len(self.text)) - pos
        if end is None:
            return None
        self.repairs[Repair.UNREADABLE] = None
        stack.leave(depth, end.start() + 1, complete=False)
        return end.start() + 1

    def _member(self, stack: OpenNodes, top: JsonObject, pos: int) -> int | None:
        """Reads a key and its value, or opens the value; returns where to go on, or None if they can't be read."""
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
            top = stack.on_key_again(key, begin, after)
            again = key in top
        if not char:
            return pos
        if char in ",}]":  # the value was forgotten
            self.repairs[Repair.QUOTES] = None
            top[key] = None
            return pos
        if char in "{[(":
            if (child := stack.open(char, pos)) is None:
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


def _is_list_of_records(top: Node) -> bool:
    return isinstance(top, JsonArray) and bool(top) and isinstance(top[-1], JsonObject)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
