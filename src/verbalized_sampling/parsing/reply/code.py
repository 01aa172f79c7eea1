"""Replies in code whose records are written otherwise than in JSON: pairs, arrows for colons, lists by name."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language import names

__all__ = ["lists_in_assignments", "objects_in_arrows", "pairs_in_calls"]

_CODE_STRING = r"(?:\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.|'')*+')"
_CODE_NUMBER = r"[-+]?[\d.]{1,20}[fFdD%]?"
_OWN_NAME = r"(?:\w{1,40}\s?[=:]\s?)?"
# Response("Tea", 0.5), or with the numbers first; one of the two may have its name.
_CALL_OF_PAIR = regex(
    rf"\\.|(?P<call>(?:(?:\bnew[ \t]{{1,4}})?\b[^\W\d][\w.:]{{0,60}})?\()\s{{0,40}}"
    rf"(?:(?P<name>{_OWN_NAME})(?P<text>{_CODE_STRING})\s{{0,9}},\s{{0,40}}(?P<label>{_OWN_NAME}){_CODE_NUMBER}"
    rf"|(?P<label_first>{_OWN_NAME}){_CODE_NUMBER}\s{{0,9}},\s{{0,40}}(?P<name_last>{_OWN_NAME})(?P<text_last>{_CODE_STRING}))"
    rf"\s{{0,9}},?\s{{0,40}}(?P<end>\))|{_CODE_STRING}",
    re.DOTALL,
)
# A string beside a number: without one there is no such call, and trying every word of a long text for one is slow.
_STRING_AND_NUMBER = regex(  # (from the comma on: few characters are one)
    rf",(?:(?<=[\"'\s],)\s{{0,40}}{_OWN_NAME}[-+\d.]|(?<=[\d.fFdD%\s],)\s{{0,40}}{_OWN_NAME}[\"'])"
)
_SHARE_OF_CALL = regex(r"[^\d.][01]?\.\d|\d%")  # other numbers may be anything that a function takes
_ANY_STRING = regex(_CODE_STRING)
_LABELS_OF_CALL = ("name", "label", "label_first", "name_last")
_SEVERAL = 2
# 'text' => 'Tea', or :text => "Tea": the key of an array of PHP, of a hash of Ruby.
_ARROW_KEY = r"(?::\w{1,40}|\"\w{1,40}\"|'\w{1,40}')\s{0,20}=>"
_ARROW_TOKEN = regex(
    rf"\\.|(?P<key>{_ARROW_KEY})|(?P<opens>(?:\barray\s?\(|[\[({{%])(?=\s{{0,40}}{_ARROW_KEY}))|{_CODE_STRING}|[\[({{\])}}]",
)
# responses = ["Tea", "Milk"], one to a name.
_ASSIGNED = regex(
    rf"^[ \t]{{0,20}}(?P<name>[^\W\d]\w{{0,40}})\s?(?:=|<-)\s(?:\[|c\()"
    rf"(?P<items>(?:\s{{0,40}}(?:{_CODE_STRING}|{_CODE_NUMBER})\s{{0,9}},?)++)\s{{0,40}}[\])]",
    re.MULTILINE,
)
_CLOSING = {"[": "]", "(": ")", "{": "}"}


def pairs_in_calls(text: str) -> str | None:
    """The text with a list for every call of a text and its number, position by position: ``Response("Tea", 0.5)``."""
    if "(" not in text or _STRING_AND_NUMBER.search(text) is None:
        return None
    calls = [match for match in _CALL_OF_PAIR.finditer(text) if match["call"]]
    if len(calls) < _SEVERAL or not any(_SHARE_OF_CALL.search(_ANY_STRING.sub("", match[0])) for match in calls):
        return None
    signs = [*text]
    for match in calls:
        signs[match.start() : match.end("call")] = " " * (match.end("call") - match.start() - 1) + "["
        signs[match.start("end")] = "]"
        text_at = match.span("text" if match["text"] else "text_last")
        if "''" in (inner := text[text_at[0] + 1 : text_at[1] - 1]):  # in SQL a quote is doubled
            signs[text_at[0] + 1 : text_at[1] - 1] = inner.replace("''", "\\'")
        for name in _LABELS_OF_CALL:
            if match[name]:
                signs[match.start(name) : match.end(name)] = " " * len(match[name])
    return "".join(signs)


def objects_in_arrows(text: str) -> str | None:
    """The text with objects for arrays whose keys have arrows, position by position: ``['text' => 'Tea']``."""
    if "=>" not in text:
        return None
    keys = [token["key"] for token in _ARROW_TOKEN.finditer(text) if token["key"]]
    if not any(names.is_probability(key.strip("=>:\"' \t\n")) for key in keys):
        return None
    pieces: list[str] = []
    at = 0
    closing: list[str] = []  # of the brackets that are open, what closes each and what it becomes
    for token in _ARROW_TOKEN.finditer(text):
        sign = token[0]
        if token["key"]:
            word = sign.strip("=>:\"' \t\n")
            sign = f'"{word}":'
        elif token["opens"]:
            closing.append(_CLOSING[sign[-1]] + "}")
            sign = " " * (len(sign) - 1) + "{"
        elif sign in _CLOSING:
            closing.append(_CLOSING[sign] * 2)
        elif closing and sign == closing[-1][0]:
            sign = closing.pop()[1]
        if sign != token[0]:
            pieces += text[at : token.start()], sign.ljust(len(token[0]))
            at = token.end()
    return "".join((*pieces, text[at:])) if pieces else None


def lists_in_assignments(text: str) -> str | None:
    """An object of the lists that are assigned one after another, if one of them is of numbers.

    ``responses = ["Tea", "Milk"]`` and ``probabilities = [0.6, 0.4]`` below.
    """
    lists = list(_ASSIGNED.finditer(text)) if "=" in text or "<-" in text else []
    if len(lists) < _SEVERAL or not any(names.are_probabilities(found["name"]) for found in lists):
        return None
    members = (f'"{found["name"]}": [{found["items"].strip().rstrip(",")}]' for found in lists)
    return "{" + ", ".join(members) + "}"
