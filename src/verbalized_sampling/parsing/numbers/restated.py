"""Numbers that a text repeats: one of its lines is nothing but the number that is already stated beside it."""

from __future__ import annotations

import re

from ..language.words import PROBABILITY_WORDS
from .amounts import same
from .number import NUMBER, number_of, plain_digits

__all__ = ["LABEL", "LONGEST", "without_number"]

LABEL = "|".join(sorted(map(re.escape, ("p", "prob", "pr", *PROBABILITY_WORDS)), key=len, reverse=True))
"""Pattern of the words that call a number a probability, the short ones included."""
LONGEST = 80  # characters of a number with its label
_LINE = re.compile(
    rf"[\s>*_`(\[（\-–—•~]{{0,12}}(?:estimated\s)?(?:(?:{LABEL})[\s*_`]{{0,6}}[:：=≈]?|p\s?[=:≈])[\s*_`]{{0,6}}[≈~]?\s?"
    rf"{NUMBER}[\s*_`)\]）.。]{{0,8}}\Z",
    re.IGNORECASE,
)


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
    if len(line) > LONGEST or not any(map(str.isdigit, line)):
        return False
    match = _LINE.match(plain_digits(line))
    again = number_of(match).stated if match else None
    if again is None:
        return False
    return same(again, stated)
