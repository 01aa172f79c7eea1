"""Strings of JSON as models write them: with quotes in them, with the wrong ones, or with one missing.

A quote ends a string where what follows it may follow a value. It is passed over where it stands amid the text, and
where a key comes first, the string was never closed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container

from ....patterns import regex
from ....values.repairs import Repair
from ...language import names
from ...language.words import MARKS
from ...numbers.missing import MISSING
from ...page.backslashes import read_literally, resolved
from ...page.swallowed import restored

__all__ = ["AFTER_ITEM", "AFTER_VALUE", "CUT", "KEY_AHEAD", "NONE", "STRING_START", "JsonStrings", "is_field"]

NONE, CUT = -1, -2  # instead of where a scalar ends: there is none; the text ends within

STRING_START = regex(r"(?:[uUrRbBfF]{1,2}(?=['\"]))?(\"\"\"|'''|[\"'“”„«‘’`「])")
_CLOSING_QUOTES = {
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
_QUOTE = {q: re.compile(rf"\\.|[{closing}]", re.DOTALL) for q, closing in _CLOSING_QUOTES.items()}
_ANY_QUOTE = "[\"'“”„‘’`«»]"
KEY_AHEAD = (
    rf"(?:{_ANY_QUOTE}(?:[^\"'“”„‘’`«»\\\n]|\\.){{0,64}}{_ANY_QUOTE}{{1,2}}\s{{0,40}}[:：=]|[^\W\d][\w{MARKS}]{{0,40}}[\"”']?\s{{0,40}}(?:[:：]|(?<=\s)=\s[\"\d])"
    r"|[\"“](?:text|response|answer|probability|confidence)(?:\s?[:：]\s?|[\"”]\s{1,9})[\"“\d.]"
    r"|'(?:text|response|answer|probability|confidence)(?:\s?[:：]\s?|'\s{1,9})['\"\d.])"
)
# What may follow the quote that ends a value: the end of the object, or a comma and another key.
AFTER_VALUE = regex(
    rf"\s*+(?:[}}\]](?![)\]}};.!?]{{0,6}}\"\s{{0,9}}[,}}])|\Z|//|/\*|\+\s*+\"|[;，；]\s*+{KEY_AHEAD}|,\s*+(?:,\s*+)?(?:[}}\]]|\{{\s*+(?:{_ANY_QUOTE}?(?P<next>[^\W\d]\w{{0,40}})|\Z|\}})|\Z|//|/\*|#|{KEY_AHEAD}|{_ANY_QUOTE}[^\"'“”„‘’`\n]{{0,64}}\Z)"
    rf"|{_ANY_QUOTE}[^\"'“”„‘’`\n]{{0,64}}{_ANY_QUOTE}\s{{0,40}}:)"
    r"|[ \t]*+\n\s*+(?:[{}\]]|```)"
)
AFTER_ITEM = regex(
    rf"\s*+(?:[}}\])]|\Z|//|/\*|,\s*+(?:[}}\])\[{{(]|\Z|-?[\d.]|true|false|null|True|False|None|{_ANY_QUOTE}|{MISSING}\s*+[\]}})]))"
    rf"|[ \t]*+\n\s*+{_ANY_QUOTE}"
)
_FAR = 2000  # characters within which the parts of one candidate stand
_JSON_INSIDE = regex(r"\s{0,9}(?:\{\s{0,40}\"[^\"\\\n]{1,40}\"\s{0,9}:|\[\s{0,40}[\"{\[])")
_END_OF_JSON = regex(rf"[}}\]]\s{{0,9}}\"(?=\s{{0,40}}(?:,\s{{0,40}}{KEY_AHEAD}|\}}))")
_OPENED_WITHIN = regex(r"([{\[]\s{0,20}(?:\{\s{0,20})?)\Z")
_BLANK_BEFORE = regex(r"\n[ \t]{0,20}\n[ \t]{0,20}(?:```\w{0,9}\s{0,9})?\Z")
_OPENING_REACH = 45
_BEHIND_KEY, _BEFORE_KEY = ": \t\r\n", "{[ \t\r\n"
_STRING_GOES_ON = regex(r"\s{0,20}[\"}\],]")
_MOST_TRIES = 3
_MOST_JSON = 8192  # characters that are tried first
_MOST_CUT = 8  # characters of a literal or an escape that is cut
_DECODER = json.JSONDecoder()
_END_OF_KEY = regex(rf",\s{{0,20}}(?P<key>[^\W\d][\w{MARKS}]{{0,39}})\Z")
_VALUE_OF_KEY = regex(r"[\"']\s{0,9}:\s{0,9}(?:-?[\d.]{1,12}\s?%?\s{0,40}[,}\n]|[\"'])")
_ENDED_ITEM = regex(r"\}\s{0,20},\s{0,20}\{\s{0,20}\Z")
_REACH_OF_ENDS = 70
_KEY_HERE = regex(r"[\"'“]([^\"'“”\n]{1,40})[\"'”]\s{0,20}:")
_CONCATENATION = regex(r"\s{0,40}\+\s{0,40}(?=[\"'])")
_ONLY_BLANKS = regex(r"\s*+\Z")
_CONTROL_CHARACTER = regex(r"[\x00-\x1f]")


class JsonStrings:
    """Reads the strings of a text; each method returns what one says and where it ends, or ``NONE``, or ``CUT``.

    Attributes:
        text: The text.
        repairs: What had to be repaired so far.
        cut: Whether the last value ran into the end of the text.
        looked: How far a string was searched for its end.
        tried: How many characters of texts were read as JSON, in case they are.
        within: The keys of the object that a value is read for.
        anew: Where the reply begins anew within a string that was never closed; otherwise None.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.cut = False
        self.repairs: dict[Repair, None] = {}
        self.looked = 0
        self.within: Container[str] = ()
        self.anew: int | None = None
        self.tried = 0
        self._tries = _MOST_TRIES

    def concatenated(self, start: re.Match[str], after: re.Pattern[str]) -> tuple[str | None, int]:
        """Reads a string; "a" + "b" is one in the languages that models are used to."""
        value, end = self.string(start, after)
        while end >= 0 and (more := _CONCATENATION.match(self.text, end)):
            following = STRING_START.match(self.text, more.end())
            if following is None:
                break
            tail, end = self.string(following, after)
            value = (value or "") + (tail or "")
        return value, end

    def string(
        self, start: re.Match[str], follows: re.Pattern[str], longest: int | None = None
    ) -> tuple[str | None, int]:
        """Reads a string up to the first quote that ends it: ``follows`` is what may stand behind that."""
        text, quote, begin = self.text, start[1], start.end()
        if quote != '"':
            self.repairs[Repair.QUOTES] = None
        if len(quote) == 3:
            end = text.find(quote, begin)
            return (text[begin:end], end + 3) if end >= 0 else (None, CUT)
        inner, within = False, 0
        braced = longest is None and quote == '"' and self._holds_json(begin)
        limit = len(text) if longest is None else min(len(text), begin + longest)
        for match in _QUOTE[quote].finditer(text, begin, limit):
            if match[0][0] == "\\" or match.start() < within:
                continue
            if follows is AFTER_VALUE and (ended := self._ends_before_key(begin, match)):
                self.repairs[Repair.QUOTES] = None
                return self.clean(text[begin:ended].rstrip()), ended
            if text[match.start() - 1] in _BEFORE_KEY and (within := self._json_around(begin, match.start())):
                if self.anew is not None:
                    return None, CUT
                inner = True
                continue
            if braced and text[max(begin, match.start() - 20) : match.start()].rstrip()[-1:] not in ("}", "]"):
                inner = True
                continue
            after = follows.match(text, match.end())
            if after and (after.lastgroup is None or self._is_key(after["next"])):
                if _ONLY_BLANKS.match(text, match.end()):  # it may be one within the text
                    return text[begin : match.start()], match.end()
                if inner:
                    self.repairs[Repair.UNESCAPED] = None
                said = self.clean(text[begin : match.start()])
                return (said.strip() if quote == "«" else said), match.end()  # (blanks belong to these quotes)
            inner = True
        self.looked = max(self.looked, limit)
        return (None, CUT) if limit == len(text) else (None, NONE)

    def _is_key(self, name: str) -> bool:
        """Whether a name in braces behind a string is a candidate's key, and no part of a text with quotes in it."""
        return is_field(name) or name in self.within

    def _holds_json(self, begin: int) -> bool:
        """Whether a string holds JSON whose quotes are not escaped: it ends behind a bracket then."""
        return _JSON_INSIDE.match(self.text, begin) is not None and (
            _END_OF_JSON.search(self.text, begin, begin + _FAR) is not None
        )

    def _ends_before_key(self, begin: int, quote: re.Match[str]) -> int:
        """Where a string ends that nothing closes, if a quote belongs to the key behind it; otherwise 0."""
        text, pos = self.text, quote.start()
        if self._opens_next_key(pos):
            item = _ENDED_ITEM.search(text, max(begin, pos - _REACH_OF_ENDS), pos)
            return item.start() if item else text.rindex(",", begin, pos)
        if text[quote.end() : quote.end() + 1] in _BEHIND_KEY:
            return self._ends_next_key(begin, pos)
        return 0

    def _opens_next_key(self, pos: int) -> bool:
        """Whether a quote opens the next known key, and so the string before it was never closed."""
        key = _KEY_HERE.match(self.text, pos)
        if key is None or not is_field(key[1]):
            return False
        if self.text[max(0, pos - 20) : pos].rstrip().endswith(","):
            return True
        return _ENDED_ITEM.search(self.text, max(0, pos - _REACH_OF_ENDS), pos) is not None

    def _ends_next_key(self, begin: int, pos: int) -> int:
        """Where the comma stands before a known key that a quote ends but none opens: the string ends there; else 0."""
        if _VALUE_OF_KEY.match(self.text, pos) is None:
            return 0
        key = _END_OF_KEY.search(self.text, max(begin, pos - 61), pos)
        return key.start() if key and is_field(key["key"]) else 0

    def _json_around(self, begin: int, pos: int) -> int:
        """Where JSON in good order ends that a quote opens within a string; 0 if there is none.

        If the string does not go on behind it, the reply broke off before, and begins anew there.
        """
        if self._tries == 0 or self.text[max(begin, pos - _OPENING_REACH) : pos].rstrip()[-1:] not in ("{", "["):
            return 0
        opened = _OPENED_WITHIN.search(self.text, max(begin, pos - _OPENING_REACH), pos)
        if opened is None:
            return 0
        self._tries -= 1
        try:
            end = self._end_of_json(opened.start(1))
        except RecursionError:
            self._tries = 0
            return 0
        except json.JSONDecodeError as error:
            self.tried += error.pos
            return 0
        self.tried += end - opened.start(1)
        if _STRING_GOES_ON.match(self.text, end):
            return end
        if _BLANK_BEFORE.search(self.text, max(begin, opened.start() - _OPENING_REACH), opened.start(1)) is None:
            return 0
        self.anew = opened.start(1)
        return end

    def _end_of_json(self, at: int) -> int:
        """Where JSON in good order ends.

        Raises:
            JSONDecodeError: It is in no good order; its position counts from ``at``.
        """
        piece = self.text[at : at + _MOST_JSON]  # (the error counts all lines before its place)
        try:
            return at + _DECODER.raw_decode(piece)[1]
        except json.JSONDecodeError as error:
            if len(piece) < _MOST_JSON or (error.pos < len(piece) - _MOST_CUT and not error.msg.startswith("Unterm")):
                raise
        return at + _DECODER.raw_decode(self.text[at:])[1]

    def clean(self, raw: str) -> str:
        """What a string says."""
        if _CONTROL_CHARACTER.search(raw):
            self.repairs[Repair.UNESCAPED] = None
        if "\\" not in raw:
            return raw
        try:
            said = str(json.loads(f'"{raw}"', strict=False))
        except ValueError:
            self.repairs[Repair.UNESCAPED] = None
            literal = read_literally(raw)
            said = resolved(raw) if literal is None else literal
        text = restored(said)
        if text != said:
            self.repairs[Repair.UNESCAPED] = None
        return text


def is_field(name: str) -> bool:
    """Whether a key names a field of a candidate, or their list."""
    return names.is_probability(name) or names.text_rank(name) is not None or names.is_wrapper(name)
