"""Records of YAML or TOML that are all alike: a text in quotes, and its number on the line below.

The careful way reads the first of them; what it makes of that, one pattern makes of all.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Self

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import UNTYPED
from ..candidate.columns import Columns
from ..candidate.found import Draft, only_draft
from ..candidate.placeholders import LONGEST, is_placeholder
from ..numbers.number import Number
from ..page.signs import in_batches, signs_of
from ..readers.toml import toml_blocks
from ..readers.yaml import yaml_blocks

__all__ = ["UniformRecords", "read_records"]

_QUOTED_WORDS = r'"([^"\\\x00-\x1f\x7f]*+(?:\\["n][^"\\\x00-\x1f\x7f]*+)*+)"'  # lines and quotes alone are escaped
_SHARE_BELOW = r"(0\.\d{1,6})"
_ONE_RECORD = regex(
    rf"(?P<before>(?:[ ]{{0,8}}- |\[\[\w{{1,30}}\]\]\n)[a-z]{{1,20}}(?:: | = )){_QUOTED_WORDS}"
    rf"(?P<between>\n[ ]{{0,10}}[a-z]{{1,20}}(?:: | = )){_SHARE_BELOW}(?P<behind>\n*)"
)
_NAME_ABOVE = regex(r"[a-z]{1,20}:\n(?=[ ]{0,8}- )")
_SIGN_OF_OTHERS = regex("[<>{}\\[\\]|`~◁\x85\u2028\u2029\ud800-\udfff]")
_FEWEST_RECORDS = 3


class UniformRecords:
    """Reads records while they are written, as far as they are like one of them."""

    __slots__ = ("_name", "_pattern")

    def __init__(self, first: re.Match[str], name: str) -> None:
        self._name = name  # of the text
        self._pattern = _pattern(first["before"], first["between"])

    @classmethod
    def like(cls, record: str, draft: Draft) -> Self | None:
        """Those like a record of which the draft is known; None if they take care."""
        first = _ONE_RECORD.fullmatch(record)
        if first is None or draft.beside or len(draft.fields) != 1 or draft.number != Number(float(first[4])):
            return None
        return cls(first, next(iter(draft.fields))) if draft.text == _said(first[2]) else None

    def read(self, record: str) -> Draft | None:
        """The draft of a record; None if that may be read otherwise."""
        found = self._pattern.fullmatch(record)
        if found is None:
            return None
        text, number = _said(found[1]), float(found[2])
        return None if _is_doubtful(text, number) else Draft(text, Number(number), 0, 0, {self._name: text})


def read_records(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but such records; otherwise None."""
    above = _NAME_ABOVE.match(text)
    start = above.end() if above else 0
    first = _ONE_RECORD.match(text, start)
    if first is None:
        return None
    is_yaml = first["before"].endswith(": ")
    drafts = only_draft((yaml_blocks if is_yaml else toml_blocks)(first[0], 0, len(first[0]), UNTYPED))
    if not drafts or UniformRecords.like(first[0], drafts[0]) is None:
        return None
    texts: list[str] = []
    stated: list[float] = []
    end = start
    for record in _pattern(first["before"], first["between"]).finditer(text, start):
        if record.start() != end:
            return None
        end = record.end()
        texts.append(_said(record[1]))
        stated.append(float(record[2]))
    if end < len(text) or len(texts) < _FEWEST_RECORDS:
        return None
    if any(_SIGN_OF_OTHERS.search(signs_of(some)) for some in in_batches(texts)):
        return None
    if any(map(_is_doubtful, texts, stated)):
        return None
    return Columns(texts, stated, repairs=(Repair.OTHER_FORMAT,))


def _is_doubtful(text: str, number: float) -> bool:
    """Whether it takes care to tell if a text is an answer, or where it ends."""
    return not text or text != text.strip() or (len(text) <= LONGEST and is_placeholder(text, Number(number)))


def _said(quoted: str) -> str:
    return quoted.replace('\\"', '"').replace("\\n", "\n") if "\\" in quoted else quoted


@lru_cache(maxsize=64)
def _pattern(before: str, between: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(before)}{_QUOTED_WORDS}{re.escape(between)}{_SHARE_BELOW}\n*")
