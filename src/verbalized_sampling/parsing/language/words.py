"""Words by what they are said of, in all languages at once."""

from __future__ import annotations

from .table import LANGUAGES

__all__ = [
    "LETTER",
    "MARKS",
    "NAME_WORDS",
    "PROBABILITY_WORDS",
    "ROOT_WORDS",
    "SHORT_WORDS",
    "TEXT_WORDS",
    "UNSPACED",
    "WORD_EDGE",
    "in_all_languages",
    "pattern_of",
    "words",
]


# Vowel signs, accents and joiners that are written as characters of their own: no regular expression counts them as a
# part of a word. (Blocks that hold little else than letters and marks stand as a whole.)
MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e3a\u0e40-\u0e4e\u0eb1-\u0ecd\u0f18-\u0f39\u0f71-\u0fbc\u102b-\u1049\u1056-\u109d\u17b4-\u17d3\u200c\u200d"
)
"""What a class of word characters needs beside ``\\w``."""
LETTER = rf"(?:[^\W_]|[{MARKS}])"
"""Pattern of a letter, a mark on one, or a digit, of any script."""

UNSPACED = "⺀-\uffdc"
"""Signs of scripts that put no blanks between words, for a class."""
# A word begins here, or a script that puts no blanks between words goes on.
WORD_EDGE = rf"(?:\b|(?=[{UNSPACED}]))"


def words(text: str) -> list[str]:
    """Words between blanks; a list of them reads better in running lines."""
    return text.split()


def pattern_of(concept: str) -> str:
    """The alternatives of a concept, as a part of a pattern."""
    return "|".join(filter(None, (getattr(language, concept) for language in LANGUAGES)))


def in_all_languages(concept: str) -> tuple[str, ...]:
    """The words of a concept, each once, in the order of the languages."""
    return tuple(dict.fromkeys(pattern_of(concept).split("|")))


# Single letters and costs are names of fields, but too short or too rare to look for in prose.
SHORT_WORDS = tuple(words("p prob pr prob. pct nll perplexity ppl logprob surprisal"))
PROBABILITY_WORDS = in_all_languages("probability")
TEXT_WORDS = in_all_languages("text")
ROOT_WORDS = in_all_languages("candidate")
NAME_WORDS = in_all_languages("title")
