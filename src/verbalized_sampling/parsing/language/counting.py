"""Words that a reply counts its candidates with, learnt from the reply: "Antwoord 1", "Antwoord 2", "Slogan #1"."""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex

__all__ = ["counted", "label_pattern", "label_words", "may_count"]

# Letters of any script, marks included that are no letters to a regular expression; no ASCII sign, digit or blank.
_ONE_WORD = r"[^\s\d\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f：。，、（）【】「」《》–—]{2,20}+"
_COUNTING_WORDS = rf"(?:{_ONE_WORD}(?:[ ']{_ONE_WORD}){{0,2}}?|[A-Z](?=\d))"
_BEFORE = r"[^\w\n]{0,12}?"
_ORDINAL_BEHIND = r"[ \xa0]?(?:#|no\.?|n°|nº)?[ \xa0]?(?P<ordinal>\d{1,3}|(?-i:[A-Z]))(?!\w)"
_AFTER = r"[*_`\])】]{0,3}[ \t]*+(?=[:：.)\-–—=(（\[|,]|\*|_|[\r\n]|\Z)"
_COUNTED_LINE = regex(rf"^{_BEFORE}(?P<word>{_COUNTING_WORDS}){_ORDINAL_BEHIND}{_AFTER}", re.MULTILINE)

_SECOND_DIGIT = regex(r"2(?!\w)")
_SECOND_LETTER = regex(r"B(?!\w)")  # (one pattern for both takes twenty times as long)

_MOST_WORDS = 12  # each is tried on every line; a reply counts its candidates with one or two


def counted(line: str) -> bool:
    """Whether a line begins with a word and its number."""
    return _COUNTED_LINE.match(line) is not None


def may_count(text: str) -> bool:
    """Whether a second ordinal stands in a text, be it behind a word or not; far quicker than to say what it counts."""
    return _SECOND_DIGIT.search(text) is not None or _SECOND_LETTER.search(text) is not None


def label_words(text: str) -> tuple[str, ...]:
    """The words that count up from 1 where lines begin, once through the whole text."""
    last: dict[str, int] = {}
    for match in _COUNTED_LINE.finditer(text):
        word, written = match["word"].casefold(), match["ordinal"]
        ordinal = int(written) if written.isdigit() else ord(written) - ord("A") + 1
        # A word that starts anew counts something within each candidate.
        last[word] = ordinal if ordinal == last.get(word, 0) + 1 else -1
    counting = sorted((word for word, ordinal in last.items() if ordinal > 1), key=lambda word: -last[word])
    return tuple(counting[:_MOST_WORDS])


@lru_cache(maxsize=64)
def label_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern of a label with one of these words."""
    choice = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"{_BEFORE}(?P<word>{choice}){_ORDINAL_BEHIND}{_AFTER}", re.IGNORECASE)
