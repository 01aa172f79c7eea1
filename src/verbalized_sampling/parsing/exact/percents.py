"""Lists of one line an item whose percents no label names, all alike: "- Paris - 45%", "Paris: 45%".

Only texts of words are read here: nothing but the line's own end may state a number, and nothing may be taken for a
label of it.
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
from ..language.remarks import is_closing_remark
from ..language.text_label import TEXT_LABEL
from ..numbers.labelled import labels_in
from ..numbers.number import Number, Unit
from ..page.openers import may_open, openers_of
from ..page.signs import in_batches, signs_of
from .uniform import UniformLines

__all__ = ["UniformPercents", "read_percents"]

_ONLY_WORDS = r"[^\W\d_].*[^\W\d_]\W{0,2}?"
_PERCENT_LINE = regex(
    rf"(?P<opener>[-•] |(?P<ordinal>\d{{1,3}})[.)] )?(?P<text>{_ONLY_WORDS})(?P<between>: | [-–—] )"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?)%"
)
_SIGN_OF_MORE = regex("[\\d:：=(（【\r\v\f\x1c-\x1e\x85\u2028\u2029*_`#|<>{}\\[\\]\\\\$~◁%％\ud800-\udfff]")
_NEAR_PERCENT = 80  # characters before a number within which a label names it
_FEWEST_BLANKS = 2  # in a text; shorter ones are quickly read with care
_FEWEST_PERCENTS = 3  # that make a list beyond doubt


class UniformPercents(UniformLines):
    """Reads lines while they are written, as far as they are like one of them."""

    __slots__ = ("_between",)

    def __init__(self, first: re.Match[str]) -> None:
        pattern = _pattern(first["opener"] or "", first["between"], counted=first["ordinal"] is not None)
        super().__init__(pattern, int(first["ordinal"] or 0))
        self._between = first["between"]

    @classmethod
    def like(cls, line: str) -> Self | None:
        """Those in which a line is an item; None if it has another shape."""
        first = _PERCENT_LINE.fullmatch(line)
        return None if first is None else cls(first)

    def read(self, lines: list[str]) -> tuple[str, Number] | None:
        """The text and the number of an item; None if it may be read otherwise in the whole list."""
        found = self._pattern.fullmatch(lines[0])
        if found is None or any(lines[1:]):
            return None
        text, number = found[2].rstrip(TEXT_EDGES), Number(float(found[3]), Unit.PERCENT)
        signs = signs_of(text)
        if signs and _SIGN_OF_MORE.search(signs):
            return None
        if (
            _may_be_other(text, self._between)
            or labels_in(text[-_NEAR_PERCENT:]) is not None
            or is_closing_remark(lines[0])
        ):
            return None
        return None if len(text) <= LONGEST and is_placeholder(text, number) else (text, number)


def read_percents(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but such lines; otherwise None."""
    first = _PERCENT_LINE.match(text)
    if first is None or text[first.end() : first.end() + 1] != "\n":
        return None
    counted = first["ordinal"] is not None
    items = _pattern(first["opener"] or "", first["between"], counted=counted).findall(text)
    written = text.rstrip("\n")
    if len(items) < _FEWEST_PERCENTS or "\n\n" in written or len(items) != written.count("\n") + 1:
        return None
    ordinals, said, stated = zip(*items, strict=True)
    if counted and ordinals != tuple(map(str, range(1, len(items) + 1))):
        return None
    texts = [answer.rstrip(TEXT_EDGES) for answer in said]
    lines = written.split("\n")
    if any(_may_be_other(answer, first["between"]) for answer in texts) or any(map(is_closing_remark, lines)):
        return None
    for some in in_batches([answer[-_NEAR_PERCENT:] + first["between"] for answer in texts]):
        if labels_in(some) is not None:
            return None
    for some in in_batches(texts):
        if _SIGN_OF_MORE.search(signs_of(some)):
            return None
        if not counted and may_count(some) and label_words(text):
            return None
    numbers = [Number(float(number), Unit.PERCENT) for number in stated]
    if any(len(t) <= LONGEST and is_placeholder(t, number) for t, number in zip(texts, numbers, strict=True)):
        return None
    return Columns(texts, numbers, repairs=(Repair.OTHER_FORMAT,))


@lru_cache(maxsize=64)
def _pattern(opener: str, between: str, *, counted: bool) -> re.Pattern[str]:
    opens = rf"(\d{{1,3}}){re.escape(opener[-2:])}" if counted else f"(){re.escape(opener)}"
    return re.compile(rf"^{opens}({_ONLY_WORDS}){between}(\d{{1,2}}(?:\.\d{{1,2}})?)%$", re.MULTILINE)


def _may_be_other(text: str, between: str) -> bool:
    """Whether a text may be no answer: a name or a label, or what opens another item ("a. Paris")."""
    if text.count(" ") < _FEWEST_BLANKS or (may_open(text) and openers_of(text)):
        return True
    return TEXT_LABEL.match(text + between) is not None
