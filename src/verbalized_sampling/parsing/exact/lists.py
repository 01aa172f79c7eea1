"""Lists of one line an item, all alike: the shape is taken from the first item, and one match finds the others.

Only a list that can be cut in no other way is read here: nothing but its own numbers and openers may stand in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Self

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.columns import Columns
from ..candidate.item_line import TEXT_EDGES
from ..candidate.placeholders import LONGEST, is_placeholder
from ..language.counting import label_words, may_count
from ..language.text_label import TEXT_LABEL
from ..numbers.labelled import labels_in
from ..numbers.number import Number, Unit
from ..page.openers import may_open, openers_of
from ..page.signs import in_batches, signs_of
from .uniform import UniformLines

__all__ = ["UniformItems", "read_list"]

_NO_SIGN_OF_TEXTS = regex("[\r\v\f\x1c-\x1e\x85\u2028\u2029*_`#|<>{}\\[\\]\\\\$~◁\ud800-\udfff]")
_TEXT = r"[^\W\d_].*"
_FIRST_ITEM = regex(
    rf"(?P<opener>(?P<number>\d{{1,3}})(?P<closer>[.)]) |[-•] )(?P<text>{_TEXT})"
    r" \((?P<label>(?:p|P|(?i:prob|probability|likelihood|confidence|chance))(?: = |=|: |：))"
    r"(?:0?\.\d{1,6}|\d{1,2}(?:\.\d{1,4})?(?P<percent> ?%))\)"
)
_DIGITS = regex(r"\d")
_DOUBTFUL = regex(r"[\d:：=(（【]")
_STATES_NUMBER = regex(r"[\d:：=]")
_BRACKET = regex(r"[(（【]")
_FEWEST_ALIKE = 3  # items that make a list beyond doubt


def read_list(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but a uniform list; otherwise None."""
    first = _FIRST_ITEM.match(text)
    if first is None or text[first.end() : first.end() + 1] != "\n":
        return None
    counted, percent = first["number"] is not None, first["percent"] or ""
    shape = _shape(not counted, first["opener"][-2:], first["label"], percent)
    unit = Unit.PERCENT if percent else Unit.BARE
    texts: list[str] = []
    stated: list[float] = []
    opened: set[tuple[str, ...]] = set()  # in which ways lines can be taken to open an item
    for item in shape.finditer(text):
        ordinal, answer, number = item.groups()
        if not opened or may_open(answer):
            opened.add(_kinds(item[0]))
        answer = answer.rstrip(TEXT_EDGES)
        texts.append(answer)
        stated.append(float(number))
        if (
            (counted and ordinal != str(len(texts)))
            or (len(answer) <= LONGEST and is_placeholder(answer, Number(stated[-1], unit)))
            or (":" in answer and TEXT_LABEL.match(answer))
        ):
            return None
    written = text.rstrip("\n")
    if len(texts) < _FEWEST_ALIKE or "\n\n\n" in written or len(opened) > 1:
        return None
    if len(texts) != written.count("\n") + 1 - written.count("\n\n") or not all(map(_is_plain, in_batches(texts))):
        return None
    if not counted and any(map(may_count, in_batches(texts))) and label_words(text):
        return None
    if not percent:
        return Columns(texts, stated, repairs=(Repair.OTHER_FORMAT,))
    known = {number: Number(number, unit) for number in set(stated)}  # (replies repeat few numbers)
    return Columns(texts, [known[number] for number in stated], repairs=(Repair.OTHER_FORMAT,))


def _is_plain(said: str) -> bool:
    """Whether nothing in lines of text decorates, opens or states anything."""
    signs = signs_of(said)
    if _NO_SIGN_OF_TEXTS.search(signs) or (_DIGITS.search(signs) and _BRACKET.search(signs)):
        return False
    if _STATES_NUMBER.search(signs) is None:
        return True
    return labels_in("\n".join(filter(_STATES_NUMBER.search, said.split("\n")))) is None


class UniformItems(UniformLines):
    """Reads a list of one line an item while it is written, as far as its lines are like one of them."""

    __slots__ = ("_kinds", "_opens", "_unit")

    def __init__(self, first: re.Match[str]) -> None:
        shape = _shape(first["number"] is None, first["opener"][-2:], first["label"], first["percent"] or "")
        super().__init__(shape, int(first["number"] or 0))
        self._unit = Unit.PERCENT if first["percent"] else Unit.BARE
        self._opens, self._kinds = may_open(first["text"]), _kinds(first[0])

    @classmethod
    def like(cls, line: str) -> Self | None:
        """Those of a list in which a line is an item; None if it has another shape."""
        first = _FIRST_ITEM.fullmatch(line)
        return None if first is None else cls(first)

    def read(self, lines: list[str]) -> tuple[str, Number] | None:
        """The text and the number of an item; None if it may be read otherwise in the whole list."""
        found = self._pattern.fullmatch(lines[0])
        if found is None or any(lines[1:]):
            return None
        answer, number = found[2].rstrip(TEXT_EDGES), Number(float(found[3]), self._unit)
        signs = signs_of(answer)
        if signs and (_DOUBTFUL.search(signs) or _NO_SIGN_OF_TEXTS.search(signs)):
            return None
        if len(answer) <= LONGEST and is_placeholder(answer, number):
            return None
        if (self._opens or may_open(found[2])) and _kinds(lines[0]) != self._kinds:
            return None
        return answer, number


@lru_cache(maxsize=64)
def _shape(bulleted: bool, opener: str, label: str, percent: str) -> re.Pattern[str]:
    opens = f"(){re.escape(opener)}" if bulleted else rf"(\d{{1,3}}){re.escape(opener)}"
    number = r"(\d{1,2}(?:\.\d{1,4})?)" if percent else r"(0?\.\d{1,6})"
    return re.compile(rf"^{opens}({_TEXT}) \({re.escape(label)}{number}{re.escape(percent)}\)$", re.MULTILINE)


def _kinds(line: str) -> tuple[str, ...]:
    return tuple(opener.kind for opener in openers_of(line))
