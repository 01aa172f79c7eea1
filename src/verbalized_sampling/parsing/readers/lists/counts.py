"""Candidates that a word counts and no number follows: "Response 1: …", "Response 2: …"."""

from __future__ import annotations

import re

from ....patterns import regex
from ...language import names
from ...language.numerals import NUMERALS, SIGNS, SPELT, ordinal_of
from ...language.words import ROOT_WORDS
from ...numbers.marks import Mark
from ...numbers.number import Number
from ...numbers.unlabelled import alone
from ...page.outline import Outline

__all__ = ["counted_items", "counts"]

_COUNTING_ROOTS = frozenset(names.normalised(word) for word in ROOT_WORDS) - {"example", "sample", "prompt", "quote"}
_ORDINAL_OF_LABEL = regex(
    rf"(?:(\d{{1,3}})|(?<![A-Za-z])([A-Za-z])|([{SIGNS}])|(?<![^\W_])({SPELT}))[\W_]*\Z", re.IGNORECASE
)
_TWO = "|".join(re.escape(word) for word in NUMERALS if ordinal_of(word) == 2)
_SECOND = regex(
    rf"^[^\w\n]{{0,16}}+(?=[^\W\d_])(?:{'|'.join(map(re.escape, ROOT_WORDS))})[^\w\n]{{0,4}}(?:2|B|{_TWO})",
    re.IGNORECASE | re.MULTILINE,
)


def counts(text: str, start: int, end: int) -> bool:
    """Whether a text may count its candidates by a word."""
    return _SECOND.search(text, start, end) is not None


def counted_items(outline: Outline) -> dict[int, Mark]:
    """The lines that count the candidates from one on, with the numbers they lack; empty if no lines do.

    A list that is only numbered may be anything; "Response 1" says what it is.
    """
    for kind, opened in outline.starts.items():
        if not kind.startswith("label:") or kind.removeprefix("label:") not in _COUNTING_ROOTS or len(opened) < 2:
            continue
        if any(outline.lines[i].openers[0].kind.startswith("bullet") for i in opened):
            continue  # examples within a text
        bodies = [outline.opener(i, kind).body for i in opened]
        if all(alone(outline.lines[i].text[body:]) for i, body in zip(opened, bodies, strict=True)):
            continue  # "Response 1 (60%)": nothing is said
        ordinals = [_ordinal(outline.lines[i].text[:body]) for i, body in zip(opened, bodies, strict=True)]
        if ordinals == list(range(1, len(opened) + 1)):
            return {i: Mark(Number(None), body, body) for i, body in zip(opened, bodies, strict=True)}
    return {}


def _ordinal(label: str) -> int:
    """What a label counts; 0 if it doesn't."""
    found = _ORDINAL_OF_LABEL.search(label)
    if found is None:
        return 0
    digits, letter, sign, spelt = found.groups()
    if digits:
        return int(digits)
    return ord(letter.upper()) - ord("A") + 1 if letter else ordinal_of(sign or spelt)
