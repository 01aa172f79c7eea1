"""Lists that break off: the reply ends amid the text of the last item, or amid its number."""

from __future__ import annotations

from collections.abc import Sequence

from ....patterns import regex
from ...candidate.found import Draft
from ...numbers.amounts import WHOLE_IN_PERCENT, sum_to
from ...page.items import Item
from ...page.outline import Outline

__all__ = ["number_breaks_off", "text_breaks_off"]

_ENDINGS = frozenset(".!?…。！？\"'”’»」*)]\n")
_DANGLES = regex(
    r"(?:[-–—:：=(（\[≈~|]\s{0,2}\d{1,3}[.,]"  # a number that had not come to its decimals
    r"|\A[\s>#*_]{0,8}\d{1,3}[.)]|[:：]\s{0,2}[*_]{0,3})[ \t]*\Z"  # an ordinal or a label with nothing behind it
)
_UNBEGUN = regex(r"[\s*_`]{0,8}0{1,2}(?:[.,]0{0,3})?[.,]?\Z")


def text_breaks_off(text: str, outline: Outline, item: Item, draft: Draft, before: Sequence[Draft]) -> bool:
    """Whether the text ends amid its last item, which has no number yet or is the only one to end in mid-sentence."""
    if text[draft.end :].strip():
        return False
    written = text[draft.start :].rstrip(" \t").rpartition("\n")[2]
    if not item.marks:
        return not _is_ended(written) or _DANGLES.search(written) is not None or written.count("**") % 2 == 1
    if _is_ended(written) or _is_ended(draft.text):  # what stands behind is said of its number
        return False
    at = outline.places[item.low]
    if not item.first <= at < item.last:  # its number stands apart
        return False
    numbered_last = item.last == at + 1 and not outline.lines[at].text[outline.marks[item.low].end :].strip()
    return not numbered_last and bool(before) and all(_is_ended(other.text) for other in before)


def number_breaks_off(text: str, outline: Outline, item: Item, before: Sequence[Draft]) -> bool:
    """Whether the reply ends amid the number of its last item: with a zero, where no other number is one."""
    if not item.marks:
        return False
    at, mark = outline.places[item.low], outline.marks[item.low]
    if mark.number.stated != 0 or not item.first <= at < item.last:
        return False
    line = outline.lines[at]
    rest = text[line.start + mark.end :]
    if rest not in ("", ".", ",") or not _UNBEGUN.search(text, line.start + mark.start):
        return False
    stated = [other.number.stated for other in before if other.number is not None and other.number.stated is not None]
    return 0.0 not in stated and not (sum_to(stated) or sum_to(stated, WHOLE_IN_PERCENT))


def _is_ended(text: str) -> bool:
    return not text or text.rstrip(" \t")[-1:] in _ENDINGS
