"""Marks of numbers in a line: from where to where a statement reaches, with what encloses and what repeats it."""

from __future__ import annotations

from typing import NamedTuple

from ...patterns import regex
from ..language import names
from .number import Number

__all__ = ["SHORT", "Mark", "with_brackets"]

SHORT = 40  # characters of a line worth remembering: labels, rules, numbers are written again and again


class Mark(NamedTuple):
    """A marked number and the characters it takes up, brackets and decoration included."""

    number: Number
    start: int
    end: int
    label: str = ""


_MOST_BRACKETS = 6
_RESTATED = regex(r"\s{0,2}[(（\[]\s?[≈~<≤]?\s?\d{0,3}(?:[.,]\d{1,6})?\s?[%％]?\s?[)）\]]")
_FURTHER_AMID = regex(r"\s?[,;|/·][^()（）\[\]【】\n]{1,60}")
_CLOSES_BRACKET = regex(r"[\s*_]{0,3}[)）\]】]")
_WORDS_IN_BRACKET = regex(
    r"[(（\[【]\s?(?P<words>[*_]{0,3}(?:[^\W\d]++['’-]?){1,6}+(?:[ ](?:[^\W\d]++['’-]?){1,6}+){0,3}[ ])\Z"
)
_A_FURTHER = r"[^\W\d][\w -]{0,30}(?:\s?[:=]\s?|\s(?=[01]?\.\d|\d{1,3}\s?[%％]))[~≈-]?\d{1,6}(?:\.\d{1,6})?\s?[%％]?"
_FURTHER_BEHIND = regex(
    r"[*_]{0,2}\s?[,;|]\s?[*_]{0,2}(?P<word>[^\W\d][\w -]{0,30}?)[*_]{0,2}\s?[:=][*_]{0,2}\s?"
    rf"[~≈-]?\d{{1,6}}(?:\.\d{{1,6}})?\s?[%％]?(?:\s?[,;|]\s?{_A_FURTHER}){{0,9}}(?=\s*\Z)"
)
_LONGEST_FURTHER = 600  # characters, and more than _FURTHER_BEHIND can take up
_FURTHER_BEFORE = regex(rf"[(（\[]\s?(?P<numbers>(?:{_A_FURTHER}\s?[,;|/·]\s?)+)\Z")
_SIGN_BEHIND = regex(r"[\s*_]{0,3}([,;|(（\[)）\]】\\])")  # what each of these patterns finds first
_CLOSES_MATHS = regex(r"\s{0,2}\\\)")
_OPENER_OF = {")": "(", "]": "[", "）": "（", "】": "【", ">": "<"}
_EMPHASIS = "*_`$"
_CLOSER_OF = (
    {opened: closed for closed, opened in _OPENER_OF.items()}
    | {"{": "}", "〔": "〕"}
    | {mark: mark for mark in _EMPHASIS}
)
_PAIRED = frozenset((*_CLOSER_OF, *_CLOSER_OF.values()))
_OPENED_LABEL = {"[": "]"}
_FURTHERING = ",;|/·"


def with_brackets(line: str, start: int, end: int) -> tuple[int, int]:
    """Takes the brackets and the decoration around a mark into it, and what repeats it ("0.333 (33.3%)")."""
    if start == 0 and end == len(line):
        return start, end
    if _SIGN_BEHIND.match(line, end):
        start, end = _with_more(line, start, end)
    for _ in range(_MOST_BRACKETS):
        before, after = start, end
        while before and line[before - 1] in " \t" and start - before < _MOST_BRACKETS:
            before -= 1
        while after < len(line) and line[after] in " \t" and after - end < _MOST_BRACKETS:
            after += 1
        opened, closed = line[before - 1 : before], line[after : after + 1]
        if opened not in _PAIRED and closed not in _PAIRED and closed not in _FURTHERING:
            break
        inner = line[start:end]
        if opened and _CLOSER_OF.get(opened) == closed and not (closed in _EMPHASIS and _is_open(inner, closed, 1)):
            start, end = before - 1, after + 1
        elif closed and closed in _EMPHASIS and (run := _repeated(line, after, 1)) and _is_open(inner, closed, run):
            end = after + run
        elif (
            opened and opened in _EMPHASIS and (run := _repeated(line, before - 1, -1)) and _is_open(inner, opened, run)
        ):
            start = before - run
        elif closed in _OPENER_OF and inner.count(_OPENER_OF[closed]) > inner.count(closed):
            end = after + 1
        elif opened in _OPENED_LABEL and inner.count(_OPENED_LABEL[opened]) > inner.count(opened):
            start = before - 1  # "[Probability]: 0.1"
        elif opened in _CLOSER_OF and opened not in _EMPHASIS and (further := _FURTHER_AMID.match(line, end)):
            if line[further.end() : further.end() + 1] != _CLOSER_OF[opened]:
                break
            start, end = before - 1, further.end() + 1  # (p=0.1, novelty 0.9)
        else:
            break
    return start, end


def _with_more(line: str, start: int, end: int) -> tuple[int, int]:
    """Takes what repeats a mark into it, and what else a bracket says beside it."""
    if (
        not line[end + _LONGEST_FURTHER : end + _LONGEST_FURTHER + 1].strip()  # else it can't reach the end of the line
        and (behind := _FURTHER_BEHIND.match(line, end))
        and not names.is_probability(behind["word"])
    ):
        end = behind.end()  # "Probability: 0.1, novelty: 0.9"
    if _CLOSES_BRACKET.match(line, end) and (ahead := _FURTHER_BEFORE.search(line, max(0, start - SHORT), start)):
        start = ahead.start("numbers")  # "(raw: 1.2, probability: 0.6)"
    if aside := _RESTATED.match(line, end):
        end = aside.end()
    if _CLOSES_BRACKET.match(line, end) and (words := _WORDS_IN_BRACKET.search(line, max(0, start - SHORT), start)):
        start = words.start("words")  # "(there is a 60% chance)"
    if (maths := _CLOSES_MATHS.match(line, end)) and line[max(0, start - 4) : start].rstrip().endswith("\\("):
        start, end = line.rindex("\\(", 0, start), maths.end()
    return start, end


def _repeated(line: str, at: int, step: int) -> int:
    """How many times a character is repeated from a place on."""
    length = 1
    while length < 3 and 0 <= at + step * length < len(line) and line[at + step * length] == line[at]:
        length += 1
    return length


def _is_open(inner: str, markup: str, run: int) -> bool:
    """Whether decoration of this length is opened and not closed, or closed and not opened."""
    return inner.count(markup) % (2 * run) == run
