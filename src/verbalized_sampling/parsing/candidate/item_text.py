"""The text of a list item without what opens it, what decorates it, and its number."""

from __future__ import annotations

import re

from ...patterns import regex
from ...values.repairs import Repair
from ..language import names
from ..language.text_label import TEXT_LABEL
from ..language.words import MARKS
from ..numbers.labelled import labels_in
from ..numbers.marks import Mark
from ..numbers.number import Number
from ..numbers.restated import without_brackets
from ..page.items import Item
from ..page.lines import Line, has_fence, is_rule, lines_of
from ..page.openers import NO_HEADING, Opener
from ..page.outline import Outline
from .decoration import undecorated, unquoted_text
from .found import Draft
from .item_fields import FIELD_LINE
from .item_line import TEXT_EDGES, is_remarked, without_numbers

__all__ = ["draft_of", "labelled_in"]

_MORE_THAN_A_TITLE = 2
_MOST_IN_A_LINE = 8  # in one line; more are no statement of this candidate's
_TITLE_EDGES = " \t*_`:"
_ASKING = "?？؟"
_BOLD_LINE = regex(r"\s*(\*\*|__)[^*_\n]{1,80}\1:?\s*\Z")
_ASIDE_LABEL = regex(
    rf"[ \t>]{{0,8}}(?:[-*•][ \t]+)?[*_`]{{0,3}}(?P<word>[^\W\d_](?:[^\W\d_]|[{MARKS}]){{1,19}})[*_`]{{0,3}}[:：]"
)
_BOUND_ALONE = regex(r">=?\s?[$€£]?\d[\d.,]*\s?(?:[%％]|[°º]?[^\W\d_]{1,12})?\s*\Z")  # "> 3%"


def labelled_in(text: str) -> tuple[Number, str] | None:
    """The only labelled number in a text, and the text without it; None unless there is exactly one."""
    labels = labels_in(text)
    if labels is None:
        return None
    outline = Outline()
    for line in lines_of(text, 0, len(text)):
        outline.add(line, labels.marks(line.text))
    if len(outline.marks) != 1:
        return None
    draft = draft_of(outline, Item(0, len(outline.lines), Opener("text", NO_HEADING, 0), 0, 1))
    return outline.marks[0].number, draft.text


def draft_of(outline: Outline, item: Item, fields: frozenset[str] = frozenset()) -> Draft:
    """An item's text without what opens it and without its number.

    Args:
        outline: The lines and the numbers in them.
        item: Which of the lines.
        fields: The labels of lines that are no part of the text.
    """
    lines, places, marks = outline.lines, outline.places, outline.marks
    pieces: list[str] = []
    low, high = item.low, max(item.high, item.repeats)
    number = marks[item.low].number if item.marks else None
    loose = _loose_fences(lines, item) if item.last - item.first > 1 else ()
    left = False  # something said beside the text was left out
    labelled = any(o.kind.startswith("text:") for o in lines[item.first].openers)  # says which piece is the text
    begun: list[str] = []  # the first pieces kept that say something: looking at all would take quadratic time
    beside: dict[str, str] = {}
    for i in range(item.first, item.last):
        if i in outline.asides or i in loose:
            left = left or i in outline.asides
            continue
        taken: list[Mark] = []
        while low < high and places[low] == i:
            taken.append(marks[low])
            low += 1
        if len(taken) > _MOST_IN_A_LINE:
            taken = []
        written = without_numbers(lines[i], taken, opens=i == item.first)
        if i > item.first and taken and begun and is_remarked(lines[i], taken[-1]):
            left = True
            continue
        if taken and not any(map(str.isalnum, written)):
            continue
        if fields and i > item.first and (field := FIELD_LINE.match(written)) and field["word"].casefold() in fields:
            beside[field["word"]] = field["said"].strip()
            continue
        if labelled and (aside := _ASIDE_LABEL.match(written)) and names.is_aside(aside["word"]):
            left = True
            continue
        label = _label_of_text(written, begun, lines[item.first])
        if label and begun:
            pieces.clear()
            begun, left = [], True
        if label and (i == item.first or label.end() < len(written) or i + 1 < item.last):
            written, labelled = written[label.end() :], True
            if not written.strip():
                continue
        pieces.append(written)
        if len(begun) < _MORE_THAN_A_TITLE and written.strip():
            begun.append(written)
    text = _plain_text(pieces, number)
    if not text and item.is_named:
        text = lines[item.first].text[: item.opener.body].strip(TEXT_EDGES + "*_`#>")  # "Plan A (60%)"
    repairs = (Repair.PROSE,) if left else ()
    return Draft(text, number, lines[item.first].start, lines[item.last - 1].end, repairs=repairs, beside=beside)


def _label_of_text(written: str, begun: list[str], first: Line) -> re.Match[str] | None:
    """The label that says that a line begins the text; behind more than a title it is a part of the text.

    Args:
        written: The line.
        begun: What is kept of the item so far.
        first: Its first line.
    """
    if not any(sign in written for sign in ":：="):
        return None
    if begun and (len(begun) > 1 or not _is_title(first, begun[0])):
        return None
    label = TEXT_LABEL.match(written)
    is_of_riddle = label is not None and bool(begun) and "answer" in label[0].casefold()
    return None if is_of_riddle else label


def _plain_text(pieces: list[str], number: Number | None) -> str:
    """The text that pieces make, without rules around it, marks of a quotation or decoration, and its own number."""
    body = ("\n".join(_between_rules(pieces)) if len(pieces) > 1 else "".join(pieces)).strip()
    if body[:1] == ">" and not _BOUND_ALONE.match(body) and all(line.startswith(">") for line in body.split("\n")):
        body = "\n".join(line[1:].removeprefix(" ") for line in body.split("\n"))
    return unquoted_text(undecorated(without_brackets(body, number))) if body else ""


def _is_title(line: Line, title: str) -> bool:
    """Whether all that is kept of an item is its title; then the text may stand behind its label, below."""
    if title.rstrip("*_ ")[-1:] in (":", "："):
        return True
    if title.rstrip(_TITLE_EDGES)[-1:] in _ASKING:
        return False
    return _BOLD_LINE.match(title) is not None or any(
        opener.rank < NO_HEADING or opener.kind.startswith(("label:", "title:")) for opener in line.openers
    )


def _loose_fences(lines: list[Line], item: Item) -> list[int]:
    """The first or the last line if it is a fence without its other half: that of a fence around the whole list."""
    fences = [i for i in range(item.first, item.last) if has_fence(lines[i])]
    return [i for i in fences if i in (item.first, item.last - 1)] if len(fences) % 2 else []


def _between_rules(pieces: list[str]) -> list[str]:
    """The lines of a text without the rules that set it off; one between two scenes stays."""
    first, last = 0, len(pieces)
    while first < last and (is_rule(pieces[first]) or not pieces[first].strip()):
        first += 1
    while first < last and (is_rule(pieces[last - 1]) or not pieces[last - 1].strip()):
        last -= 1
    return pieces[first:last]
