"""A reply that is one answer and how sure it is: "Paris (confidence: 95%)"."""

from __future__ import annotations

from ....patterns import regex
from ....replies.refusal import looks_like_refusal
from ...language.text_label import TEXT_LABEL
from ...numbers.amounts import is_share
from ...numbers.marks import Mark
from ...numbers.number import Unit
from ...numbers.unlabelled import unlabelled
from ...page.items import Item, has_text
from ...page.lines import Line
from ...page.openers import NO_HEADING, Opener
from ...page.outline import Outline

__all__ = ["single_answer"]

_LETTER = regex(r"[^\W_]")
_SETS_OFF = "([（【,，;；:：—–-|.!?。"
_SHORTEST_LABEL = 4  # letters; "p = 0.03" may close any sentence
_LONGEST_ANSWER = 300


def single_answer(outline: Outline) -> tuple[Outline, list[Item]] | None:
    """The only candidate of a reply, and its number, which closes its line or stands alone below it."""
    lines = outline.lines
    said = [i for i, line in enumerate(lines) if not line.blank]
    if not said or len(lines[said[0]].text) > _LONGEST_ANSWER or looks_like_refusal(lines[said[0]].text):
        return None
    if not outline.marks and len(said) == 1 and TEXT_LABEL.match(lines[said[0]].text):
        mark = unlabelled(lines[said[0]].text)
        outline = outline.marked({said[0]: mark} if mark else {})
    if len(outline.marks) != 1 or len(said) > 2 or outline.places[0] != said[-1]:
        return None
    mark, line = outline.marks[0], lines[said[-1]]
    if not _is_share(mark) or not _is_set_off(line, mark) or (len(said) == 1) == _is_alone(line, mark):
        return None
    item = Item(said[0], said[-1] + 1, Opener("line", NO_HEADING, 0), 0, 1)
    return (outline, [item]) if has_text(outline, item) else None


def _is_share(mark: Mark) -> bool:
    number = mark.number
    if mark.label and len(mark.label) < _SHORTEST_LABEL:
        return False
    return number.stated is not None and (number.unit is Unit.PERCENT or is_share(number.stated))


def _is_alone(line: Line, mark: Mark) -> bool:
    return not _LETTER.search(line.text, 0, mark.start)


def _is_set_off(line: Line, mark: Mark) -> bool:
    """Whether a number closes its line, and no sentence holds it."""
    if _LETTER.search(line.text, mark.end) or mark.start == mark.end:
        return False
    before = line.text[: mark.start].rstrip(" *_`")
    return not before or line.text[mark.start] in _SETS_OFF or before[-1] in _SETS_OFF
