"""Replies that go on where their prompt ended: the model was given the beginning, and writes only the rest."""

from __future__ import annotations

from ...patterns import regex
from ..language import names

__all__ = ["head_of"]

_KEY_AND_END = r"[\"'](?P<key>[\w ]{1,40})[\"']\s{0,9}:\s{0,9}[\"']?[^\"'{}\[\],]{1,40}[\"']?\s{0,9}\}"
_IN_A_TEXT = regex(rf"\s*+(?P<quote>[\"']?)(?:\\.|[^\"\\{{}}\[\]<>]){{1,4000}}+[\"']\s{{0,9}},\s{{0,9}}{_KEY_AND_END}")
_IN_AN_OBJECT = regex(r"\s*+\"(?P<first>[\w ]{1,40})\"\s{0,9}:[^{}\[\]<>]{1,4000}+\}")
_IN_A_LIST = regex(
    r"(?!\s*+\d+[.)]|[^\n]{0,400}?(?<!\S)1[.)]\s)[^\n]{0,4000}\d[^\n]{0,40}\n\s{0,4}2(?P<closer>[.)])[ \t]"
)
_IN_AN_ELEMENT = regex(r"[^<>{}\[\]]{1,4000}+</(?P<leaf>[^\W\d]\w{0,40})>\s{0,9}<(?P<number>[^\W\d]\w{0,40})>")


def head_of(text: str) -> str | None:
    """What the reply lacks of its beginning; None if it lacks nothing."""
    if (element := _IN_AN_ELEMENT.match(text)) and names.is_probability(element["number"]):
        return f"<response><{element['leaf']}>"
    if (inside := _IN_A_TEXT.match(text)) and names.is_probability(inside["key"]):
        return '{"responses": [{"text": ' + ("" if inside["quote"] else '"')
    begun = _IN_AN_OBJECT.match(text)
    if begun is not None and (names.text_rank(begun["first"]) is not None or names.is_probability(begun["first"])):
        return '{"responses": [{'
    counted = _IN_A_LIST.match(text)
    return f"1{counted['closer']} " if counted is not None else None
