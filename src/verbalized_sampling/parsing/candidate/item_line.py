"""A line of an item without what opens it and without its numbers, and how what stands around a number joins."""

from __future__ import annotations

from operator import attrgetter

from ...patterns import regex
from ..numbers.marks import Mark
from ..page.lines import Line

__all__ = ["TEXT_EDGES", "is_remarked", "without_numbers"]

_START_OF = attrgetter("start")
TEXT_EDGES = " \t|,，、;；:：—–-·•→=ـ"
_EDGES_OF_CODE = TEXT_EDGES.replace(";", "")
_COMMENT = regex(r"(?<=\s)(?://|--|#)\s{0,3}\Z")  # "SELECT 1; -- Probability: 0.6"
_COMMENT_WIDTH = 6  # characters, at most, of such a sign and the blanks around it
_PARTING_SIGNS = "–—-|·,;，；"
_OPENED, _CLOSING = tuple("([（【"), tuple(")]）】")
_AROUND = regex(r"\s*(?P<opened>[(\[（【])(?P<inner>[^()\[\]（）【】]*)")
_ARROW = regex(r"\A\s{0,3}[-=]>")
_ISOLATED = regex(r"[\u202a\u202b\u202d\u202e\u2066-\u2068]+[ \t]*\Z")  # a number with a direction of its own
_END_OF_ISOLATE = "\u202c\u2069 \t"
_EMPTY_BRACKETS = regex(r"[(\[（【]\s*+(?:[,;|]\s*+)?[)\]）】]")


def without_numbers(line: Line, marks: list[Mark], *, opens: bool) -> str:
    """A line without its numbers, and without what opens it if it opens the item."""
    written = line.text
    for mark in sorted(marks, key=_START_OF, reverse=True) if len(marks) > 1 else marks:
        written = _without(written, mark, line.body if opens else 0)
    return _without_opener(written, line) if opens else written


def is_remarked(line: Line, mark: Mark) -> bool:
    """Whether a line begins with a number and says something of it: "Probability: 0.1 (the most common one)"."""
    if any(map(str.isalnum, line.text[: mark.start])) or line.text[mark.start : mark.start + 1] in _OPENED:
        return False
    rest = line.text[mark.end :].lstrip("*_`").lstrip()
    return rest[:1] in ("(", "（", ",", ";", "，") or rest.lstrip("-–— ")[:1].islower()


def _without(line: str, mark: Mark, body: int) -> str:
    """A line without a number; what opens the line stays as it is."""
    if mark.start == mark.end:
        return line
    opener, before, after = line[: min(body, mark.end)], line[body : mark.start], line[mark.end :]
    if (isolated := _ISOLATED.search(before)) is not None:
        before, after = before[: isolated.start()], after.lstrip(_END_OF_ISOLATE)
    if (around := _AROUND.fullmatch(before)) and after.strip(" \t,.;") == _CLOSING[_OPENED.index(around["opened"])]:
        before, after = around["inner"], ""  # "(Rain, 0.6)"
    if line[mark.start : mark.end].rstrip()[-2:] == "**" and before.count("**") % 2:
        before = before.replace("**", "", 1)  # what closed it went with the number
    return opener + _joined(before, after)


def _joined(before: str, after: str) -> str:
    if not after.strip(TEXT_EDGES + "*_`.|。"):
        if (comment := _COMMENT.search(before, max(0, len(before) - _COMMENT_WIDTH))) is not None:
            return before[: comment.start()].rstrip(_EDGES_OF_CODE)
        return before.rstrip(TEXT_EDGES)
    if not before.strip(TEXT_EDGES + "*_`|#0123456789.)("):
        return before + after.lstrip(TEXT_EDGES).removeprefix(". ")  # the full stop went with the number
    if after.lstrip("*_` ")[:1] in _CLOSING and before.rstrip("*_` ")[-1:] not in _OPENED:
        return before.rstrip(TEXT_EDGES) + after
    between = "" if after.lstrip("*_`")[:1] in (":", "：", ",", ".", ";") else " "
    if between and after.lstrip("*_` ")[:1] in _PARTING_SIGNS:
        before = before.rstrip(_PARTING_SIGNS + " ")  # those on both sides of the number part the same two things
    if not between:
        before = before.rstrip(" ,;")
    return _EMPTY_BRACKETS.sub("", before.rstrip() + between + after.lstrip(" "))


def _without_opener(written: str, line: Line) -> str:
    """The first line of an item without what opens it: heading marks, numbers, "Response 1:", "Theme Name:"."""
    body = line.body
    if not body:
        return written
    rest = _ARROW.sub("", written[body:], count=1).lstrip(TEXT_EDGES + ".)")
    if "**" in rest and written[:body].count("**") % 2 == 1:
        rest = rest.replace("**", "", 1).lstrip(TEXT_EDGES)
    return rest
