"""A reader for JSON as models write it: it infers what is missing, says so, and keeps positions.

It is what runs after ``pydantic_core.from_json`` has refused a text. One pass, no recursion, and an explicit stack,
so that neither depth nor size of the input can hurt it.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

from ..repairs import Repair
from . import names

__all__ = ["JsonArray", "JsonObject", "JsonReader"]

_NONE, _CUT = -1, -2  # instead of where a scalar ends: there is none; the text ends within
_MAX_DEPTH = 64  # deeper than any reply; brackets beyond are noise

# A member in good order up to the next key or the closing brace. Names and quotes are told from each other by the
# colon, so that a text may hold unescaped quotes and commas and still not match here by mistake.
_MEMBER = re.compile(
    r'[ \t\r\n]*+"([^"\\\n]{0,64})"[ \t\r\n]*+:[ \t\r\n]*+(?:"((?:[^"\\]++|\\.)*+)"|(-?[0-9][0-9.eE+-]*+))[ \t\r\n]*+'
    r'(?:,(?=[ \t\r\n]*+"[^"\\\n]{0,64}"[ \t\r\n]*+:)|(?=\}))',
    re.DOTALL,
)
_GAP = re.compile(r"[\s,;，；]*+")
_COMMENT = re.compile(r"//[^\n]*+|#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?")
_COLON = re.compile(r"\s*+(?::|：|=>|=)\s*+")
_IDENTIFIER = re.compile(r"([^\W\d][\w-]{0,60})[\"”]?(?=\s{0,20}[:：=])")
_UNCLOSED_KEY = re.compile(r"[\"'“]([^\W\d]\w{0,40})(?=\s?[:：]\s?[\"“\d.])")
_STRING_START = re.compile(r"(?:[uUrRbBfF]{1,2}(?=['\"]))?(\"\"\"|'''|[\"'“”„«‘’`「])")
_CLOSING = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": '”“"',
    "”": '”“"',
    "„": '“”"',
    "«": "»",
    "‘": "’'",
    "’": "’'",
    "「": "」",
}
_QUOTE = {q: re.compile(rf"\\.|[{closing}]", re.DOTALL) for q, closing in _CLOSING.items()}
_ANY_QUOTE = "[\"'“”„‘’`]"
_KEY_AHEAD = (
    rf"(?:{_ANY_QUOTE}[^\"'“”„‘’`\n]{{0,64}}{_ANY_QUOTE}\s{{0,40}}[:：=]|[^\W\d]\w{{0,40}}[\"”]?\s{{0,40}}[:：]"
    r"|[\"“](?:text|response|answer|probability|confidence)\s?[:：]\s?[\"“\d.])"
)
# What may follow the quote that ends a value: the end of the object, or a comma and another key.
_AFTER_VALUE = re.compile(
    rf"\s*+(?:[}}\]]|\Z|//|/\*|\+\s*\n\s*\"|[;，；]\s*+{_KEY_AHEAD}|,\s*+(?:[}}\]{{]|\Z|//|/\*|#|{_KEY_AHEAD}|{_ANY_QUOTE}[^\"'“”„‘’`\n]{{0,64}}\Z)"
    rf"|{_ANY_QUOTE}[^\"'“”„‘’`\n]{{0,64}}{_ANY_QUOTE}\s{{0,40}}:)"
    r"|[ \t]*+\n\s*+(?:[{}\]]|```)"
)
_AFTER_ITEM = re.compile(
    rf"\s*+(?:[}}\])]|\Z|//|/\*|,\s*+(?:[}}\])\[{{(]|\Z|-?[\d.]|true|false|null|True|False|None|{_ANY_QUOTE}))"
    rf"|[ \t]*+\n\s*+{_ANY_QUOTE}"
)
_AFTER_KEY = re.compile(r"\s*+[:：=]")
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*+(?=\s*+(?:[,;，}\])]|//|#|/\*|\Z))")
_REMARKED = re.compile(r"-?[0-9.]{1,12}%?\s?[(（][^()（）\n\"{}]{0,80}[)）](?=\s*+[,}\]])")  # 0.3 (30%)
_OPENED_NUMBER = re.compile(r"\"\s?(-?[0-9.]{1,12}\s?%?)(?=\s*+\}\s*+[,\]}])")  # its second quote is missing
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d++(?=\s*+(?:[}\]]|,\s*+[\"'“{]|\n))")
_LITERAL = re.compile(r"(?:true|false|null|True|False|None|NaN|nan|-?Infinity|-?inf|undefined)(?![\w])")
_LITERALS = {"true": True, "True": True, "false": False, "False": False}
_BARE = re.compile(r"[^,，}\])\n\"{\[]{1,400}")
_UNOPENED = re.compile(
    rf"([^\"\n{{}}\[\]]{{1,2000}}+)\"(?=\s*+(?:\}}|,\s*+{_KEY_AHEAD}))"
)  # its first quote is missing
_KEY_HERE = re.compile(r"[\"'“]([^\"'“”\n]{1,40})[\"'”]\s{0,20}:")
_END_OF_ITEM = re.compile(r"\}(?=\s*+(?:,\s*+)?(?:[\]{}]|\Z))")
_CONCATENATION = re.compile(r"\s{0,40}\+\s{0,40}(?=[\"'])")
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PUNCTUATION = frozenset("\"'/\\`“”‘’?$*_#[]().,!-&<>%{}:;=+~^| ")


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


class JsonReader:
    """Reads one value at a time from a text.

    Attributes:
        repairs: What had to be repaired so far.
        position: Where the last value ended, or where reading it gave up.
        cut: Whether the last value ran into the end of the text.
        too_deep: Whether the last value is nested deeper than any reply.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.cut = False
        self.too_deep = False
        self.repairs: dict[Repair, None] = {}
        self._looked = 0  # how far a string was searched for its end
        self._outermost: JsonArray | None = None  # holds objects that stand one after another in one pair of braces

    def read(self, start: int) -> JsonObject | JsonArray:
        """Reads the object or array at ``start``; what could not be closed is marked incomplete."""
        text = self.text
        length = len(text)
        member = _MEMBER.match
        self.cut = self.too_deep = False
        self._looked = 0
        self._outermost = None
        stack: list[JsonObject | JsonArray] = [JsonObject(start) if text[start] == "{" else JsonArray(start)]
        root = stack[0]
        pos = start + 1
        separated = False  # whether a member in good order took its comma with it
        while stack:
            top = stack[-1]
            if isinstance(top, JsonObject) and (separated or not top):
                while match := member(text, pos):
                    key, string, number = match.groups()
                    if key in top:
                        break
                    top[key] = self._clean(string) if string is not None else self._number(number)
                    pos = match.end()
                    separated = text[pos - 1] == ","
            pos, commas = self._skip(pos, opened=not top)
            if pos >= length:
                self.cut = True
                break
            char = text[pos]
            if char in "}])":
                pos = self._close(stack, char, pos, commas)
                continue
            if top and not separated:
                if commas == 0:
                    self.repairs[Repair.COMMAS] = None
                if isinstance(top, JsonObject):
                    separated = True  # the next member may be in good order again
                    continue
            separated = False
            if char in "{[(" and (isinstance(top, JsonArray) or self._reopens(stack, char)):
                if len(stack) >= _MAX_DEPTH:
                    self.too_deep = True
                    break
                child: JsonObject | JsonArray = JsonObject(pos) if char == "{" else JsonArray(pos)
                cast("JsonArray", stack[-1]).append(child)
                stack.append(child)
                pos += 1
                continue
            after = self._member(stack, top, pos) if isinstance(top, JsonObject) else self._item(top, pos)
            if after is None:
                after = None if self.cut or self.too_deep else self._resume(stack, pos)
            if after is None:
                break
            pos = after
            root = self._outermost or root
        if self.cut:
            pos = length
        for open_container in stack:
            open_container.end = pos
        self.position = max(pos, self._looked)
        return root

    # Structure

    def _skip(self, pos: int, *, opened: bool) -> tuple[int, int]:
        """Skips white space, separators and comments; returns where to go on and how many commas there were."""
        text, commas = self.text, 0
        while True:
            gap = cast("re.Match[str]", _GAP.match(text, pos))  # it matches nothing at least
            if gap.end() > pos:
                commas += gap[0].count(",")
                if not gap[0].isascii() or ";" in gap[0]:
                    others = sum(map(gap[0].count, ";，；"))
                    commas += others
                    if others:
                        self.repairs[Repair.COMMAS] = None
                pos = gap.end()
            comment = _COMMENT.match(text, pos)
            if comment is None:
                break
            self.repairs[Repair.COMMENTS] = None
            pos = comment.end()
        if commas > 1 or (commas and opened):
            self.repairs[Repair.COMMAS] = None
        return pos, commas

    def _close(self, stack: list[JsonObject | JsonArray], char: str, pos: int, commas: int) -> int:
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

    def _reopens(self, stack: list[JsonObject | JsonArray], char: str) -> bool:
        """A brace where a key should stand: the object before it lacks its closing brace."""
        if char != "{" or len(stack) < 2 or not isinstance(stack[-2], JsonArray) or not stack[-1]:
            return False
        unclosed = stack.pop()
        unclosed.complete = True
        self.repairs[Repair.UNCLOSED] = None
        return True

    def _resume(self, stack: list[JsonObject | JsonArray], pos: int) -> int | None:
        """Where reading goes on after an object that can't be read: behind its end, if it is one of several."""
        depth = next((i for i in range(len(stack) - 1, 0, -1) if isinstance(stack[i - 1], JsonArray)), None)
        end = _END_OF_ITEM.search(self.text, pos) if depth is not None else None
        if end is None or not isinstance(stack[depth or 0], JsonObject):
            return None
        self.repairs[Repair.UNREADABLE] = None
        for container in stack[depth:]:
            container.end = end.start() + 1
        del stack[depth:]
        return end.start() + 1

    def _member(self, stack: list[JsonObject | JsonArray], top: JsonObject, pos: int) -> int | None:
        key, after = self._key(pos)
        if key is None:
            return None
        colon = _COLON.match(self.text, after)
        if colon is None:
            self.cut = after >= len(self.text)
            return None
        if colon[0].strip() != ":":
            self.repairs[Repair.QUOTES] = None
        pos = colon.end()
        char = self.text[pos : pos + 1]
        if key in top:
            if char == "[" and isinstance(same := top[key], JsonArray):  # the list goes on under the same name
                self.repairs[Repair.OTHER_SHAPE] = None
                same.complete = False
                stack.append(same)
                return pos + 1
            top = self._repeated(stack, top, key, after)
        if not char:
            return pos
        if char in "{[(":
            if len(stack) >= _MAX_DEPTH:
                self.too_deep = True
                return None
            child: JsonObject | JsonArray = JsonObject(pos) if char == "{" else JsonArray(pos)
            top[key] = child
            stack.append(child)
            return pos + 1
        value, after = self._scalar(pos, _AFTER_VALUE)
        if after >= 0:
            top[key] = value
            return after
        return None if after == _NONE else len(self.text)

    def _repeated(self, stack: list[JsonObject | JsonArray], top: JsonObject, key: str, pos: int) -> JsonObject:
        """A key that the object has already: another object begins here whose braces are missing."""
        if not (names.is_probability(key) or names.text_rank(key) is not None):
            return top
        if len(stack) == 1:
            self._outermost = JsonArray(top.start)
            self._outermost.append(top)
            stack.insert(0, self._outermost)
        if not isinstance(stack[-2], JsonArray):
            return top
        self.repairs[Repair.UNCLOSED] = None
        top.complete = True
        top.end = pos
        child = JsonObject(pos)
        stack[-1] = child
        stack[-2].append(child)
        return child

    def _item(self, top: JsonArray, pos: int) -> int | None:
        value, after = self._scalar(pos, _AFTER_ITEM)
        if after >= 0:
            top.append(value)
            return after
        return None if after == _NONE else len(self.text)

    # Scalars: each returns its value and where it ends, or _NONE, or _CUT

    def _key(self, pos: int) -> tuple[str | None, int]:
        unclosed = _UNCLOSED_KEY.match(self.text, pos)
        if unclosed and (names.is_probability(unclosed[1]) or names.text_rank(unclosed[1]) is not None):
            self.repairs[Repair.QUOTES] = None
            return unclosed[1], unclosed.end()
        start = _STRING_START.match(self.text, pos)
        if start:
            value, after = self._string(start, _AFTER_KEY, longest=200)
            self.cut = self.cut or after == _CUT
            return (value, after) if after >= 0 else (None, pos)
        name = _IDENTIFIER.match(self.text, pos)
        if name is None:
            return None, pos
        self.repairs[Repair.QUOTES] = None
        return name[1], name.end()

    def _scalar(self, pos: int, after: re.Pattern[str]) -> tuple[Any, int]:
        text = self.text
        opened = _OPENED_NUMBER.match(text, pos) if after is _AFTER_VALUE else None
        if opened:
            self.repairs[Repair.QUOTES] = None
            return opened[1], opened.end()
        start = _STRING_START.match(text, pos)
        if start:
            value, end = self._string(start, after)
            # "a" "b" and "a" + "b" are one string in the languages that models are used to
            while end >= 0 and (more := _CONCATENATION.match(text, end)):
                start = _STRING_START.match(text, more.end())
                if start is None:
                    break
                tail, end = self._string(start, after)
                value = (value or "") + (tail or "")
            return value, end
        number = _NUMBER.match(text, pos)
        if number:
            decimal = _DECIMAL_COMMA.match(text, pos)
            if decimal:
                return decimal[0], decimal.end()
            if number.end() == len(text):
                return None, _CUT
            return self._number(number[0]), number.end()
        remarked = _REMARKED.match(text, pos)
        if remarked:
            self.repairs[Repair.QUOTES] = None
            return remarked[0], remarked.end()
        literal = _LITERAL.match(text, pos)
        if literal:
            if literal[0][0] in "TFNu" and literal[0] != "NaN":
                self.repairs[Repair.QUOTES] = None
            number_like = literal[0] in {"NaN", "nan"} or "nf" in literal[0]
            return (float("nan") if number_like else _LITERALS.get(literal[0])), literal.end()
        decimal = _DECIMAL_COMMA.match(text, pos)
        if decimal:
            return decimal[0], decimal.end()
        unopened = _UNOPENED.match(text, pos)
        if unopened:
            self.repairs[Repair.QUOTES] = None
            return self._clean(unopened[1].strip()), unopened.end()
        bare = _BARE.match(text, pos)
        if bare is None:
            return None, _NONE
        if bare.end() == len(text):
            return None, _CUT
        self.repairs[Repair.QUOTES] = None
        return bare[0].strip(), bare.end()

    def _string(
        self, start: re.Match[str], follows: re.Pattern[str], longest: int | None = None
    ) -> tuple[str | None, int]:
        text, quote, begin = self.text, start[1], start.end()
        if quote != '"':
            self.repairs[Repair.QUOTES] = None
        if len(quote) == 3:
            end = text.find(quote, begin)
            return (text[begin:end], end + 3) if end >= 0 else (None, _CUT)
        inner = False
        limit = len(text) if longest is None else min(len(text), begin + longest)
        for match in _QUOTE[quote].finditer(text, begin, limit):
            if match[0][0] == "\\":
                continue
            if follows is _AFTER_VALUE and self._opens_next_key(match.start()):
                self.repairs[Repair.QUOTES] = None
                ended = text.rindex(",", begin, match.start())
                return self._clean(text[begin:ended].rstrip()), ended
            if follows.match(text, match.end()):
                if inner:
                    self.repairs[Repair.UNESCAPED] = None
                return self._clean(text[begin : match.start()]), match.end()
            inner = True
        self._looked = max(self._looked, limit)
        return (None, _CUT) if limit == len(text) else (None, _NONE)

    def _opens_next_key(self, pos: int) -> bool:
        """Whether a quote opens the next known key, and so the string before it was never closed."""
        key = _KEY_HERE.match(self.text, pos)
        if key is None or not (names.is_probability(key[1]) or names.text_rank(key[1]) is not None):
            return False
        return self.text[max(0, pos - 20) : pos].rstrip().endswith(",")

    def _clean(self, raw: str) -> str:
        if _CONTROL.search(raw):
            self.repairs[Repair.UNESCAPED] = None
        if "\\" not in raw:
            return raw
        try:
            return str(json.loads(f'"{raw}"', strict=False))
        except ValueError:
            self.repairs[Repair.UNESCAPED] = None
            return _ESCAPE.sub(_resolved, raw)

    def _number(self, raw: str) -> Any:
        if _PLAIN_NUMBER.fullmatch(raw) is None:
            self.repairs[Repair.NUMBER_FORMAT] = None
        try:
            return int(raw) if raw.lstrip("-").isdigit() and len(raw) < 300 else float(raw)
        except ValueError:
            return raw


def unescaped(raw: str) -> str:
    """Resolves JSON's and Python's escapes; an unknown one keeps its backslash (LaTeX)."""
    try:
        value = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return _ESCAPE.sub(_resolved, raw)
    return str(value)


def _resolved(match: re.Match[str]) -> str:
    unicode, byte, newline, char = match.groups()
    if unicode or byte:
        return chr(int(unicode or byte, 16))
    if newline:
        return ""
    return _ESCAPES.get(char, char if char in _PUNCTUATION else "\\" + char)
