"""Numbers that prose marks as probabilities: "Probability: 0.07", "(p=0.12)", "[12%]"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..repairs import Repair
from . import names
from .number import NUMBER, Number, number_of, plain_digits

__all__ = ["Mark", "labelled", "unlabelled"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked number and the characters it takes up, brackets and decoration included."""

    number: Number
    start: int
    end: int


_DIGIT = re.compile(r"\d")
_WORDS = "|".join(re.escape(word) for word in sorted(names.PROBABILITY_WORDS, key=len, reverse=True))
_ABOUT = (
    r"(?:[≈~≃∼～约約]|\+/-|±|about\b|approx(?:\.|imately\b)?|around\b|roughly\b|circa\b|ca\.|大约|大約|約|约|약"
    r"|aproximadamente\b|cerca de\b|environ\b|etwa\b|yaklaşık\b|около\b|примерно\b|حوالي)?"
)
_DECORATION = r"[*_`]{0,3}"
_OPEN = r"(?P<open>[\[(（【{〔<*_`|—–\-•·]{0,4}\s{0,2})"
_QUALIFIER = (
    r"(?:(?:estimated|est\.|verbalized|verbalised|stated|relative|approximate|approx\.|model|my|sampling|assigned)\s)?"
)
# label, colon or the like, number; a comparison ("P < 0.10") is a condition and no statement
_LABELLED = re.compile(
    rf"(?:(?<=[^\w])|\A)(?P<label>(?:{_QUALIFIER}(?:{_WORDS})(?:\s?(?:score|value|estimate|estimada|stimata|estimée))?|(?<![^\W_])(?:prob|pr|p|nll|ppl|perplexity)\b\.?))"
    rf"{_DECORATION}(?:\s?[(（][^()（）\n]{{1,40}}[)）])?{_DECORATION}"
    rf"\s{{0,3}}(?:[:：=≈~→|]|—|–|-(?=\s)|\bis\b|\bof\b|\bvon\b|\bde\b|为|為|は|是|:=)(?:[:=≈~])?\s{{0,3}}{_DECORATION}\s{{0,2}}[\[(<]?{_ABOUT}\s{{0,2}}{NUMBER}",
    re.IGNORECASE,
)
_REVERSED = re.compile(
    rf"(?<![\w.,]){_ABOUT}\s{{0,2}}{NUMBER}{_DECORATION}\s{{0,2}}{_DECORATION}(?P<label>{_WORDS}|prob\b\.?)(?!\s{{0,2}}[:：=])",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s{0,2}[(（\[]\s?[≈~]?\s?\d{1,3}(?:[.,]\d{1,6})?\s?[%％]?\s?[)）\]]")
_CONDITION = re.compile(
    r"\s{0,2}(?:-|–|—|to\b|bis\b|至|到|～|~|and\b|or\b)\s{0,2}\d|\s{0,2}(?:or (?:less|lower|below)|以下|未満|이하)"
)
_CONDITIONED = re.compile(
    r"(?:<|>|≤|≥|＜|＞|less than|lower than|below|under|at most|no more than|at least|above|between|from|each|per"
    r"|threshold of|sum of|total)\s{0,2}(?:a\s)?[*_`]{0,2}\Z",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"(?:(?<=[^\w])|\A)(?:{_QUALIFIER}(?:{_WORDS})|(?<![^\W_])(?:prob|p)\b\.?){_DECORATION}\s{{0,3}}[:：=]\s{{0,3}}{_DECORATION}\s{{0,2}}"
    r"(?:very |quite |fairly |extremely |medium[- ])?(?:high|low|medium|moderate|likely|unlikely|rare|common|uncommon|alta|baja|baixa|media|média"
    r"|hoch|niedrig|mittel|élevée|faible|moyenne|высокая|низкая|средняя|yüksek|düşük|orta|高|低|中|높음|낮음|보통|مرتفع|منخفض|N/?A|unknown)\b",
    re.IGNORECASE,
)
_HEADED = re.compile(
    rf"[*_`]{{0,3}}\s?[\[(（【]\s?{_ABOUT}\s{{0,2}}{NUMBER}\s?[\])）】]\s?[*_`]{{0,3}}(?=\s{{0,2}}[:：\-–—*])",
    re.IGNORECASE,
)
_LEADING = re.compile(
    rf"\s{{0,3}}[*_`]{{0,3}}(?:[\[(（【]\s?{_ABOUT}\s{{0,2}}{NUMBER}\s?[\])）】][*_`]{{0,3}}\s{{0,2}}[:：\-–—|]?|{_ABOUT}\s{{0,2}}"
    + NUMBER.replace("?P<", "?P<bare_")
    + r"[*_`]{0,3}\s{0,3}[:：\-–—|→]{1,2}[*_`]{0,3})\s",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"(?:[*_`]{{0,3}}[\[(（【]\s?{_ABOUT}\s{{0,2}}{NUMBER}\s?[\])）】]|[:：\-–—|→=,…]\s{{0,3}}[*_`]{{0,3}}{_ABOUT}\s{{0,2}}"
    + NUMBER.replace("?P<", "?P<bare_")
    + r"(?:\s{0,2}[(（\[]\s?\d{1,3}(?:[.,]\d{1,6})?\s?[%％]\s?[)）\]])?)[*_`]{0,3}[.:：]?[*_`]{0,3}\s{0,5}\Z",
    re.IGNORECASE,
)


def labelled(line: str) -> Iterator[Mark]:
    """The numbers in a line that a word calls a probability."""
    line = plain_digits(line)
    last = -1
    for pattern in (_LABELLED, _REVERSED):
        for match in pattern.finditer(line):
            if match.start() < last:
                continue
            if _CONDITIONED.search(line, max(0, match.start("number") - 24), match.start("number")) or _CONDITION.match(
                line, match.end()
            ):
                continue
            if pattern is _LABELLED and re.match(r"[\w]|\.\d", line[match.end() : match.end() + 2]):
                continue
            start, end = _with_brackets(line, match.start(), match.end())
            last = end
            yield Mark(number_of(match), start, end)
        if last >= 0:
            return
    if worded := _WORDED.search(line):
        start, end = _with_brackets(line, worded.start(), worded.end())
        yield Mark(Number(None, repair=Repair.NOT_A_NUMBER), start, end)


def _with_brackets(line: str, start: int, end: int) -> tuple[int, int]:
    """Takes the brackets and the decoration around a mark into it, and what repeats it ("0.333 (33.3%)")."""
    aside = _ASIDE.match(line, end)
    if aside:
        end = aside.end()
    while True:
        before = len(line[:start].rstrip(" \t"))
        after = end + len(line[end:]) - len(line[end:].lstrip(" \t"))
        opened = line[before - 1 : before] if before else ""
        closed = line[after : after + 1]
        if opened and closed and (opened, closed) in _PAIRS:
            start, end = before - 1, after + 1
        elif closed and closed in "*_`" and line[start:end].count(closed) % 2:
            end = after + 1
        elif (
            opened
            and opened in "*_`"
            and closed != opened
            and line[end:].count(opened) % 2 == 0
            and line[:start].count(opened) % 2
        ):
            start = before - 1
        elif closed in ("]", ")", "）", "】", ">") and line.count(_OPENING[closed], start, end) > line.count(
            closed, start, end
        ):
            end = after + 1
        else:
            return start, end


_PAIRS = {
    ("(", ")"),
    ("[", "]"),
    ("（", "）"),
    ("【", "】"),
    ("{", "}"),
    ("*", "*"),
    ("_", "_"),
    ("`", "`"),
    ("<", ">"),
    ("〔", "〕"),
}
_OPENING = {"]": "[", ")": "(", "）": "（", "】": "【", ">": "<"}


def unlabelled(line: str) -> Mark | None:
    """A number at either end of a list item that nothing but its place marks: "Paris (45%)", "0.45 – Paris"."""
    line = plain_digits(line)
    stripped = line.rstrip()
    if not _DIGIT.search(stripped):
        return None
    for pattern in (_TRAILING, _LEADING, _HEADED):
        window = max(0, len(stripped) - 60) if pattern is _TRAILING else 0
        match = pattern.match(line) if pattern is _LEADING else pattern.search(stripped, window, window + 160)
        if match is None:
            continue
        if match["number"] is not None:
            number = number_of(match)
        else:
            number = number_of(_Renamed(match))  # type: ignore[arg-type]
        if (
            number.stated is not None
            and (number.unit.name != "BARE" or 0.0 <= number.stated <= 1.0)
            and _is_share(match)
        ):
            return Mark(number, match.start(), match.end())
    return None


def _is_share(match: re.Match[str]) -> bool:
    """A whole number without a percent sign is a count or a year."""
    groups = match.groupdict()
    signs = ("percent", "lead", "ratio")
    written = groups["number"] or groups.get("bare_number") or ""
    return any(groups[sign] or groups.get("bare_" + sign) for sign in signs) or not written.isdigit()


class _Renamed:
    """A match whose groups are those of the undecorated alternative."""

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match
        self.string = match.string

    def __getitem__(self, group: str) -> str | None:
        return self._match["bare_" + group]
