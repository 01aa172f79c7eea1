"""Lists whose numbers stand apart from their texts: the texts first, then "Probabilities: 0.2, 0.1"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ....patterns import regex
from ...numbers.hedges import ABOUT
from ...numbers.labelled import Labels
from ...numbers.marks import Mark
from ...numbers.missing import is_missing
from ...numbers.number import MISSING_NUMBER, NUMBER, Number, number_of
from ...page.items import Item
from ...page.lines import Line
from ...page.openers import openers_of
from ...page.outline import Outline

__all__ = ["items_with", "numbers_apart"]

_NUMBER_LINE = regex(
    rf"[\s>*_`]{{0,12}}(?:[-*•]\s{{1,3}})?(?:(?:(?:[^\W\d_]{{1,20}}\s)?#?\d{{1,3}}|[*_]{{0,2}}[(（]?[A-Za-z])"
    rf"[*_]{{0,2}}\s?(?:[):：=][*_]{{0,2}}\s{{0,3}}|\.\s{{1,3}}))?[*_]{{0,2}}{ABOUT}\s{{0,2}}"
    rf"{NUMBER}[\s*_`.]{{0,6}}\Z",
    re.IGNORECASE,
)
_BEHIND_COUNT = regex(r"[\s>*_`]{0,12}[(（]?(?:[A-Za-z]|\d{1,3})[*_]{0,2}[):：=.](?P<rest>.{0,20})\Z")
_OPENS_WITH_A = regex(r"[\W_]{0,12}[Aa](?!\w)")
_ARRAY = regex(r"\[\s{0,9}\".*\]")
_COMMA = regex(r"\s?[,;，；、]\s{1,3}")
_COMMAS = tuple(",;，；、")
_ANY_COLON = regex(r"[:：]")


def numbers_apart(lines: list[Line], labels: Labels) -> tuple[Outline, list[Item]] | None:
    """The items of the list above the numbers, if it holds as many."""
    for label, line in enumerate(lines):
        head, colon, rest = _split_at_colon(line.text)
        if not label or not labels.announces(head):
            continue
        written = rest.rstrip("".join(_COMMAS))
        numbers = _numbers(_COMMA.split(written) if rest.strip() else _lines_below(lines, label + 1))
        if (colon or line.openers) and len(numbers) > 1:
            found = _items_above(lines[:label], numbers)
            return found if found or written == rest else _items_above(lines[:label], [*numbers, MISSING_NUMBER])
    return None


def _items_above(lines: list[Line], numbers: Sequence[Number]) -> tuple[Outline, list[Item]] | None:
    return items_with(lines, numbers) or _items_in_array(lines, numbers) or _items_in_line(lines, numbers)


def _items_in_array(lines: list[Line], numbers: Sequence[Number]) -> tuple[Outline, list[Item]] | None:
    """The same for texts that stand in a line as an array: "Responses: ["a", "b"]"."""
    for line in lines:
        array = _ARRAY.search(line.text)
        texts = _array_in(array[0]) if array else []
        if array and len(texts) == len(numbers) and all(isinstance(text, str) for text in texts):
            at = line.start + array.start()
            pieces = [Line(f"- {text}", at, openers_of(f"- {text}")) for text in texts]
            return items_with(pieces, numbers)
    return None


def _items_in_line(lines: list[Line], numbers: Sequence[Number]) -> tuple[Outline, list[Item]] | None:
    """The same for texts that stand in a line, parted as the numbers are: "Responses: Tea; Milk"."""
    for line in reversed(lines):
        head, colon, rest = _split_at_colon(line.text)
        texts = [text.strip() for text in _COMMA.split(rest)] if colon else []
        if len(texts) == len(numbers) and all(texts):
            pieces = [Line(f"- {text}", line.start + len(head), openers_of(f"- {text}")) for text in texts]
            return items_with(pieces, numbers)
    return None


def _array_in(array: str) -> list[Any]:
    try:
        value: list[Any] = json.loads(array)
    except (ValueError, RecursionError):
        return []
    return value


def _split_at_colon(line: str) -> tuple[str, str, str]:
    colon = _ANY_COLON.search(line, 0, 40)
    return (line[: colon.end()], colon[0], line[colon.end() :].strip("* _[]")) if colon else (line, "", "")


def _lines_below(lines: list[Line], first: int) -> Iterator[str]:
    """The lines from one on up to a blank one; blank ones before them don't count."""
    begun = False
    for at in range(first, len(lines)):
        if not lines[at].blank:
            begun = True
            yield lines[at].text
        elif begun:
            return


def _numbers(written: Iterable[str]) -> list[Number]:
    """The numbers, if nothing else is written but what says that one is missing; it stops at the first that is."""
    numbers: list[Number] = []
    stated = 0
    for one in written:
        match = _NUMBER_LINE.match(one)
        if match is None and not (is_missing(one) or _lacks_number(one)):
            return []
        numbers.append(MISSING_NUMBER if match is None else number_of(match))
        stated += match is not None
    return numbers if 2 * stated > len(numbers) else []


def _lacks_number(one: str) -> bool:
    """Whether nothing stands behind the count or the letter of a number, or what says that there is none."""
    found = _BEHIND_COUNT.match(one)
    return found is not None and is_missing(found["rest"])


def _from_first_letter(lines: list[Line], kind: str, starts: list[int]) -> list[int]:
    """Where items begin, for letters from the last "A" on: "Q: …" only asks."""
    if not kind.startswith("letter"):
        return starts
    first = (at for at in reversed(range(len(starts))) if _OPENS_WITH_A.match(lines[starts[at]].text))
    return starts[next(first, 0) :]


def items_with(lines: list[Line], numbers: Sequence[Number]) -> tuple[Outline, list[Item]] | None:
    """The items of the list that has as many as there are numbers, each with its own."""
    outline = Outline()
    for line in lines:
        outline.add(line)
    for number in numbers:
        outline.places.append(len(lines))
        outline.marks.append(Mark(number, 0, 0))
    for kind in outline.kinds():
        starts = _from_first_letter(lines, kind, outline.starts[kind])
        if len(starts) == len(numbers):
            ends = [*starts[1:], len(lines)]
            spans = enumerate(zip(starts, ends, strict=True))
            return outline, [Item(a, b, outline.opener(a, kind), i, i + 1) for i, (a, b) in spans]
    return None
