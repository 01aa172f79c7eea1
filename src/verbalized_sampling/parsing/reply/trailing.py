"""Numbers that a text says itself: instead of one beside it ("Rain again (0.15)"), or once more."""

from __future__ import annotations

import re

from ...repairs import Repair
from ..candidate.found import Block
from ..language.text_label import TEXT_LABEL
from ..language.words import PROBABILITY_WORDS
from ..numbers.number import NUMBER, Number, Unit, number_of, plain_digits

__all__ = ["take_numbers", "without_number"]

_LABEL = "|".join(sorted(map(re.escape, ("p", "prob", "pr", *PROBABILITY_WORDS)), key=len, reverse=True))
_TAIL = re.compile(
    rf"[\s,;|:\-–—]{{0,6}}(?P<open>[(\[（【]?)\s?(?P<label>(?<!\w)(?:{_LABEL})\s{{0,2}}(?:[:：=≈~]|of|is)?)?"
    rf"\s{{0,2}}[≈~]?\s?{NUMBER}\s?[)\]）】]?[\s.]{{0,3}}\Z",
    re.IGNORECASE,
)
_LINE = re.compile(
    rf"[\s>*_`(\[（\-–—•~]{{0,12}}(?:estimated\s)?(?:(?:{_LABEL})[\s*_`]{{0,6}}[:：=≈]?|p\s?[=:≈])[\s*_`]{{0,6}}[≈~]?\s?"
    rf"{NUMBER}[\s*_`)\]）.。]{{0,8}}\Z",
    re.IGNORECASE,
)
_LONGEST = 80  # characters of a number with its label


def take_numbers(block: Block) -> None:
    """Gives each candidate of a block the number that closes its text, if that is where all of them have theirs."""
    if block.has_numbers or not block.drafts:
        return
    found = [_tail(draft.text) for draft in block.drafts]
    told = [tail for tail in found if tail is not None]
    if len(told) < len(found) or (len(told) == 1 and not told[0][2]):
        return
    for draft, (text, number, labelled) in zip(block.drafts, told, strict=True):
        draft.text = TEXT_LABEL.sub("", text, count=1) if labelled and TEXT_LABEL.match(text) else text
        draft.number = Number(number.stated, number.unit, number.repair or Repair.NUMBER_FORMAT)


def _tail(text: str) -> tuple[str, Number, bool] | None:
    """A text without the number that closes it, that number, and whether a label says what it is."""
    begin = max(0, len(text) - _LONGEST)
    end = plain_digits(text[begin:])
    for match in _TAIL.finditer(end):
        number = number_of(match)
        rest = text[: begin + match.start()].rstrip()
        labelled = match["label"] is not None
        if not rest or number.stated is None:
            return None
        marked = number.unit is not Unit.BARE or ("." in match["number"] and 0.0 <= number.stated <= 1.0)
        apart = (
            labelled
            or match["open"]
            or any(sign in match[0][: match.start("number") - match.start()] for sign in "-–—|:,")
        )
        return (rest, number, labelled) if labelled or (marked and apart) else None
    return None


def without_number(text: str, stated: float | None) -> str | None:
    """A text without its first or last line if that says nothing but its number again; None of any other."""
    if stated is None or "\n" not in text:
        return None
    head, _, tail = text.rpartition("\n")
    if _says_again(tail, stated):
        return head.rstrip() or None
    head, _, tail = text.partition("\n")
    return (tail.strip() or None) if _says_again(head, stated) else None


def _says_again(line: str, stated: float) -> bool:
    if len(line) > _LONGEST or not any(map(str.isdigit, line)):
        return False
    match = _LINE.match(plain_digits(line))
    again = number_of(match).stated if match else None
    if again is None:
        return False
    return any(
        abs(one - other) < 1e-9 for one, other in ((again, stated), (again / 100, stated), (again, stated / 100))
    )
