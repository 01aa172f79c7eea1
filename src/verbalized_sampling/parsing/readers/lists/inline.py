"""Candidates in one line: "Rain (0.4), snow (0.3), sun (0.3)"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter

from ....patterns import regex
from ...language.words import pattern_of
from ...numbers.missing import MISSING
from ...numbers.number import NUMBER
from ...page.lines import Line
from ...page.openers import openers_of, with_label

__all__ = ["arguments_of", "pieces_of"]

_AND = rf"(?:{pattern_of('joins')})"
_BETWEEN_PIECES = rf"\s?[,;，；、|/>]\s{{0,2}}(?:{_AND}\s)?"
_NUMBERED_PIECE = regex(
    rf"[(（\[]\s?[^()（）\[\]\d]{{0,16}}{NUMBER}\s?[)）\]](?P<gap>{_BETWEEN_PIECES}|\s{_AND}\s|\.\s{{1,2}}(?=[^\W\d_]))"
    rf"|[:：=]\s?{NUMBER.replace('?P<', '?P<bare_')}(?P<bare_gap>{_BETWEEN_PIECES})"
    rf"|(?:\s|(?<=[^\x00-\x7f]))\d{{1,3}}(?:[.,]\d{{1,2}})?\s?[%％](?P<percent_gap>{_BETWEEN_PIECES})",
    re.IGNORECASE,
)
_EMPTY_PIECE = regex(
    rf"[(（\[]\s?(?:[^\W\d_]{{1,20}}(?:\s?[=:：]\s?|\s))?(?:{MISSING})?\s?[%％]?\s?[)）\]]"
    rf"(?P<gap>{_BETWEEN_PIECES}|\s{_AND}\s|\.\s{{1,2}}(?=[^\W\d_]))"
    rf"|[:：=]\s?(?:{MISSING})?\s?[%％]?(?P<bare_gap>{_BETWEEN_PIECES})",
    re.IGNORECASE,
)
"""A piece that lacks its number."""
_ARGUMENT = regex(
    r"[\s>*_`$\-•]{0,12}(?:P|Pr|Prob|Probability)[*_`]{0,3}\s?[(\[{](?P<what>\\(?:text|mathrm)\{[^{}\n]{1,200}\}|[^()\[\]{}\n]{1,200})[)\]}][*_`]{0,3}"
    r"\s{0,3}(?:[:=≈~]|is)\s{0,3}(?P<number_behind>[*_`~≈]{0,3}\s?[\d.,]{1,9}\s?\\?[%％]?)[*_`$]{0,3}[\s.;]{0,4}\Z",
    re.IGNORECASE,
)
_COMMAND = regex(r"\\(?:text|mathrm)\{")
_LEAD_OF_PIECE = regex(rf"\s{{0,3}}(?:{pattern_of('leads')})+", re.IGNORECASE)
_WORDS_BEHIND = regex(
    rf"(?:[(（\[]\s?[^()（）\[\]\d]{{0,16}}(?:{NUMBER}|{MISSING})?\s?[)）\]]|\d\s?[%％])(?P<rest>[^()（）\[\]\d:：=%％]{{1,80}})\Z",
    re.IGNORECASE,
)
_GAPS = ("gap", "bare_gap", "percent_gap")
_COUNT = regex(r"(?<!\S)[(（]?(?P<word>[^\W\d_]{1,12}[ ]?)?(?P<count>\d{1,2})[.)）:：](?=\s\S)")
_COLONS = (":", "：", "=")
_FEWEST_COUNTED = 2  # parts of a line that counts
_PIECE_SEPARATOR = regex(r"[,;，；、|/>]|[)\]）]\.?\s")
_TOPIC_OF_PIECES = regex(r"[^:：=\n]{1,60}[:：]\s{1,3}(?=\S)")
_COLON = regex(r"[:：=]")
_PREAMBLE = regex(r"[^:：\n]{1,200}[:：]\s")


def pieces_of(lines: list[Line]) -> list[Line]:
    """The parts of the first line that holds several candidates, each with its number at its end."""
    for line in lines:
        if counted := _counted(line):
            return counted
        gaps = [match.span(next(filter(match.group, _GAPS))) for match in _numbered_pieces(line.text)]
        if gaps:
            gaps = _with_empty(line.text, gaps)
            first = 0
            if line.text[gaps[0][0] - 1] in ")）]" and (preamble := _PREAMBLE.match(line.text, 0, gaps[0][0])):
                first = preamble.end()
            first = first or _behind_topic(line.text, gaps)
            starts, ends = [first, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(line.text)]
            spans = zip(starts, ends, strict=True)
            told = [(_after_lead(line.text, a, b), b) for a, b in spans if b > a]
            if behind := _WORDS_BEHIND.search(line.text, told[-1][0]):
                told[-1] = told[-1][0], behind.start("rest")  # they close the sentence
            return [Line(_ended(line.text[a:b]), line.start + a, ()) for a, b in told]
    return []


def _behind_topic(line: str, gaps: list[tuple[int, int]]) -> int:
    """Where the first piece begins behind a colon or the like that no other piece has: "Odds: A=0.6, B=0.4"."""
    edges = [0, *(edge for gap in gaps for edge in gap), len(line)]
    first, *others = (_COLON.findall(line, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)
    topic = _TOPIC_OF_PIECES.match(line, 0, gaps[0][0])
    return topic.end() if topic and others and len(first) > max(map(len, others)) else 0


def _ended(piece: str) -> str:
    """A piece without the full stop behind it; the blank behind a colon shows that its number is missing."""
    ended = piece.rstrip(" .。")
    return ended + " " if ended[-1:] in _COLONS else ended


def _with_empty(line: str, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The gaps between pieces, also those behind a piece whose number is missing."""
    found = list(gaps)
    for match in _EMPTY_PIECE.finditer(line):
        start, end = match.span(match.lastgroup or 0)
        at = bisect_left(gaps, start, key=itemgetter(1))  # the first that ends no sooner
        if at == len(gaps) or gaps[at][0] >= end:
            found.append((start, end))
    return sorted(found)


def _after_lead(text: str, start: int, end: int) -> int:
    """Where a piece of a sentence begins to say what it says: behind "followed by", "the most likely one is"."""
    lead = _LEAD_OF_PIECE.match(text, start, end)
    return lead.end() if lead and lead.end() < end and text[lead.end()].isalnum() else start


def arguments_of(lines: list[Line]) -> list[Line]:
    """The lines that state a probability of what stands in brackets, as "what: number": "P(rain) = 0.6"."""
    found = [(line, _ARGUMENT.match(line.text)) for line in lines]
    return [
        Line(f"{_COMMAND.sub('', match['what']).strip(' }')}: {match['number_behind']}", line.start, ())
        for line, match in found
        if match
    ]


def _counted(line: Line) -> list[Line]:
    """The parts of a line that counts up, with a word or without: "1. Rain (0.4) 2. Snow (0.3)", "G1: Rain P1: 0.4"."""
    starts: list[int] = []
    word: str | None = None
    for match in _COUNT.finditer(line.text):
        counting = match["word"]
        if int(match["count"]) == len(starts) + 1 and (word is None or counting == word):
            starts.append(match.start())
            word = counting
    if len(starts) < _FEWEST_COUNTED:
        return []
    ends = [*starts[1:], len(line.text)]
    pieces = [line.text[start:end].rstrip(" ,;，；") for start, end in zip(starts, ends, strict=True)]
    opened = [with_label(piece, openers_of(piece), (word.strip(),)) if word else openers_of(piece) for piece in pieces]
    return [Line(*parts) for parts in zip(pieces, [line.start + start for start in starts], opened, strict=True)]


def _numbered_pieces(line: str) -> Iterator[re.Match[str]]:
    if line.lstrip().startswith("|") or _PIECE_SEPARATOR.search(line) is None:  # (a row of a table is none)
        return iter(())
    return _NUMBERED_PIECE.finditer(line)
