"""Lists of one line an item, all alike: the shape is taken from the first item, and one match finds the others.

Only a list that can be cut in no other way is read here: nothing but its own numbers and openers may stand in it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex
from ...repairs import Repair
from ..candidate.columns import Columns
from ..candidate.placeholders import LONGEST, is_placeholder
from ..language.counting import label_words
from ..language.text_label import TEXT_LABEL
from ..numbers.labelled import labels_in
from ..numbers.number import Number, Unit
from ..page.openers import openers_of

__all__ = ["UniformItems", "read_list"]

_EDGES = " \t|,，、;；:：—–-·•→="
_TEXT = r"[^\W\d_][^\n\r\v\f\x1c-\x1e\x85\u2028\u2029*_`#|<>{}\[\]\\$~◁\ud800-\udfff]*"
_FIRST_ITEM = regex(
    rf"(?P<opener>(?P<number>\d{{1,3}})(?P<closer>[.)]) |[-•] )(?P<text>{_TEXT})"
    r" \((?P<label>(?:p|P|(?i:prob|probability|likelihood|confidence|chance))(?: = |=|: |：))"
    r"(?:0?\.\d{1,6}|\d{1,2}(?:\.\d{1,4})?(?P<percent> ?%))\)"
)
_DIGITS = regex(r"\d")
_DOUBTFUL = regex(r"[\d:：=(（【]")
_FEWEST_ALIKE = 3  # items that make a list beyond doubt
_BRACKET_OPENS = "(（【"


def read_list(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but a uniform list; otherwise None."""
    first = _FIRST_ITEM.match(text)
    if first is None or text[first.end() : first.end() + 1] != "\n":
        return None
    shape = _shape(first["number"] is None, first["opener"][-2:], first["label"], first["percent"] or "")
    rows = shape.findall(text)
    written = text.rstrip("\n")
    if len(rows) < _FEWEST_ALIKE or "\n\n\n" in written or len(rows) != written.count("\n") + 1 - written.count("\n\n"):
        return None
    counted = first["number"] is not None
    if counted and [row[0] for row in rows] != list(map(str, range(1, len(rows) + 1))):
        return None
    if not counted and label_words(text):
        return None
    said = "\n".join([row[1] for row in rows])
    has_digits = _DIGITS.search(said) is not None
    if (has_digits or ":" in said or "=" in said or "：" in said) and labels_in(said) is not None:
        return None
    if not _open_alike(written) or (has_digits and any(bracket in said for bracket in _BRACKET_OPENS)):
        return None
    texts: list[str] = []
    numbers: list[Number] = []
    unit = Unit.PERCENT if first["percent"] else Unit.BARE
    for _, row, stated in rows:
        answer = row.rstrip(_EDGES)
        number = Number(float(stated), unit)
        if (len(answer) <= LONGEST and is_placeholder(answer, number)) or (":" in answer and TEXT_LABEL.match(answer)):
            return None
        texts.append(answer)
        numbers.append(number)
    return Columns(texts, numbers, repairs=(Repair.OTHER_FORMAT,))


class UniformItems:
    """Reads the lines of a list while it is written, as long as they are as its first one and follow each other."""

    __slots__ = ("_at", "_kinds", "_shape", "_unit")

    def __init__(self) -> None:
        self._shape: re.Pattern[str] | None = None

    def read(self, line: str) -> tuple[str, Number] | None:
        """The text and the number of a line; None if it may be read otherwise in the whole list."""
        if self._shape is None:
            first = _FIRST_ITEM.fullmatch(line)
            if first is None:
                return None
            self._shape = _shape(first["number"] is None, first["opener"][-2:], first["label"], first["percent"] or "")
            self._unit = Unit.PERCENT if first["percent"] else Unit.BARE
            self._at = int(first["number"] or 0)
            self._kinds = [opener.kind for opener in openers_of(line)]
        found = self._shape.fullmatch(line)
        if found is None or (found[1] and int(found[1]) != self._at):
            return None
        answer, number = found[2].rstrip(_EDGES), Number(float(found[3]), self._unit)
        if _DOUBTFUL.search(answer) or is_placeholder(answer, number):
            return None
        if [opener.kind for opener in openers_of(line)] != self._kinds:
            return None
        self._at += 1
        return answer, number


@lru_cache(maxsize=64)
def _shape(bulleted: bool, opener: str, label: str, percent: str) -> re.Pattern[str]:
    opens = f"(){re.escape(opener)}" if bulleted else rf"(\d{{1,3}}){re.escape(opener)}"
    number = r"(\d{1,2}(?:\.\d{1,4})?)" if percent else r"(0?\.\d{1,6})"
    return re.compile(rf"^{opens}({_TEXT}?) \({re.escape(label)}{number}{re.escape(percent)}\)$", re.MULTILINE)


def _open_alike(written: str) -> bool:
    """Whether every line is taken to open an item in the same ways."""
    kinds: set[tuple[str, ...]] = set()
    for line in written.split("\n"):
        if line:
            kinds.add(tuple(opener.kind for opener in openers_of(line)))
            if len(kinds) > 1:
                return False
    return True
