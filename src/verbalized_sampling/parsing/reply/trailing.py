"""Numbers that close their texts, where none stands beside them: "Rain again (0.15)"."""

from __future__ import annotations

import re

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.found import Block
from ..language.text_label import TEXT_LABEL
from ..numbers.amounts import is_share
from ..numbers.number import NUMBER, Number, Unit, number_of, plain_digits
from ..numbers.restated import LABEL, LONGEST_STATEMENT

__all__ = ["take_numbers"]

_TAIL = regex(
    rf"[\s,;|:\-–—]{{0,6}}(?P<open>[(\[（【]?)\s?(?P<label>(?<!\w)(?:{LABEL})\s{{0,2}}(?:[:：=≈~]|of|is)?)?"
    rf"\s{{0,2}}[≈~]?\s?{NUMBER}\s?[)\]）】]?[\s.]{{0,3}}\Z",
    re.IGNORECASE,
)


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
    begin = max(0, len(text) - LONGEST_STATEMENT)
    end = plain_digits(text[begin:])
    for match in _TAIL.finditer(end):
        number = number_of(match)
        rest = text[: begin + match.start()].rstrip()
        labelled = match["label"] is not None
        if not rest or number.stated is None:
            return None
        marked = number.unit is not Unit.BARE or ("." in match["number"] and is_share(number.stated))
        apart = (
            labelled
            or match["open"]
            or any(sign in match[0][: match.start("number") - match.start()] for sign in "-–—|:,")
        )
        return (rest, number, labelled) if labelled or (marked and apart) else None
    return None
