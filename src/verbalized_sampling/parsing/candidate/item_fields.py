"""What the lines of a list item say beside its text, under labels of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ...patterns import regex
from ..language import names
from ..language.text_label import TEXT_LABEL
from ..language.words import LETTER
from ..page.items import Item, has_text
from ..page.outline import Outline

__all__ = ["FIELD_LINE", "labels_of_fields"]

FIELD_LINE = regex(
    r"[ \t>]{0,8}(?:[-*•◦▪–][ \t]+)?[*_`]{0,3}"
    rf"(?P<word>[^\W\d_]{LETTER}{{0,20}}(?: {LETTER}{{1,20}}){{0,2}})"
    r"[*_`]{0,3}[ ]?[:：][*_`]{0,3}[ \t]++(?P<said>\S.*)\Z"
)
_SHOWING = 2  # candidates that show what the others will look like


def labels_of_fields(outline: Outline, items: Sequence[Item]) -> frozenset[str]:
    """The labels of lines that say something of a candidate, as the first two candidates show that have a number.

    A reason is no part of a text, and no number below a title; nothing is where a label says which line is the text.
    """
    first = list(islice((item for item in items if item.marks), _SHOWING))
    if len(first) < _SHOWING:
        return frozenset()
    said: list[set[str]] = []
    for item in first:
        written = [outline.lines[i].text for i in range(item.first, item.last) if i not in outline.hidden]
        lines = [field for line in written[1:] if (field := FIELD_LINE.match(line))]
        titled = has_text(outline, replace(item, last=item.first + 1))
        texts = any((label := TEXT_LABEL.match(line)) and label.end() < len(line) for line in written)
        named = texts or any(o.kind.startswith("text:") for o in outline.lines[item.first].openers)
        said.append({_word(field) for field in lines if named or _speaks_of_text(field, titled=titled)})
    return frozenset(
        word
        for word in set.intersection(*said)
        if names.text_rank(word) is None and not names.is_probability(word) and not names.is_title(word)
    )


def _word(field: re.Match[str]) -> str:
    return field["word"].casefold()


def _speaks_of_text(field: re.Match[str], *, titled: bool) -> bool:
    """Whether a labelled line gives a reason, or measures what stands in the line that opens the item."""
    word = _word(field)
    return names.is_aside(word) or names.is_reasoning(word) or (titled and not any(map(str.isalpha, field["said"])))
