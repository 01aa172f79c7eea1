"""Keys, numbers and words of JSON as models write them."""

from __future__ import annotations

import re
from typing import Any

from ....patterns import regex
from ....values.repairs import Repair
from ...language.words import MARKS
from .strings import AFTER_VALUE, CUT, KEY_AHEAD, NONE, STRING_START, JsonStrings, is_field

__all__ = ["JsonScalars"]

_IDENTIFIER = regex(rf"([^\W\d][\w{MARKS}-]{{0,60}})[\"”']?(?=\s{{0,20}}[:：=])")
_UNCLOSED_KEY = regex(rf"[\"'“]([^\W\d][\w{MARKS}]{{0,40}})(?=\s?[:：]\s?[\"'“\d.\[{{])")
_ODD_KEY = regex(
    rf"(?:\"(?=[\w{MARKS}]{{1,40}}['’`])|['‘`](?=[\w{MARKS}]{{1,40}}[\"”]))([^\W\d][\w{MARKS}]{{0,39}})[\"'`’”](?=\s{{0,20}}[:：])"
)
_KEY_WITHOUT_COLON = regex(rf"[\"'“]([\w{MARKS}]{{1,40}})[\"'”](?=\s{{1,9}}[\"'“\d.\[{{])")
_DOUBLED_END = regex(rf"([\"'])([\w{MARKS}]{{1,40}})\1\1(?=\s{{0,9}}:)")
_PLAIN_KEY = regex(r"\"((?:[^\"\\\x00-\x1f]|\\[^\n]){1,4000}+)\"(?=\s{0,9}:)")  # a map's are answers
_AFTER_KEY = regex(r"\s*+[:：=]")
_JSON_NUMBER = regex(r"-?[0-9][0-9.eE+-]*+(?=\s*+(?:[,;，}\])]|//|#|/\*|\Z))")
_NUMBER_WITH_REMARK = regex(r"-?[0-9.]{1,12}%?\s?[(（][^()（）\n\"{}]{0,80}[)）](?=\s*+[,}\]])")  # 0.3 (30%)
_OPENED_NUMBER = regex(r"\"\s?(-?[0-9.]{1,12}\s?%?)(?=\s*+\}\s*+[,\]}])")  # its second quote is missing
_PLAIN_NUMBER = regex(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_DECIMAL_COMMA = regex(r"-?\d+,\d++(?=\s*+(?:[}\]]|,\s*+[\"'“{]|\n))")
_LITERAL = regex(r"(?:true|false|null|True|False|None|NaN|nan|-?Infinity|-?inf|undefined)(?![\w])")
_LITERALS = {"true": True, "True": True, "false": False, "False": False}
_BARE_WORDS = regex(r"[^,，}\])\n\"{\[]{1,400}")
_UNOPENED = regex(rf"([^\"\n{{}}\[\]]{{1,2000}}+)\"(?=\s*+(?:\}}|,\s*+{KEY_AHEAD}))")  # its first quote is missing


class JsonScalars(JsonStrings):
    """Reads the keys and scalars of a text; each method returns a value and where it ends, or ``NONE``, or ``CUT``."""

    def key(self, pos: int) -> tuple[str | None, int]:
        """Reads a key; None if there is none, or if it was cut."""
        plain = _PLAIN_KEY.match(self.text, pos)
        if plain:
            return self.clean(plain[1]), plain.end()
        unclosed = _UNCLOSED_KEY.match(self.text, pos)
        if unclosed and is_field(unclosed[1]):
            self.repairs[Repair.QUOTES] = None
            return unclosed[1], unclosed.end()
        uncoloned = _KEY_WITHOUT_COLON.match(self.text, pos)
        if uncoloned and is_field(uncoloned[1]):
            return uncoloned[1], uncoloned.end()
        doubled = _DOUBLED_END.match(self.text, pos)
        if doubled:
            self.repairs[Repair.QUOTES] = None
            return doubled[2], doubled.end()
        odd = _ODD_KEY.match(self.text, pos)
        if odd:
            self.repairs[Repair.QUOTES] = None
            return odd[1], odd.end()
        start = STRING_START.match(self.text, pos)
        if start:
            value, after = self.string(start, _AFTER_KEY, longest=200)
            self.cut = self.cut or after == CUT
            return (value, after) if after >= 0 else (None, pos)
        name = _IDENTIFIER.match(self.text, pos)
        if name is None:
            return None, pos
        self.repairs[Repair.QUOTES] = None
        return name[1], name.end()

    def scalar(self, pos: int, after: re.Pattern[str]) -> tuple[Any, int]:
        """Reads a string, a number or a literal; ``after`` is what follows the quote that ends a string.

        What stands without quotes and is neither a number nor a literal is read as a string up to what may follow it.
        """
        text = self.text
        opened = _OPENED_NUMBER.match(text, pos) if after is AFTER_VALUE else None
        if opened:
            self.repairs[Repair.QUOTES] = None
            return opened[1], opened.end()
        start = STRING_START.match(text, pos)
        if start:
            return self.concatenated(start, after)
        if (found := self._number_or_literal(pos)) is not None:
            return found
        unopened = _UNOPENED.match(text, pos)
        if unopened:
            self.repairs[Repair.QUOTES] = None
            return self.clean(unopened[1].strip()), unopened.end()
        bare = _BARE_WORDS.match(text, pos)
        if bare is None:
            return None, NONE
        if bare.end() == len(text):
            return None, CUT
        self.repairs[Repair.QUOTES] = None
        return bare[0].strip(), bare.end()

    def _number_or_literal(self, pos: int) -> tuple[Any, int] | None:
        """Reads a number, be it with a decimal comma or a remark, or a literal; None if there is none."""
        text = self.text
        if decimal := _DECIMAL_COMMA.match(text, pos):
            return decimal[0], decimal.end()
        if number := _JSON_NUMBER.match(text, pos):
            return (None, CUT) if number.end() == len(text) else (self.number(number[0]), number.end())
        if remarked := _NUMBER_WITH_REMARK.match(text, pos):
            self.repairs[Repair.QUOTES] = None
            return remarked[0], remarked.end()
        literal = _LITERAL.match(text, pos)
        if literal is None:
            return None
        if literal[0][0] in "TFNu" and literal[0] != "NaN":
            self.repairs[Repair.QUOTES] = None
        number_like = literal[0] in {"NaN", "nan"} or "nf" in literal[0]
        return (float(literal[0]) if number_like else _LITERALS.get(literal[0])), literal.end()

    def number(self, raw: str) -> Any:
        """What a number says, or its letters if it says nothing."""
        if _PLAIN_NUMBER.fullmatch(raw) is None:
            self.repairs[Repair.NUMBER_FORMAT] = None
        try:
            return int(raw) if raw.lstrip("-").isdigit() and len(raw) < 300 else float(raw)
        except ValueError:
            return raw
