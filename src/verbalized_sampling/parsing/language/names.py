"""What the name of a field says of it."""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex
from .words import (
    NAME_WORDS,
    PROBABILITY_WORDS,
    ROOT_WORDS,
    SHORT_WORDS,
    TEXT_WORDS,
    in_all_languages,
    pattern_of,
    words,
)

__all__ = [
    "are_probabilities",
    "is_alternative",
    "is_aside",
    "is_bookkeeping",
    "is_draft",
    "is_error",
    "is_percent_name",
    "is_probability",
    "is_rating",
    "is_reasoning",
    "is_root",
    "is_setting",
    "is_title",
    "is_wrapper",
    "normalised",
    "probability_rank",
    "text_rank",
]

_SETTINGS = frozenset(
    words(
        "temperature top_p top_k tau threshold min max mean average median std variance entropy total sum mass seed k "
        "presence_penalty frequency_penalty cutoff lower upper total_probability remaining other_mass diversity "
        "novelty creativity relevance clarity originality humor quality coherence"
    )
)
_QUALIFIERS = regex(
    rf"^(?:{pattern_of('estimated')}|verbalized|verbalised|stated|relative|approximate|approx|normalized|normalised"
    r"|candidate|response|numeric|subjective|model|predicted|text|answer|sampling|typical)[_ .]+",
    re.IGNORECASE,
)
_CAMEL = regex(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = regex(r"[\s\-_]+")
_ORDINAL_ENDING = regex(r"[_ ]?(?<!\d)\d++$")


@lru_cache(maxsize=1024)  # replies repeat a handful of keys many times
def normalised(name: str) -> str:
    """A name without case, decoration, separators and a trailing number."""
    plain = _SEPARATORS.sub("_", _CAMEL.sub("_", name.strip(" \t\n*_`:\"'#：")).casefold())
    return _ORDINAL_ENDING.sub("", plain) or plain


def _names(concept: str) -> frozenset[str]:
    """The names of a concept in all languages, as ``normalised`` gives them: "ß" is "ss", and "ς" is "σ"."""
    return frozenset(map(normalised, in_all_languages(concept)))


_WRAPPERS = _names("wrapper")
_REASONING_NAMES = _names("reasoning")
_ASIDES = _names("aside")
_BOOKKEEPING = _names("ordinal_name").union(
    words(
        "id index rank number no no. num n nr # i key order position type role object idx "
        "word_count wordcount length char_count character_count characters tokens token_count"
    )
)
_PROBABILITY = frozenset(normalised(word) for word in (*SHORT_WORDS, *PROBABILITY_WORDS))
_TEXT_RANKS = {normalised(word): rank for rank, word in reversed(list(enumerate(TEXT_WORDS)))}
_ROOTS = frozenset(normalised(word) for word in (*ROOT_WORDS, *TEXT_WORDS))
_TITLE_NAMES = frozenset(normalised(word) for word in NAME_WORDS)
_MISSPELT = regex(r"p(?:ro|or)[bp]\w?ab\w{0,2}l\w{0,3}t[iy]\w{0,3}")
_MEASURE_ENDING = regex(r"_(?:value|score|estimate|estimation|pct|percent|percentage|level|rating)\Z")
_PERCENT_NAME = regex(rf"%|％|{pattern_of('percent_name')}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_probability(name: str) -> bool:
    """Whether a field of this name holds the number."""
    plain = normalised(name)
    if plain in _PROBABILITY:
        return True
    if plain.isalnum():
        return _MISSPELT.fullmatch(plain) is not None
    plain = re.sub(r"_?[(\[（].*$", "", plain)  # "probability (%)"
    plain = _QUALIFIERS.sub("", plain.replace("_", " ")).replace(" ", "_")
    return (
        plain in _PROBABILITY
        or _MEASURE_ENDING.sub("", plain) in _PROBABILITY
        or _MISSPELT.fullmatch(plain) is not None
    )


def are_probabilities(name: str) -> bool:
    """Whether a list of this name holds the numbers: "scores"."""
    return is_probability(name) or (name[-1:] in "sS" and is_probability(name[:-1]))


# Names of numbers that may rate something else than how probable an answer is.
_RATINGS = _names("rating")
_EXACT = frozenset(words("probability probabilities prob p likelihood"))


@lru_cache(maxsize=1024)
def probability_rank(name: str) -> int:
    """How surely a field whose name means a number is the probability (0 is surest)."""
    plain = normalised(name)
    return 0 if plain in _EXACT else 2 if plain in _RATINGS else 1


@lru_cache(maxsize=1024)
def is_rating(name: str) -> bool:
    """Whether a number of this name may be one of several points, or a weight."""
    return normalised(name) in {"score", "rating", "weight"}


@lru_cache(maxsize=1024)
def is_percent_name(name: str) -> bool:
    """Whether the name itself says percent."""
    return _PERCENT_NAME.search(name) is not None


def text_rank(name: str) -> int | None:
    """How surely a field of this name is the answer (0 is surest), or None."""
    return _TEXT_RANKS.get(normalised(name))


def is_wrapper(name: str) -> bool:
    """Whether the list of all candidates is called so: "responses"."""
    return normalised(name) in _WRAPPERS


def is_reasoning(name: str) -> bool:
    """Whether a field of this name leads to the answers."""
    return normalised(name) in _REASONING_NAMES


def is_alternative(name: str) -> bool:
    """Whether a list of this name holds what else could be answered."""
    return normalised(name) in {"alternatives", "others", "other_responses", "other_answers", "other_options"}


def is_setting(name: str) -> bool:
    """Whether a number of this name sets or measures something and belongs to no candidate."""
    return normalised(name) in _SETTINGS


def is_error(name: str) -> bool:
    """Whether a field of this name says that there is no answer."""
    return normalised(name) in {"error", "errors", "refusal", "error_code", "error_message"}


_DRAFTS = frozenset(
    words("draft drafts drafted rejected discarded excluded removed previous old earlier initial first_try")
)


def is_draft(name: str) -> bool:
    """Whether what stands under this name was given up for something else."""
    return normalised(name) in _DRAFTS or not _DRAFTS.isdisjoint(normalised(name).split("_"))


def is_aside(name: str) -> bool:
    """Whether a field of this name says something of the answer and is no part of it."""
    return normalised(name) in _ASIDES


def is_bookkeeping(name: str) -> bool:
    """Whether a field of this name counts, identifies or measures a candidate, and says nothing of it."""
    return normalised(name) in _BOOKKEEPING


def is_root(name: str) -> bool:
    """Whether candidates are called so, whatever they say: "Response 1"."""
    return normalised(name) in _ROOTS


def is_title(name: str) -> bool:
    """Whether a candidate's title is called so."""
    return normalised(name) in _TITLE_NAMES
