"""Lists whose numbers stand apart from their texts: the texts first, then "Probabilities: 0.2, 0.1"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .items import Item
from .labels import Labels
from .lines import Line
from .marks import ABOUT, Mark
from .number import NUMBER, Number, number_of
from .outline import Outline

__all__ = ["items_with", "numbers_apart"]

_NUMBER = re.compile(
    rf"[\s>*_`]{{0,12}}(?:[-*•]\s{{1,3}})?(?:(?:[^\W\d_]{{1,20}}\s)?#?\d{{1,3}}\s?(?:[):：=]\s{{0,3}}|\.\s{{1,3}}))?[*_]{{0,2}}{ABOUT}\s{{0,2}}"
    rf"{NUMBER}[\s*_`.]{{0,6}}\Z",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s?[,;，；、]\s{1,3}")
_COLON = re.compile(r"[:：]")


def numbers_apart(lines: list[Line], labels: Labels) -> tuple[Outline, list[Item]] | None:
    """The items of the list above the numbers, if it holds as many."""
    for label, line in enumerate(lines):
        head, colon, rest = _split(line.text)
        if not label or not labels.announces(head):
            continue
        numbers = list(map(_number, _COMMA.split(rest))) if rest.strip() else _below(lines, label + 1)
        if (colon or line.openers) and len(numbers) > 1 and all(numbers):
            return items_with(lines[:label], [number for number in numbers if number])
    return None


def _split(line: str) -> tuple[str, str, str]:
    colon = _COLON.search(line, 0, 40)
    return (line[: colon.end()], colon[0], line[colon.end() :].strip("* _[]")) if colon else (line, "", "")


def _below(lines: list[Line], first: int) -> list[Number | None]:
    """The numbers of the lines from one on up to a blank one, or to one without; blank ones before don't count."""
    while first < len(lines) and lines[first].blank:
        first += 1
    numbers: list[Number | None] = []
    while first < len(lines) and not lines[first].blank:
        numbers.append(_number(lines[first].text))
        if numbers[-1] is None:
            break
        first += 1
    return numbers


def _number(written: str) -> Number | None:
    match = _NUMBER.match(written)
    return number_of(match) if match else None


def items_with(lines: list[Line], numbers: Sequence[Number]) -> tuple[Outline, list[Item]] | None:
    """The items of the list that has as many as there are numbers, each with its own."""
    outline = Outline()
    for line in lines:
        outline.add(line)
    for number in numbers:
        outline.places.append(len(lines))
        outline.marks.append(Mark(number, 0, 0))
    for kind in outline.kinds():
        starts = outline.starts[kind]
        if len(starts) == len(numbers):
            ends = [*starts[1:], len(lines)]
            spans = enumerate(zip(starts, ends, strict=True))
            return outline, [Item(a, b, outline.opener(a, kind), i, i + 1) for i, (a, b) in spans]
    return None
