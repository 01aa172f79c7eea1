"""Candidates under headings that are all alike: "### Response 1 (Probability: 0.1)", and the text below.

The careful way reads the first of them and the last; what it makes of these, one pattern makes of all. Only texts in
which nothing could be taken for anything else are read here: paragraphs of words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Self

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import UNTYPED
from ..candidate.columns import Columns
from ..candidate.found import Block, Draft
from ..candidate.placeholders import LONGEST, is_placeholder
from ..language.counting import may_count
from ..language.remarks import is_remark
from ..numbers.labelled import labels_in
from ..numbers.number import Number, Unit
from ..page.openers import may_open, openers_of
from ..page.signs import in_batches, signs_of
from ..readers.lists.blocks import list_blocks

__all__ = ["UniformHeads", "read_headed"]

_HEAD_SHAPE = (
    r"(?P<before>[#*_ \t]{{0,10}}(?P<word>[^\W\d_]{{2,20}})[ \t]#?)(?P<ordinal>{0})(?P<between>(?!\d)[^\n\d]{{1,40}})"
    r"(?P<number>0?\.\d{{1,6}}|\d{{1,2}}(?:\.\d{{1,4}})?(?P<percent>\s?%))(?P<behind>[^\n\w]{{0,12}}{1})"
)
_FIRST_HEAD = regex(_HEAD_SHAPE.format("1", r"\n\n?") + r"(?=[^\W\d_])")
_ONE_HEAD = regex(_HEAD_SHAPE.format(r"\d{1,3}", ""))
# Whatever could open or decorate something, or belong to another format.
_NO_SIGN_OF_WORDS = regex("[*_`|#<>{}\\[\\]\\\\$~◁=\r\v\f\x1c-\x1e\x85\u2028\u2029\ud800-\udfff]")
_NO_WORD_BEGINS = regex(r"\n(?![^\W\d_])")
_EARLY_COLON = regex(r"^[^\n:：]{0,66}[:：]", re.MULTILINE)
_SHORT_NAME = regex(r"(?:^|[,;\t ])(?:p|pr|prob|pct)\.?[ \t]*(?:$|[,;\t])", re.IGNORECASE | re.MULTILINE)
_DIGIT_OR_COLON = regex(r"[0-9:：٠-٩۰-۹०-९০-৯๐-๙０-９]")
_DIGIT_IN_BRACKETS = regex(r"[(（【][^()\n]{0,80}\d")
_MARK_OF_HEADS = 3  # characters of a head that few other lines begin with
_READ_WITH_CARE = 3  # candidates at the start and at the end
_ENDED = frozenset(".!?…。！？\"'”’»」)")


def read_headed(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but paragraphs under counted heads; otherwise None."""
    first = _FIRST_HEAD.match(text)
    if first is None:
        return None
    starts, at = [0], first.end()
    stated = [float(first["number"].removesuffix(first["percent"] or ""))]
    bodies: list[str] = []
    for head in _heads(first["before"], first["between"], first["percent"] or "", first["behind"]).finditer(text, at):
        bodies.append(text[at : head.start()].strip())
        starts.append(head.start())
        at = head.end()
        if head[1] != str(len(starts)):
            return None
        stated.append(float(head[2]))
    if len(starts) <= _READ_WITH_CARE:
        return None
    unit = Unit.PERCENT if first["percent"] else Unit.BARE
    known = {number: Number(number, unit) for number in set(stated)}  # (replies repeat few numbers)
    found = Columns(bodies, [known[number] for number in stated], repairs=(Repair.OTHER_FORMAT,))
    first_end, last_start = starts[_READ_WITH_CARE], starts[-_READ_WITH_CARE]
    if not _are_read_so(text[:first_end], found) or not _read_last(text, last_start, at, found):
        return None
    if not all(_are_plain(said, first["word"]) for said in in_batches(found.texts)):
        return None
    for body, number in zip(found.texts, stated, strict=True):
        if len(body) <= LONGEST and is_placeholder(body, known[number]):
            return None
    if not first["percent"]:
        found.numbers = stated
    return found


class UniformHeads:
    """Reads paragraphs under counted heads while they are written, as far as the heads are like one of them."""

    __slots__ = ("_at", "_before", "_head", "_unit", "_word", "mark")

    def __init__(self, first: re.Match[str]) -> None:
        self._head = _heads(first["before"], first["between"], first["percent"] or "", first["behind"])
        self._before, self._word = first["before"], first["word"]
        self._unit = Unit.PERCENT if first["percent"] else Unit.BARE
        self._at = int(first["ordinal"])
        self.mark = self._before[:_MARK_OF_HEADS]

    @classmethod
    def like(cls, line: str) -> Self | None:
        """Those in a reply in which a line is a head; None if it is none."""
        first = _ONE_HEAD.fullmatch(line)
        return None if first is None else cls(first)

    def opens(self, line: str, *, next_one: bool) -> bool:
        """Whether a line is a head, the next one if it has to be."""
        found = self._head.fullmatch("\n" + line) if line.startswith(self._before) else None
        if found is None or (next_one and int(found[1]) != self._at + 1):
            return False
        self._at = int(found[1])
        return True

    def goes_on(self, _line: str) -> bool:
        """Whether a line behind a head is a part of its item; as a whole it is looked at when that is complete."""
        return True

    def read(self, lines: list[str]) -> tuple[str, Number] | None:
        """The text and the number of an item; None if it may be read otherwise in the whole reply."""
        found, body = self._head.fullmatch("\n" + lines[0]), "\n".join(lines[1:]).strip()
        if found is None or not _are_plain(body, self._word):
            return None
        number = Number(float(found[2]), self._unit)
        return None if len(body) <= LONGEST and is_placeholder(body, number) else (body, number)


@lru_cache(maxsize=64)
def _heads(before: str, between: str, percent: str, behind: str) -> re.Pattern[str]:
    number = r"(\d{1,2}(?:\.\d{1,4})?)" if percent else r"(0?\.\d{1,6})"
    return re.compile(rf"\n{re.escape(before)}(\d{{1,3}}){re.escape(between)}{number}{re.escape(percent + behind)}")


def _are_plain(said: str, word: str) -> bool:
    """Whether texts are paragraphs of words in which nothing opens an item, labels a number or counts."""
    signs = signs_of(said)
    if _NO_SIGN_OF_WORDS.search(signs) or not said[:1].isalpha() or _NO_WORD_BEGINS.search(said) or may_count(said):
        return False
    if _DIGIT_OR_COLON.search(signs) and (
        _EARLY_COLON.search(said)
        or _DIGIT_IN_BRACKETS.search(said)
        or _SHORT_NAME.search(said)
        or labels_in(said) is not None
    ):
        return False
    begun = word[:2].casefold()
    doubtful = [line for line in said.split("\n") if may_open(line) or line[:2].casefold() == begun]
    return not any(openers_of(line) or line[: len(word)].casefold() == word.casefold() for line in doubtful)


def _are_read_so(text: str, found: Columns) -> bool:
    """Whether the careful way reads the first candidates so, and finds nothing to mend."""
    block = _only_block(text, 0)
    return (
        block is not None
        and block.complete
        and not block.dropped
        and [*block.repairs] == [Repair.OTHER_FORMAT]
        and _same(block.drafts, found, 0)
    )


def _read_last(text: str, start: int, body: int, found: Columns) -> bool:
    """Reads the last text with care, behind the candidates before it: it may break off, or be no text at all.

    Args:
        text: The reply.
        start: Where the candidates start that are read with care.
        body: Where the last text starts.
        found: All candidates, but for the last text.
    """
    last = text[body:].strip()
    if is_remark(last.partition("\n")[0]):
        return False
    block = _only_block(text, start)
    if block is None or not block.drafts or text[block.end :].strip():
        return False
    draft = block.drafts[-1]
    found.texts = [*found.texts, draft.text]
    found.dropped = tuple(block.dropped)
    found.repairs = tuple(dict.fromkeys((*block.repairs, *(dropped.reason for dropped in block.dropped))))
    if not block.complete:
        if draft.repairs != (Repair.CUT_OFF,) or not all(text[-1] in _ENDED for text in found.texts[:-1]):
            return False
        found.truncated = found.unfinished = True
        draft.repairs = ()
    return _same(block.drafts, found, len(found.texts) - _READ_WITH_CARE)


def _only_block(text: str, start: int) -> Block | None:
    """The block of candidates from a place on, if it is one and something says what its numbers are."""
    blocks = list_blocks(text, start, len(text), UNTYPED)
    if len(blocks) != 1 or not blocks[0].drafts:
        return None
    number = blocks[0].drafts[0].number
    return blocks[0] if blocks[0].labelled or (number is not None and number.unit is Unit.PERCENT) else None


def _same(drafts: list[Draft], found: Columns, at: int) -> bool:
    """Whether drafts are the candidates from one of them on, without a repair."""
    texts, numbers = found.texts[at : at + _READ_WITH_CARE], found.numbers[at : at + _READ_WITH_CARE]
    return len(drafts) == _READ_WITH_CARE and all(
        (draft.text, draft.number, draft.repairs) == (text, number, ())
        for draft, text, number in zip(drafts, texts, numbers, strict=True)
    )
