"""Numbers that prose marks as probabilities: "Probability: 0.07", "(p=0.12)", "[12%]"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..repairs import Repair
from . import names
from .lines import SHORT
from .number import NUMBER, Number, Unit, number_of, plain_digits

__all__ = ["Labels", "Mark", "labels_in", "unlabelled"]


class Mark(NamedTuple):
    """A marked number and the characters it takes up, brackets and decoration included."""

    number: Number
    start: int
    end: int


_WORDS = tuple(sorted({word.casefold() for word in names.PROBABILITY_WORDS}, key=len, reverse=True))
_SHORT = re.compile(r"\b(?:p|pr|prob|nll|ppl|perplexity)\b.{0,4}[:=≈~→|：—–-]")
_GOES_ON = re.compile(r"\w|\.\d")
_NEAR = 200  # characters to either side in which decoration is looked for
_MOST_BRACKETS = 6
_LONGEST_QUALIFIER = 30
_NO_WORD = "()[]:;,|*_-–—"
_DIGIT = re.compile(r"\d")
_ABOUT = (
    r"(?:[≈~≃∼～约約]|\+/-|±|about\b|approx(?:\.|imately\b)?|around\b|roughly\b|circa\b|ca\.|大约|大約|約|约|약"
    r"|aproximadamente\b|cerca de\b|environ\b|etwa\b|yaklaşık\b|около\b|примерно\b|حوالي)?"
)
_DECORATION = r"[*_`]{0,3}"
_OPEN = r"(?P<open>[\[(（【{〔<*_`|—–\-•·]{0,4}\s{0,2})"
_QUALIFIER = (
    r"(?:(?:estimated|est\.|verbalized|verbalised|stated|relative|approximate|approx\.|model|my|sampling|assigned)\s)?"
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
_HEADED = re.compile(
    rf"[*_`]{{0,3}}\s?[\[(（【]\s?{_ABOUT}\s{{0,2}}{NUMBER}\s?[\])）】]\s?[*_`]{{0,3}}(?=\s{{0,2}}[:：\-–—*])",
    re.IGNORECASE,
)
_LEVEL = (
    r"(?:very |quite |fairly |extremely |medium[- ])?(?:high|low|medium|moderate"
    r"|likely|unlikely|rare|common|uncommon|alta|baja"
    r"|baixa|media|média|hoch|niedrig|mittel|élevée|faible|moyenne|высокая|низкая|средняя|yüksek|düşük|orta|高|低|中|높음|낮음"
    r"|보통|مرتفع|منخفض|N/?A|unknown)(?!\w)"
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


class Labels:
    """The patterns of labelled numbers, for the few words of all languages that a text holds."""

    __slots__ = ("_alone", "_hint", "_known", "_labelled", "_reversed", "_worded")

    def __init__(self, words: tuple[str, ...]) -> None:
        label = "|".join(re.escape(word) for word in words) or "(?!)"
        short = r"(?<![^\W_])(?:prob|pr|p|nll|ppl|perplexity)\b\.?"
        self._known = lru_cache(maxsize=1024)(self._marks)
        # Where a label may stand in a lower-case line: the patterns below are slow to find that out.
        hints = "|".join(re.escape(word.replace("ı", "i")) for word in words if word.replace("ı", "i").isascii())
        self._hint = re.compile(rf"{hints or '(?!)'}|(?<![^\W_])(?:p(?:r|pl|erplexity)?|nll)\b|prob\b")
        # Label, colon or the like, number. A comparison ("P < 0.10") is a condition and no statement.
        self._labelled = re.compile(
            rf"(?:(?<=[^\w])|\A)(?P<label>(?:{_QUALIFIER}(?:{label})(?:\s?(?:score|value|estimate|estimada|stimata|estimée))?|{short}))"
            rf"{_DECORATION}(?:\s?[(（][^()（）\n]{{1,40}}[)）])?{_DECORATION}"
            rf"\s{{0,3}}(?:[:：=≈~→|]|—|–|-(?=\s)|\bis\b|\bof\b|\bvon\b|\bde\b|为|為|は|是|:=)(?:[:=≈~])?\s{{0,3}}"
            rf"{_DECORATION}\s{{0,2}}[\[(<]?{_ABOUT}\s{{0,2}}{NUMBER}",
            re.IGNORECASE,
        )
        # A line that is nothing but label and number needs no colon.
        self._alone = re.compile(
            rf"\A[\s>#*_\-•]{{0,12}}(?P<label>{_QUALIFIER}(?:{label}))[.\s*_]{{1,6}}{_ABOUT}\s{{0,2}}{NUMBER}[\s*_.]{{0,6}}\Z",
            re.IGNORECASE,
        )
        self._reversed = re.compile(
            rf"(?<![\w.,]){_ABOUT}\s{{0,2}}{NUMBER}{_DECORATION}\s{{0,2}}{_DECORATION}(?P<label>{label}|prob\b\.?)(?!\s{{0,2}}[:：=])",
            re.IGNORECASE,
        )
        self._worded = re.compile(
            rf"(?:(?<=[^\w])|\A)(?:{_QUALIFIER}(?:{label})|(?<![^\W_])(?:prob|p)\b\.?){_DECORATION}\s{{0,3}}[:：=]\s{{0,3}}{_DECORATION}"
            rf"\s{{0,2}}{_LEVEL}",
            re.IGNORECASE,
        )

    def marks(self, line: str) -> list[Mark]:
        """The numbers in a line that a word calls a probability."""
        return self._known(line) if len(line) <= SHORT else self._marks(line)

    def _marks(self, line: str) -> list[Mark]:
        start = 0
        if line.isascii():
            hint = self._hint.search(line.lower())
            if hint is None:
                return []
            start = hint.start()
            if line[start - 1 : start].isspace() and line[start - 2 : start - 1] not in _NO_WORD:
                start = max(0, start - _LONGEST_QUALIFIER)
        else:
            line = plain_digits(line)
        found: list[Mark] = []
        for pattern in (self._labelled, self._alone, self._reversed) if _DIGIT.search(line) else ():
            for match in pattern.finditer(line, start if pattern is self._labelled else 0):
                if _is_condition(line, match) or (
                    pattern is self._labelled and match.end() < len(line) and _GOES_ON.match(line, match.end())
                ):
                    continue
                if found and match.start() < found[-1].end:
                    continue
                found.append(Mark(number_of(match), *_with_brackets(line, match.start(), match.end())))
            if found:
                return found
        if worded := self._worded.search(line, start):
            number = Number(None, repair=Repair.NOT_A_NUMBER)
            found.append(Mark(number, *_with_brackets(line, worded.start(), worded.end())))
        return found


@lru_cache(maxsize=256)
def _labels(words: tuple[str, ...]) -> Labels:
    return Labels(words)


def labels_in(text: str) -> Labels | None:
    """The patterns for a text; None if no label occurs in it."""
    lowered = text.casefold()
    words = tuple(word for word in _WORDS if word in lowered)
    return _labels(words) if words or _SHORT.search(lowered) else None


def _is_condition(line: str, match: re.Match[str]) -> bool:
    """Whether a number is a bound or a range ("less than 0.1", "from 0.0 to 1.0")."""
    at, end = match.start("number"), match.end()
    if line[max(0, at - 24) : at].rstrip("*_` \t")[-1:] not in (":", "=") and (
        _CONDITIONED.search(line, max(0, at - 24), at) is not None
    ):
        return True
    return end < len(line) and line[end] not in ")]" and _CONDITION.match(line, end) is not None


def _with_brackets(line: str, start: int, end: int) -> tuple[int, int]:
    """Takes the brackets and the decoration around a mark into it, and what repeats it ("0.333 (33.3%)")."""
    if start == 0 and end == len(line):
        return start, end
    if aside := _ASIDE.match(line, end):
        end = aside.end()
    for _ in range(_MOST_BRACKETS):
        before, after = start, end
        while before and line[before - 1] in " \t" and start - before < _MOST_BRACKETS:
            before -= 1
        while after < len(line) and line[after] in " \t" and after - end < _MOST_BRACKETS:
            after += 1
        opened, closed = line[before - 1 : before] if before else "", line[after : after + 1]
        if opened not in _BRACKETS and closed not in _BRACKETS:
            break
        left, right = line[max(0, start - _NEAR) : start], line[end : end + _NEAR]
        inner = line[start:end]
        if opened and closed and (opened, closed) in _PAIRS:
            start, end = before - 1, after + 1
        elif closed and closed in "*_`" and inner.count(closed) % 2:
            end = after + 1
        elif opened and opened in "*_`" and right.count(opened) % 2 == 0 and left.count(opened) % 2:
            start = before - 1
        elif closed in _OPENING and inner.count(_OPENING[closed]) > inner.count(closed):
            end = after + 1
        else:
            break
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
_BRACKETS = frozenset(bracket for pair in _PAIRS for bracket in pair)
_OPENING = {"]": "[", ")": "(", "）": "（", "】": "【", ">": "<"}


def unlabelled(line: str) -> Mark | None:
    """A number at either end of a list item that nothing but its place marks: "Paris (45%)", "0.45 – Paris"."""
    return _known(line) if len(line) <= SHORT else _unlabelled(line)


def _unlabelled(line: str) -> Mark | None:
    line = plain_digits(line)
    stripped = line.rstrip()
    if not _DIGIT.search(stripped):
        return None
    for pattern in (_TRAILING, _LEADING, _HEADED):
        window = max(0, len(stripped) - 60) if pattern is _TRAILING else 0
        match = pattern.match(line) if pattern is _LEADING else pattern.search(stripped, window, window + 160)
        if match is None:
            continue
        number = number_of(match, prefix="" if match["number"] is not None else "bare_")
        if number.stated is not None and (number.unit is not Unit.BARE or _is_share(match, number.stated)):
            return Mark(number, *match.span())
    return None


_known = lru_cache(maxsize=1024)(_unlabelled)


def _is_share(match: re.Match[str], stated: float) -> bool:
    """Whether a bare number can be one of several shares; a whole one is a count or a year."""
    return 0.0 <= stated <= 1.0 and not (match["number"] or match["bare_number"]).isdigit()
