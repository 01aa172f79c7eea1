"""Candidates in one line: "Rain (0.4), snow (0.3), sun (0.3)"."""

from __future__ import annotations

import re

from .lines import Line
from .number import NUMBER

__all__ = ["pieces_of"]

_GAP = r"\s?[,;，；、]\s{0,2}(?:(?:and|or|und|oder|et|y|e)\s)?"
_NUMBERED = re.compile(
    rf"[(（\[]\s?[^()（）\[\]\d]{{0,16}}{NUMBER}\s?[)）\]](?:{_GAP}|\s(?:and|or|und|oder|et|y|e)\s)"
    rf"|[:：=]\s?{NUMBER.replace('?P<', '?P<bare_')}{_GAP}",
    re.IGNORECASE,
)
_SEPARATOR = re.compile("[,;，；、]")
_PREAMBLE = re.compile(r"[^:：\n]{1,200}[:：]\s")


def pieces_of(lines: list[Line]) -> list[Line]:
    """The parts of the first line that holds several candidates, each with its number at its end."""
    for line in lines:
        if _SEPARATOR.search(line.text) and (ends := [match.end() for match in _NUMBERED.finditer(line.text)]):
            first = 0
            bracketed = line.text[: ends[0]].rstrip(" ,;，；、")[-1:] in ")）]"
            if bracketed and (preamble := _PREAMBLE.match(line.text, 0, ends[0])):
                first = preamble.end()
            starts = [first, *ends]
            spans = zip(starts, [*ends, len(line.text)], strict=True)
            return [Line(line.text[a:b].rstrip(" ,;，；、."), line.start + a, ()) for a, b in spans if b > a]
    return []
