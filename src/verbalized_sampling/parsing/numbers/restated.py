"""Numbers that a text repeats though they are already stated beside it: in a line of their own, or in brackets."""

from __future__ import annotations

import re

from ...patterns import regex
from ..language.words import PROBABILITY_WORDS
from .amounts import same
from .number import NUMBER, Number, Unit, number_of, plain_digits

__all__ = ["LABEL", "LONGEST_STATEMENT", "without_brackets", "without_number"]

LABEL = "|".join(sorted(map(re.escape, ("p", "prob", "pr", *PROBABILITY_WORDS)), key=len, reverse=True))
"""Pattern of the words that call a number a probability, the short ones included."""
LONGEST_STATEMENT = 80  # characters of a number with its label
_LONGEST_HEAD = 400  # characters of a line that may name a candidate and its number
_LINE = regex(
    rf"[\s>*_`(\[（\-–—•~]{{0,12}}(?:estimated\s)?(?:(?:{LABEL})[\s*_`]{{0,6}}[:：=≈]?|p\s?[=:≈])[\s*_`]{{0,6}}[≈~]?\s?"
    rf"{NUMBER}[\s*_`)\]）.。]{{0,8}}\Z",
    re.IGNORECASE,
)
_IN_BRACKETS = regex(
    rf"(?P<before>[ \t]*+)(?<![^\W_])[(\[（【]\s?(?P<label>(?:{LABEL})[\s:：=≈~]{{1,4}})?[≈~<]?\s?{NUMBER}"
    rf"(?P<word>\s?(?:{LABEL}))?\s?[)\]）】](?=(?P<after>\s?[*_]{{0,2}}[:：,.;])?)",
    re.IGNORECASE,
)
_OPENING = ("(", "[", "（", "【")


def without_brackets(text: str, number: Number | None) -> str:
    """A text without its own number where its first line says that in brackets: "Response 1 (0.05)"."""
    head, newline, rest = text.partition("\n")
    stated = number.stated if number else None
    if stated is None or len(head) > _LONGEST_HEAD or not any(opening in head for opening in _OPENING):
        return text

    kept, at = "", 0
    for match in _IN_BRACKETS.finditer(plain_digits(head)):
        again = number_of(match)
        named = again.unit is not Unit.BARE or match["label"] or match["word"] or not match["number"].isdigit()
        if again.stated is not None and (same(again.stated, stated) if named else again.stated == stated):
            kept += head[at : match.start()] + ("" if match["after"] or not match["before"] else " ")
            at = match.end()
    return ((kept + head[at:]).strip() + newline + rest).strip() if at else text


def without_number(text: str, stated: float | None) -> str | None:
    """A text without its first or last line if that says nothing but its number again; otherwise None."""
    if stated is None or "\n" not in text:
        return None
    head, _, tail = text.rpartition("\n")
    if _says_again(tail, stated):
        return head.rstrip() or None
    head, _, tail = text.partition("\n")
    return (tail.strip() or None) if _says_again(head, stated) else None


def _says_again(line: str, stated: float) -> bool:
    if len(line) > LONGEST_STATEMENT or not any(map(str.isdigit, line)):
        return False
    match = _LINE.match(plain_digits(line))
    again = number_of(match).stated if match else None
    if again is None:
        return False
    return same(again, stated)
