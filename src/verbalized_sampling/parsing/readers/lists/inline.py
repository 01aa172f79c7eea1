"""Candidates in one line: "Rain (0.4), snow (0.3), sun (0.3)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....patterns import regex
from ...numbers.number import NUMBER
from ...page.lines import Line

__all__ = ["pieces_of"]

_AND = "(?:and|or|und|oder|et|y|e)"
_BETWEEN_PIECES = rf"\s?[,;，；、]\s{{0,2}}(?:{_AND}\s)?"
_NUMBERED_PIECE = regex(
    rf"[(（\[]\s?[^()（）\[\]\d]{{0,16}}{NUMBER}\s?[)）\]](?P<gap>{_BETWEEN_PIECES}|\s{_AND}\s)"
    rf"|[:：=]\s?{NUMBER.replace('?P<', '?P<bare_')}(?P<bare_gap>{_BETWEEN_PIECES})",
    re.IGNORECASE,
)
_PIECE_SEPARATOR = regex("[,;，；、]")
_PREAMBLE = regex(r"[^:：\n]{1,200}[:：]\s")


def pieces_of(lines: list[Line]) -> list[Line]:
    """The parts of the first line that holds several candidates, each with its number at its end."""
    for line in lines:
        gaps = [match.span("gap" if match["gap"] else "bare_gap") for match in _numbered(line.text)]
        if gaps:
            first = 0
            if line.text[gaps[0][0] - 1] in ")）]" and (preamble := _PREAMBLE.match(line.text, 0, gaps[0][0])):
                first = preamble.end()
            starts, ends = [first, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(line.text)]
            spans = zip(starts, ends, strict=True)
            return [Line(line.text[a:b].rstrip(" ."), line.start + a, ()) for a, b in spans if b > a]
    return []


def _numbered(line: str) -> Iterator[re.Match[str]]:
    return _NUMBERED_PIECE.finditer(line) if _PIECE_SEPARATOR.search(line) else iter(())
