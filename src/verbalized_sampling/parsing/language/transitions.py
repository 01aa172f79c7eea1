"""What stands between two candidates, or before the first: a title, a remark, or the announcement of a new try."""

from __future__ import annotations

import re

from ...patterns import regex
from .words import WORD_EDGE, pattern_of

__all__ = [
    "has_heading",
    "has_prose",
    "is_announced_sample",
    "is_called_draft",
    "is_called_example",
    "is_called_reasoning",
    "is_sample",
    "revised",
    "states_format",
]

_ANNOUNCEMENT = regex(rf"{WORD_EDGE}(?:{pattern_of('revises')})", re.IGNORECASE)
_DRAFT = regex(
    r"(?:\b(?:drafts?|attempts?|first (?:try|version|pass)|rough|brainstorm\w*|template|schema|for example"
    r"|example format)\b"
    r"|^[\s*#]{0,6}(?:(?:output|required|expected) )?(?:format|example)s?\b)"
    r"[^\n]{0,80}\n?[ \t\n]{0,9}(?:(?:```|~~~)\w{0,12}\s{0,9})?\Z",
    re.IGNORECASE | re.MULTILINE,
)
_EXAMPLE = regex(
    r"(?:\bexamples?\b|\be\.g\.|\bfor instance\b|\blooks? like\b|\bsuch as\b)"
    r"[^\n]{0,40}\n?\s{0,9}(?:(?:```|~~~)\w{0,12}\s{0,9})?\Z",
    re.IGNORECASE,
)
# One, with it in the same line: "For example: 1. Sample (p=0.1)", "as in, e.g., `1. Sample (0.1)`".
_SAMPLE = regex(
    r"\W{0,9}(?:for )?(?:example|instance):"
    r"|[^.!?\n]{0,120}(?:\bfor (?:example|instance)|\be\.g\.)[:,]?[ \t]{1,3}[\"'“`]?(?:\d{1,2}[.)]|[-*•])[ \t]",
    re.IGNORECASE,
)
_SAMPLE_BEHIND = regex(r"(?:\bexample|\bfor instance|\be\.g\.)[ \t]?[:,]?[ \t]{0,3}`?\Z", re.IGNORECASE)
_STATES_FORMAT = regex(
    r"[\s>*_#-]{0,8}(?:(?:output|required|expected|example|response) ){0,2}format\b[^\n:：]{0,20}[:：]", re.IGNORECASE
)
_LONGEST_BEFORE_FORMAT = 40  # characters that hold the word and what may stand before it
_ANNOUNCES_REASONING = regex(
    r"\b(?:reasoning|thinking|analysis|brainstorm\w*|(?:angles|approaches|directions|strategy|plan)\b[^\n]{0,40}\n)",
    re.IGNORECASE,
)
# A title that counts ("## Idea 2: A Better Tomorrow", "Response 3 (final one):") names the candidate behind it.
_COUNTED_TITLE = regex(r"^[\W_]{0,20}(?:[^\W\d]{1,20}[ \t]{0,3})?[#(]?\d{1,3}\b[^\n]*", re.MULTILINE)
_HEADING_LINE = regex(
    r"^[ \t]{0,3}(?:#{1,6}[ \t]|\*\*[^\n*]{1,80}\*\*[:：]?[ \t]*$|[^\n]{1,80}[:：]\*{0,2}[ \t]*$)", re.MULTILINE
)
_NO_PROSE = regex(r"<[^<>]{0,200}>|\"[^\"\n]{0,80}\"|(?:```|~~~)\w*|</?s>")
_LONGEST_BETWEEN = 4000  # characters between two free-standing candidates of one answer


def revised(text: str, end: int, start: int) -> bool:
    """Whether what stands between two candidates announces that the second begins a new answer."""
    if start - end >= _LONGEST_BETWEEN:
        return True
    between = text[end:start].strip()
    return between != "" and _ANNOUNCEMENT.search(_COUNTED_TITLE.sub("", between + "\n")) is not None


def has_prose(text: str, end: int, start: int) -> bool:
    """Whether words stand between two candidates, beside markup and titles that count."""
    if start <= end or start - end >= _LONGEST_BETWEEN:
        return start > end
    between = text[end:start].strip()
    return between != "" and any(map(str.isalnum, _COUNTED_TITLE.sub("", _NO_PROSE.sub("", between))))


def has_heading(text: str, end: int, start: int) -> bool:
    """Whether a heading or a label stands between two blocks."""
    between = text[end:start] if start - end < _LONGEST_BETWEEN else ""
    return _HEADING_LINE.search(between) is not None or _COUNTED_TITLE.search(between) is not None


def is_called_draft(text: str, start: int) -> bool:
    """Whether the words before a block call it a draft or an example."""
    return _DRAFT.search(text[max(0, start - 200) : start]) is not None


def is_called_reasoning(text: str, start: int) -> bool:
    """Whether the words before a block say that it only leads to the answer."""
    return _ANNOUNCES_REASONING.search(text[max(0, start - 200) : start]) is not None


def is_called_example(text: str, start: int) -> bool:
    """Whether the words before a candidate say that it shows what candidates look like."""
    return _EXAMPLE.search(text[max(0, start - 120) : start]) is not None


def is_announced_sample(text: str, start: int) -> bool:
    """Whether the line that a candidate stands in calls it an example: "For example: {…}"."""
    return _SAMPLE_BEHIND.search(text[max(0, start - 20) : start]) is not None


def is_sample(written: str) -> bool:
    """Whether what a candidate's lines say is that it shows what candidates look like."""
    return _SAMPLE.match(written) is not None


def states_format(line: str) -> bool:
    """Whether a line says what candidates look like."""
    return "format" in line[:_LONGEST_BEFORE_FORMAT].lower() and _STATES_FORMAT.match(line) is not None
