"""Numerals and ordinals that candidates are counted with, in all languages: "Response one", "回答一", "Second: …"."""

from __future__ import annotations

import re

from .table import LANGUAGES
from .words import in_all_languages

__all__ = ["NUMERALS", "ORDINALS", "SIGNS", "SPELT", "ordinal_of"]

_NUMERALS_OF = {
    word: i
    for row in LANGUAGES
    for i, words in enumerate(row.numerals.split("|"), 1)
    for word in words.split("/")
    if word
}

_COUNTS = {word.casefold(): i for word, i in _NUMERALS_OF.items()}
NUMERALS = tuple(_NUMERALS_OF)
SIGNS = "".join(word for word in NUMERALS if len(word) == 1)
"""Numerals of one sign, which can be joined to greater ones."""
SPELT = "|".join(map(re.escape, sorted((word for word in NUMERALS if len(word) > 1), key=len, reverse=True)))
"""Pattern of the others."""
ORDINALS = in_all_languages("ordinals")


def ordinal_of(numeral: str) -> int:
    """What a numeral counts; 0 if it is none."""
    return _COUNTS.get(numeral.casefold(), 0)
