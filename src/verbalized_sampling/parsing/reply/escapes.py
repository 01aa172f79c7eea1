"""Replies that are escaped as a whole, as if they stood in a string, in HTML or in a template."""

from __future__ import annotations

import re

from ...entities import without_entities
from ...patterns import regex
from ..language import names
from ..page.backslashes import unescaped

__all__ = ["objects_in_calls", "objects_in_lines", "undoubled", "unescaped_whole"]

_ESCAPED_JSON = regex(r"[{\[]\s{0,40}\\\"")
_DOUBLED = regex(r"\{\{\s{0,40}\"")
_SINGLE = regex(r"(?<!\{)\{\s{0,40}\"")
_DOUBLED_QUOTES = regex(r"[{\[,]\s{0,40}\"\"\w")
_CALL = regex(
    r"\b[^\W\d][\w.]{0,60}\(\s{0,40}(\w{1,40})\s?=\s?(?:\"(?:[^\"\\]|\\.){0,4000}+\"|'(?:[^'\\]|\\.){0,4000}+'|[\d.]{1,20})\s{0,9},"
    r"\s{0,40}(\w{1,40})\s?=",
    re.DOTALL,
)
# What is escaped outside of a text opens none: else each of many quotes without an end is read on to its line's end.
_CALL_TOKEN = regex(
    r"\\.|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|(?P<called>\b[^\W\d][\w.]{0,60}\((?=\s{0,40}[^\W\d]\w{0,40}\s?=\s?[\"'\d.\[{]))"
    r"|(?P<keyword>\b[^\W\d]\w{0,40})\s?=(?![=>])|[()]"
)
# A line that is an object but for its braces.
_MEMBERS = regex(
    r"^(?P<indent>[ \t>*-]{0,12})\"(?P<one>[\w ]{1,40})\"\s?:\s?(?:\"(?:[^\"\\\n]|\\.)*+\"|[\d.]{1,20}%?)\s?,"
    r"\s{0,4}\"(?P<two>[\w ]{1,40})\"\s?:\s?(?:\"(?:[^\"\\\n]|\\.)*+\"|[\d.]{1,20}%?)(?P<end>[ \t,;]{0,4}(?:\n|\Z))",
    re.MULTILINE,
)
_SQUARE_TAG = regex(r"\[(/?[^\W\d]\w{0,40})\]")
_WIDE_BRACKETS = str.maketrans("｛｝［］：＂", '{}[]:"')


def undoubled(text: str) -> str | None:
    """The text with single braces if all of its objects stand in double ones ("{{"), position by position."""
    if "{{" not in text or not _DOUBLED.search(text) or _SINGLE.search(text):
        return None
    return text.replace("{{", " {").replace("}}", "} ")


def objects_in_calls(text: str) -> str | None:
    """The text with an object for every call by keywords, position by position: ``Candidate(text="a", p=0.1)``."""
    if "(" not in text or "=" not in text:
        return None
    if not any(names.is_probability(one) != names.is_probability(two) for one, two in _CALL.findall(text)):
        return None
    pieces: list[str] = []
    at = 0
    brackets: list[bool] = []  # of those that are open, whether they call by keywords
    for token in _CALL_TOKEN.finditer(text):
        sign = token[0]
        if token["called"]:
            brackets.append(True)
            sign = " " * (len(sign) - 1) + "{"
        elif sign == "(":
            brackets.append(False)
        elif sign == ")":
            sign = "}" if brackets and brackets.pop() else sign
        elif token["keyword"]:
            sign = f"{token['keyword']}:" if brackets and brackets[-1] else sign
        if sign != token[0]:
            pieces += text[at : token.start()], sign.ljust(len(token[0]))
            at = token.end()
    return "".join((*pieces, text[at:])) if pieces else None


def objects_in_lines(text: str) -> str | None:
    """The text with braces around lines that lack them, position by position: ``"text": "a", "probability": 0.1``."""
    if '"' not in text or "{" in text or not _MEMBERS.search(text):
        return None
    return _MEMBERS.sub(_braced, text)


def _braced(match: re.Match[str]) -> str:
    if names.is_probability(match["one"]) == names.is_probability(match["two"]):
        return match[0]
    at, end = match.end("indent") - match.start(), match.start("end") - match.start()
    # (The brace takes the place of the first key's quote, which need not be there.)
    return match[0][:at] + "{" + match[0][at + 1 : end] + "}" + match["end"][1:]


def unescaped_whole(text: str) -> str | None:
    """The plain form of a text whose syntax is escaped or in full-width characters; otherwise None."""
    if _ESCAPED_JSON.search(text):
        return unescaped(text)
    if _DOUBLED_QUOTES.search(text):  # a field of CSV
        return text.replace('""', '"')
    if "&quot;" in text or ("&lt;" in text and "&gt;" in text):
        return without_entities(text)
    if "[/" in text and "<" not in text and _SQUARE_TAG.search(text):
        return _SQUARE_TAG.sub(r"<\1>", text)
    if "｛" in text and "{" not in text:
        return text.translate(_WIDE_BRACKETS)
    return None
