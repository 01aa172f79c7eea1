"""Where the items of a list end: before a closing remark, a title, or what only the last of them would have.

What a closing remark says in which language is known in ``language/remarks.py``.
"""

from __future__ import annotations

from dataclasses import replace

from ....patterns import regex
from ...language.remarks import (
    chooses_candidate,
    greets,
    is_closing_remark,
    is_plain_remark,
    is_remark,
    is_sure_remark,
    may_be_aside,
    points_at_candidate,
)
from ...numbers.number import Unit
from ...page.items import Item, has_text
from ...page.lines import Line, is_fence, is_rule
from ...page.openers import NO_HEADING
from ...page.outline import UNMARKED, Outline

__all__ = ["cut_last", "cut_tails", "ends", "is_colon_title", "paragraphs"]

_QUOTED_EDGES = ' \t*_`"“”«»|,;:：—–-·•→=(（['
_FEWEST_TO_CHOOSE_OF = 2  # candidates that one may be chosen of
_TIGHT = 2  # candidates of a head and one line below it that show that a blank line ends each
_ALIKE = 3  # candidates that show how many paragraphs each has
_LONGEST_SENTENCE = 400  # characters of a sentence that chooses
_HEAD_OF_LINE = 12  # characters in which two closing remarks are compared
_COLON_TITLE = regex(r"[ \t>]{0,8}[^\s:：][^\n:：]{0,60}[:：][*_ \t]{0,4}\Z")
_BOLD_TITLE = regex(r"[ \t]{0,8}(\*\*|__)[^*_]{1,60}\1:?[ \t]{0,8}\Z")


def ends(line: Line, item: Item) -> bool:
    """Whether a line is a heading that can't belong to an item any more."""
    if line.openers and line.openers[0].rank < NO_HEADING and line.openers[0].rank <= item.opener.rank:
        return line.openers[0].kind != item.opener.kind
    return False


def _cut_choice(outline: Outline, items: list[Item]) -> None:
    """Takes the number from a last item that only chooses one of those before it: it repeats a number."""
    marked = [item for item in items if item.marks]
    if len(marked) <= _FEWEST_TO_CHOOSE_OF or not marked[-1].opener.kind.startswith(("bold", *UNMARKED)):
        return
    *others, last = marked
    line = outline.lines[last.first].text[:_LONGEST_SENTENCE]
    said = {_text_before_number(outline, item): _fraction(outline, item) for item in others}
    if is_closing_remark(line):
        if any(is_closing_remark(outline.lines[item.first].text) for item in others):
            return
        repeats = (
            _fraction(outline, last) in said.values()
            or points_at_candidate(line)
            or any(one and one in line for one in said)
        )
    else:
        number = _fraction(outline, last)
        repeats = any(chooses_candidate(line, one) for one, stated in said.items() if stated == number)
    if repeats:
        last.high = last.low


def _fraction(outline: Outline, item: Item) -> float | None:
    """An item's number; the sentence that chooses it may write it in percent or not."""
    number = outline.marks[item.low].number
    if number.stated is None:
        return None
    return round(number.stated / 100 if number.unit is Unit.PERCENT else number.stated, 6)


def _text_before_number(outline: Outline, item: Item) -> str:
    """What the first line of an item says before its number."""
    line, mark = outline.lines[item.first], outline.marks[item.low]
    end = mark.start if outline.places[item.low] == item.first else len(line.text)
    return line.text[line.body : end].strip(_QUOTED_EDGES)


def cut_tails(outline: Outline, items: list[Item]) -> None:
    """Takes closing remarks and the titles of groups off, unless the items have them throughout."""
    _cut_choice(outline, items)
    _cut_sequel(outline, items)
    marked = [item for item in items if item.marks]
    if not marked:
        return
    *others, last = marked
    closing = _closing_remark_in(outline, last)
    if closing and outline.lines[closing].text[:_HEAD_OF_LINE] not in _heads_of_remarks(outline, others):
        _cut_tail(outline, last, closing)
    titled = [item for item in others if _is_titled(outline, item)]
    few = 2 * len(titled) < len(marked)
    for item in titled:
        at = _last_line(outline.lines, item)
        if few or is_colon_title(outline.lines[at]):
            item.last = at


def _cut_sequel(outline: Outline, items: list[Item]) -> None:
    """Ends the last item, which has no number of its own, before a rule or a closing remark that has one."""
    marked = [item for item in items if item.marks]
    if len(marked) <= _FEWEST_TO_CHOOSE_OF:
        return
    *others, last = marked
    at = _sequel(outline, last)
    if at and not any(_sequel(outline, item) for item in others):
        last.last, last.high = at, last.low


def _sequel(outline: Outline, item: Item) -> int:
    """The line before an item's number where a rule or a closing remark stands, or 0."""
    lines = outline.lines
    before = range(item.first + 1, min(outline.places[item.low] + 1, item.last))
    return next(
        (i for i in before if is_rule(lines[i].text) or (_is_set_off(lines, i) and is_closing_remark(lines[i].text))), 0
    )


def _closing_remark_in(outline: Outline, item: Item) -> int:
    """The line after an item's number that begins a closing remark, or 0."""
    lines = outline.lines
    after = range(outline.places[item.low] + 1, item.last)
    return next((i for i in after if _is_set_off(lines, i) and is_closing_remark(lines[i].text)), 0)


def _is_set_off(lines: list[Line], i: int) -> bool:
    return lines[i - 1].blank or is_rule(lines[i - 1].text)


def _heads_of_remarks(outline: Outline, items: list[Item]) -> set[str]:
    """How the closing remarks of items begin."""
    return {outline.lines[i].text[:_HEAD_OF_LINE] for item in items if (i := _closing_remark_in(outline, item))}


def _cut_tail(outline: Outline, item: Item, closing: int) -> None:
    last, high = item.last, item.high
    item.last, item.high = closing, min(high, outline.span(item.first, closing)[1])
    if not has_text(outline, item):  # it was the answer after all
        item.last, item.high = last, high


def _is_titled(outline: Outline, item: Item) -> bool:
    """Whether an item ends with the title of the group that follows: set off in bold, or with a colon."""
    lines = outline.lines
    i = _last_line(lines, item)
    if i <= outline.places[item.high - 1] or i in outline.hidden:
        return False
    return is_colon_title(lines[i]) or (lines[i - 1].blank and _BOLD_TITLE.match(lines[i].text) is not None)


def is_colon_title(line: Line) -> bool:
    """Whether a line, the last of an item, names the group that follows: a colon ends it."""
    return _COLON_TITLE.match(line.text) is not None and all(opener.kind == "bold" for opener in line.openers)


def cut_last(outline: Outline, items: list[Item]) -> None:
    """Ends the last item where the reply goes on to speak of something else, as the items before it show."""
    lines, places = outline.lines, outline.places
    marked = [item for item in items if item.marks]
    if not marked:
        return
    *others, last = marked
    number = places[last.low]
    if others and all(_last_line(lines, item) == places[item.high - 1] for item in others):
        last.last = number + 1
    else:
        last.last = end_of_last_item(outline, others, last, number)
    last.high = min(last.high, outline.span(last.first, last.last)[1])


def end_of_last_item(outline: Outline, others: list[Item], last: Item, number: int) -> int:
    """Where the last item's own paragraphs end: at a rule, a remark, or what no other item has."""
    lines = outline.lines
    begun = paragraphs(lines, last)
    longest = max((len(paragraphs(lines, item)) for item in others), default=0)
    flat = bool(others) and all(_last_line(lines, item) == item.first for item in others)
    tight = len(others) >= _TIGHT and all(_last_line(lines, item) == item.first + 1 for item in others)
    rule = None
    if not any(_is_ruled(lines, item) for item in others):
        rule = next((i for i in range(number + 1, last.last) if is_rule(lines[i].text)), None)
    speaks = _is_letter(lines, begun, number) or any(_ends_so(outline, item) for item in others)
    says, surely = (is_plain_remark, is_plain_remark) if speaks else (is_remark, is_sure_remark)
    own = len(begun)  # paragraphs before those that are remarks to the end
    if not speaks and _stands_out(outline, others, last, begun):
        own -= 1
    while own and says(lines[begun[own - 1]].text):
        own -= 1
    for count, i in enumerate(begun, 1):
        if i <= number:
            continue
        if (rule is not None and rule < i) or (count > longest and (flat or tight or count > own)):
            return i
        line = lines[i].text
        if count > 1 and surely(line) and (is_plain_remark(line) or has_text(outline, replace(last, last=i))):
            return i
    return last.last


def _is_letter(lines: list[Line], begun: list[int], number: int) -> bool:
    """Whether the first lines of an item's text begin a letter."""
    return any(greets(lines[i].text) for i in (*begun[:2], number + 1) if i < len(lines))


def _stands_out(outline: Outline, others: list[Item], last: Item, begun: list[int]) -> bool:
    """Whether all other items have so many paragraphs, and the last one has an extra line that reads like an aside."""
    lines = outline.lines
    if len(others) < _ALIKE or any(len(paragraphs(lines, item)) != len(begun) - 1 for item in others):
        return False
    return _last_line(lines, last) == begun[-1] and may_be_aside(lines[begun[-1]].text)


def _ends_so(outline: Outline, item: Item) -> bool:
    """Whether the last paragraph of an item speaks as a remark does: then it is what such candidates say."""
    begun = paragraphs(outline.lines, item)
    line = outline.lines[begun[-1]].text
    return begun[-1] > outline.places[item.low] and is_remark(line) and not is_closing_remark(line)


def _is_ruled(lines: list[Line], item: Item) -> bool:
    """Whether a rule stands within an item's text, as between the scenes of a story."""
    return any(is_rule(lines[i].text) for i in range(item.first, _last_line(lines, item)))


def _last_line(lines: list[Line], item: Item) -> int:
    i = item.last - 1
    while i > item.first and (lines[i].blank or is_rule(lines[i].text) or is_fence(lines[i].text)):
        i -= 1
    return i


def paragraphs(lines: list[Line], item: Item) -> list[int]:
    """Where the paragraphs of an item begin."""
    return [
        i
        for i in range(item.first, item.last)
        if not (lines[i].blank or is_rule(lines[i].text)) and (i == item.first or _is_set_off(lines, i))
    ]
