"""Candidates under headings that are all alike: "### Response 1 (Probability: 0.1)", and the text below.

The careful way reads the first of them; what it makes of these, one split makes of all. Only texts in which nothing
could be taken for anything else are read here: paragraphs of words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex
from ...repairs import Repair
from ..candidate.asked import UNTYPED
from ..candidate.columns import Columns
from ..candidate.placeholders import LONGEST, is_placeholder
from ..language.remarks import is_closing_remark, is_remark, is_sure_remark
from ..numbers.labelled import labels_in
from ..numbers.number import Number, Unit
from ..page.openers import may_open, openers_of
from ..readers.lists.blocks import list_blocks

__all__ = ["read_headed"]

_FIRST_HEAD = regex(
    r"(?P<before>[#*_ \t]{0,10}(?P<word>[^\W\d_]{2,20})[ \t]#?)1(?P<between>(?!\d)[^\n\d]{1,40})"
    r"(?P<number>0?\.\d{1,6}|\d{1,2}(?:\.\d{1,4})?(?P<percent>\s?%))(?P<behind>[^\n\w]{0,12}(?P<gap>\n\n?))(?=[^\W\d_])"
)
# Whatever could open or decorate something, or belong to another format.
_NO_SIGN_OF_WORDS = regex("[*_`|#<>{}\\[\\]\\\\$~◁=\r\v\f\x1c-\x1e\x85\u2028\u2029\ud800-\udfff]")
_NO_WORD_BEGINS = regex(r"\n(?![^\W\d_])")
_EARLY_COLON = regex(r"^[^\n:：]{0,66}[:：]", re.MULTILINE)
_COUNTS_ON = regex(r"[2B](?!\w)")
_SHORT_NAME = regex(r"(?:^|[,;\t ])(?:p|pr|prob|pct)\.?[ \t]*(?:$|[,;\t])", re.IGNORECASE | re.MULTILINE)
_DIGIT_OR_COLON = regex(r"[0-9:：٠-٩۰-۹०-९০-৯๐-๙０-９]")
_DIGIT_IN_BRACKETS = regex(r"[(（【][^()\n]{0,80}\d")
_READ_FIRST = 3
_ENDED = frozenset(".!?…。！？\"'”’»」)")


def read_headed(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but paragraphs under counted heads; otherwise None."""
    first = _FIRST_HEAD.match(text)
    if first is None:
        return None
    pieces = _heads(first["before"], first["between"], first["percent"] or "", first["behind"]).split(text)
    ordinals, stated, bodies = pieces[1::3], pieces[2::3], list(map(str.strip, pieces[3::3]))
    count = len(bodies)
    if count <= _READ_FIRST or pieces[0] or ordinals != list(map(str, range(1, count + 1))):
        return None
    unit = Unit.PERCENT if first["percent"] else Unit.BARE
    numbers = [Number(float(number), unit) for number in stated]
    if not _are_plain(bodies, first["word"]) or not _ends_with_text(bodies[-1]):
        return None
    for body, number in zip(bodies, numbers, strict=True):
        if len(body) <= LONGEST and is_placeholder(body, number):
            return None
    behind = sum(map(len, pieces[: 3 * _READ_FIRST + 1])) + _READ_FIRST * (len(first[0]) - 1 - len(first["number"]))
    if not _are_read_so(text[:behind], bodies[:_READ_FIRST], numbers[:_READ_FIRST]):
        return None
    plain = numbers if first["percent"] else [float(number) for number in stated]
    return Columns(bodies, plain, repairs=(Repair.OTHER_FORMAT,))


@lru_cache(maxsize=64)
def _heads(before: str, between: str, percent: str, behind: str) -> re.Pattern[str]:
    number = r"(\d{1,2}(?:\.\d{1,4})?)" if percent else r"(0?\.\d{1,6})"
    shape = rf"^{re.escape(before)}(\d{{1,3}}){re.escape(between)}{number}{re.escape(percent)}{re.escape(behind)}"
    return re.compile(shape, re.MULTILINE)


def _are_plain(bodies: list[str], word: str) -> bool:
    """Whether texts are paragraphs of words in which nothing opens an item, labels a number or counts."""
    said = "\n".join(bodies)
    if (
        not all(bodies)
        or not said[0].isalpha()
        or _NO_SIGN_OF_WORDS.search(said)
        or _NO_WORD_BEGINS.search(said)
        or _COUNTS_ON.search(said)
    ):
        return False
    if _DIGIT_OR_COLON.search(said) and (
        _EARLY_COLON.search(said)
        or _DIGIT_IN_BRACKETS.search(said)
        or _SHORT_NAME.search(said)
        or labels_in(said) is not None
    ):
        return False
    begun = word[:2].casefold()
    doubtful = [line for line in said.split("\n") if may_open(line) or line[:2].casefold() == begun]
    return not any(openers_of(line) or line[: len(word)].casefold() == word.casefold() for line in doubtful)


def _ends_with_text(last: str) -> bool:
    """Whether the last text is neither a remark, nor cut off."""
    opening = last.partition("\n")[0]
    if is_closing_remark(opening) or is_remark(opening) or is_sure_remark(opening):
        return False
    return last[-1] in _ENDED


def _are_read_so(text: str, bodies: list[str], numbers: list[Number]) -> bool:
    """Whether the careful way reads these candidates in a text, and finds nothing to mend."""
    blocks = list_blocks(text, 0, len(text), UNTYPED)
    if len(blocks) != 1 or [*blocks[0].repairs] != [Repair.OTHER_FORMAT] or blocks[0].dropped:
        return False
    block = blocks[0]
    if not (block.complete and (block.labelled or numbers[0].unit is Unit.PERCENT)):
        return False
    return [(d.text, d.number, d.repairs) for d in block.drafts] == [
        (body, number, ()) for body, number in zip(bodies, numbers, strict=True)
    ]
