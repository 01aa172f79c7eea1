"""Words by what they are said of, in all languages at once."""

from __future__ import annotations

from .table import LANGUAGES

__all__ = [
    "NAME_WORDS",
    "PROBABILITY_WORDS",
    "ROOT_WORDS",
    "SHORT_WORDS",
    "TEXT_WORDS",
    "WORD_EDGE",
    "in_all_languages",
    "pattern_of",
    "words",
]


# A word begins here, or a script that puts no blanks between words goes on.
WORD_EDGE = r"(?:\b|(?=[⺀-\uffdc]))"


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
