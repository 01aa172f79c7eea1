"""Words that call a number a probability, in all languages: "Probability: 0.07", "(p=0.12)", "12% chance"."""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex
from ...values.repairs import Repair
from ..language.words import PROBABILITY_WORDS, pattern_of
from .amounts import is_share
from .hedges import ABOUT, DECORATION, IN_WORDS, LEVEL, said_from
from .marks import SHORT, Mark, with_brackets
from .number import NUMBER, SPREAD, Number, Unit, number_in_spread, plain_digits, unit_of
from .spelt import with_digits

__all__ = ["Labels", "labels_in"]

# The longest first, each with the one of its words to look for.
_LABEL_WORDS = tuple(
    (word, word if " " not in word else word.split()[0])
    for word in sorted({word.casefold() for word in PROBABILITY_WORDS}, key=len, reverse=True)
)
_LONG = 2000  # characters
_SHORT = regex(
    r"\b(?:p_?\d{0,2}|pr|prob|nll|ppl|perplexity)\b(?:.{0,4}[:=≈~→|：—–\\-]|\s{0,2}\([^()\n]{1,40}\)|\.?\s{1,2}[\d.])"
)
# Words that only a percent before them makes a probability: "60% likely".
_ADJECTIVES = ("likely", "probable", "confident", "certain", "sure", "typical", "plausible")
_ADJECTIVE = rf"(?:{'|'.join(_ADJECTIVES)})\b"
_RATED = regex(rf"[%％]\s{{0,2}}{_ADJECTIVE}")
_SHORT_HINTS = (
    r"log[ -]?p(?:rob)?\b",
    r"p(?<![^\W_]p)(?:r|pl|erplexity|_?\d{1,2})?\b",
    r"nll(?<![^\W_]nll)\b",
    r"prob\b",
    *(rf"{word}\b" for word in _ADJECTIVES),
)
_COLON_AFTER = regex(r"\s{0,2}[:：=]")
_STATES = regex(r"[:：=]")
_GOES_ON = regex(r"[^\W_]|\.\d")
_LONGEST_PREFACE = 60
_NO_WORD = "()[]:;,|*_-–—"
_DIGIT = regex(r"\d")
_LINE_OPENING = regex(r"\A[\s>#*_\-•]{0,12}(?:\d{1,4}[.)]\s)?")
_SAID = regex(r"[^\W_]")
_NEAR_NUMBER = 20  # characters before a number that tell how it is set off
_OPENING_BRACKETS = "([（【"
_SET_OFF = '()[]（）【】:：;,，|-–—=→.!?"”'
_PREFACE = (
    r"(?:(?:this|the) (?:response|answer|option|one) )?(?:(?:has|with|at|having|of) )?(?:an? |the )?"
    r"(?:(?:estimated|est\.|verbalized|verbalised|stated|relative|approximate|approx\.|model|my|sampling|assigned"
    r"|predicted|subjective) )?"
)
_SAYS_IS = (
    rf"(?:[-=]>|[:：=≈~→|∼～≳≲】]|—|–|-(?=\s)|\\(?:approx|simeq|sim)\b|{pattern_of('states')}|:="
    rf"|(?=(?:{pattern_of('about')})\s{{0,2}}[\d.,]))(?:[:：=≈~])?"
)
_SUBJECT = (
    r"(?:\s?[(（][^()（）\n]{1,40}[)）]|\s(?:of|for)\s(?:(?:this|the|that)\s)?(?:this|it|response|answer|option|candidate"
    r"|text|output|completion|choice|one|joke|story|poem|idea|being\s[^\W\d]{2,14}|occurr\w{3,5}|selection)(?:\s#?\d{1,3})?|[\s_]#?\d{1,2}(?=\s?[*_]{0,2}(?:[:：=→]|->)))?"
)
_BELONGS = (
    rf"(?:(?<![^\W_])(?:{pattern_of('of_this')})?"
    rf"|(?:(?<=[^\W_])|(?<=[^\W_]\s))(?:{pattern_of('possessive')})\s?)"
)
_CLOSED_LABEL = rf"(?:\](?={DECORATION}\s?[:：=]){DECORATION})?"  # "[Probability]: 0.1"
_BOUND = r"(?:[<≤＜≲]\s?)?"  # a tail that is stated by its bound
_CONDITION = regex(
    rf"\s{{0,2}}(?:-|–|—|～|~|{pattern_of('to')}|{pattern_of('joins')})\s{{0,2}}\d"
    rf"|\s{{0,2}}(?:{pattern_of('or_less')})"
)
_CONDITIONED = regex(
    r"(?:<|(?<![-=])>|≤|≥|＜|＞|less than|lower than|below|under|at most|no more than|at least|above|between|from|each"
    r"|per|threshold of|sum of|total)\s{0,2}(?:a\s)?[*_`]{0,2}\Z",
    re.IGNORECASE,
)
_REST_OF_BRACKET = regex(r"[^()（）\[\]【】\d\n]{1,80}(?=[\])）】])")
_TO_ONE, _ONE_TO = regex(r":\d{1,4}(?![.\d])"), regex(r"\d:\Z")  # odds, a score, a time
_BEHIND_SUM = " *_"
_SUM = regex(r"(?:total|sum of(?: the| all| all the)?|combined|cumulative|overall)[ *_]{1,5}\Z", re.IGNORECASE)


class Labels:
    """The patterns of labelled numbers, for the few words of all languages that a text holds."""

    __slots__ = ("_bracketed", "_heads", "_hint", "_known", "_labelled", "_only", "_reversed", "_worded")

    def __init__(self, words: tuple[str, ...]) -> None:
        label = "|".join(re.escape(word) for word in words) or "(?!)"
        named = rf"(?:{_PREFACE}(?:{label})\s\$?)?"  # "with probability $p"
        short = rf"(?<![^\W_]){named}(?:log[ -]?)?(?:prob|pr|p(?:_?\d{{1,2}}(?=\s?[:：=]))?|nll|ppl|perplexity)\b\.?"
        self._known = lru_cache(maxsize=1024)(self._marks)
        # Where a label may stand in a case-folded line: the patterns below are slow to find that out. Each alternative
        # begins with a letter, so what begins with none of them is passed over in C.
        hints = map(re.escape, dict.fromkeys((*words, *(w.replace("ı", "i") for w in words))))
        self._hint = re.compile("|".join((*_SHORT_HINTS, *hints)))
        # Label, colon or the like, number. A comparison ("P < 0.10") is a condition and no statement.
        self._labelled = re.compile(
            rf"{_BELONGS}(?P<label>(?:{_PREFACE}(?P<word>{label})(?:\s?(?:score|value|{pattern_of('estimated')}))?|{short}))"
            rf"{DECORATION}{_SUBJECT}{DECORATION}{_CLOSED_LABEL}"
            rf"\s{{0,3}}{_SAYS_IS}\s{{0,3}}"
            rf"{DECORATION}\s{{0,2}}{IN_WORDS}[\[(]?{_BOUND}{ABOUT}\s{{0,2}}{NUMBER}{SPREAD}",
            re.IGNORECASE,
        )
        # In brackets, after a dash or on a line of its own, a label needs no colon.
        self._bracketed = re.compile(
            rf"(?:\A[\s>#*_\-•]{{0,12}}|(?<=[\[(（【〔】|—–,，:：\-])\s{{0,3}}{DECORATION}"
            r"|(?<=\s)(?=with\s|p(?:r|rob)?\([\d.,]{1,9}%?\)(?!\s?[=≈<])))"
            rf"(?:(?:{pattern_of('beside')}) )?(?P<label>{_PREFACE}(?P<word>{label})[^\W\d_]{{0,2}}|{short})"
            rf"[.\s*_(]{{0,6}}(?:(?:of|del?|di|du|von|{pattern_of('estimated_at')}) )?"
            rf"{ABOUT}\s{{0,2}}{NUMBER}(?=[\s*_.]{{0,6}}(?:[\])）】〕:：|—–]|[，；](?=\S)|[,;，；]?\s*\Z|\s-\s))",
            re.IGNORECASE,
        )
        self._reversed = re.compile(
            rf"(?<![\w.,#№]){ABOUT}\s{{0,2}}{NUMBER}{SPREAD}{DECORATION}\s{{0,2}}{DECORATION}(?:(?:{pattern_of('of')})\s?)?"
            rf"(?P<label>(?P<word>{label})|prob\b\.?|{_ADJECTIVE})(?P<of>\s(?:of|that)\b)?",
            re.IGNORECASE,
        )
        only = rf"[ \t>#*_\-•]{{0,12}}{_PREFACE}(?:{label})[ \t*_]{{0,6}}(?:[:：][ \t*_]{{0,6}}"
        self._only = re.compile(rf"{only})?\Z", re.IGNORECASE)
        self._heads = re.compile(rf"^{only}|$)", re.IGNORECASE | re.MULTILINE)
        self._worded = re.compile(
            rf"(?<![^\W_])(?P<label>{_PREFACE}(?P<word>{label})|(?<![^\W_])(?:prob|p)\b\.?){DECORATION}\s{{0,3}}[:：=]\s{{0,3}}{DECORATION}"
            rf"\s{{0,2}}{LEVEL}",
            re.IGNORECASE,
        )

    def head_in(self, text: str, start: int, end: int) -> bool:
        """Whether any line of a text begins with nothing but a label."""
        return self._heads.search(text, start, end) is not None

    def announces(self, line: str) -> bool:
        """Whether a line is nothing but a label, whose number stands on the next."""
        return len(line) <= SHORT and self._only.match(plain_digits(line)) is not None

    def marks(self, line: str) -> list[Mark]:
        """The numbers in a line that a word calls a probability."""
        return self._known(line) if len(line) <= SHORT else self._marks(line)

    def _marks(self, line: str) -> list[Mark]:
        hint = self._hint.search(line.casefold())
        if hint is None:
            return []
        start = 0
        if line.isascii():
            start = hint.start()
            if line[start - 1 : start].isspace() and line[start - 2 : start - 1] not in _NO_WORD:
                start = max(0, start - _LONGEST_PREFACE)
        else:
            line = plain_digits(line)
        if not _DIGIT.search(line):
            line = with_digits(line)
        found: list[Mark] = []
        for pattern in (self._labelled, self._bracketed, self._reversed) if _DIGIT.search(line) else ():
            for match in pattern.finditer(line, start if pattern is self._labelled else 0):
                if found and match.start() < found[-1].end:
                    continue
                if not self._is_statement(line, match, pattern):
                    continue
                word = _word(match)
                found.append(Mark(number_in_spread(match, unit_of(word)), *_span(line, match), word))
            if found:
                return found
        if worded := self._worded.search(line, start):
            number = Number(None, repair=Repair.NOT_A_NUMBER)
            found.append(Mark(number, *with_brackets(line, worded.start(), worded.end()), _word(worded)))
        return found

    def _is_statement(self, line: str, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
        """Whether a labelled number is said of a candidate: no bound, no range, no sum, no part of a word."""
        if pattern is self._labelled and match["upper"] and not _is_stated(line, match):
            return False  # a range of numbers that are allowed
        label = match.start("label")
        if _is_condition(line, match) or (
            line[label - 1 : label] in _BEHIND_SUM and _SUM.search(line, max(0, match.start() - 24), label)
        ):
            return False
        if pattern is self._reversed:
            number = number_in_spread(match)
            if number.unit is not Unit.BARE:
                return True
            if _RATED.match(f"%{match['label']}") or _COLON_AFTER.match(line, match.end()):
                return False  # the label of another number
            return number.stated is not None and is_share(number.stated)
        if match["label"] in ("p", "P") and _is_other_quantity(line, match):
            return False
        return not (pattern is self._labelled and match.end() < len(line) and _GOES_ON.match(line, match.end()))


@lru_cache(maxsize=256)
def _labels(words: tuple[str, ...]) -> Labels:
    return Labels(words)


def labels_in(text: str) -> Labels | None:
    """The patterns for a text; None if no label occurs in it."""
    lowered = text.casefold()
    # (A long text says most words more than once.)
    said = lowered if len(lowered) < _LONG else "\n".join(set(lowered.split()))
    words = tuple(word for word, first in _LABEL_WORDS if first in said and (first is word or word in lowered))
    return _labels(words) if words or _SHORT.search(lowered) or _RATED.search(lowered) else None


def _is_other_quantity(line: str, match: re.Match[str]) -> bool:
    """Whether a variable amid a text, or an argument, is no share: "depth p=4", "f(p=4)"."""
    before = line[max(0, match.start() - _NEAR_NUMBER) : match.start()].rstrip("*_$ ")
    if not (before[-1:].isalnum() or (before[-1:] == "(" and before[-2:-1].isalnum())):
        return False
    number = number_in_spread(match)
    return number.unit is Unit.BARE and number.stated is not None and not is_share(number.stated)


def _span(line: str, match: re.Match[str]) -> tuple[int, int]:
    """What a statement takes up: nothing where a sentence goes on before and behind it, for it stays one."""
    if "of" not in match.re.groupindex:
        start, end = with_brackets(line, match.start(), match.end())
        return said_from(line, start), end
    start, end = with_brackets(line, match.start(), match.end("label"))
    if start and line[start - 1] in _OPENING_BRACKETS and (rest := _REST_OF_BRACKET.match(line, match.end("label"))):
        return with_brackets(line, start, rest.end())  # "(60% likely to succeed)"
    if start < _NEAR_NUMBER and not _LINE_OPENING.sub("", line[:start]).rstrip("*_ "):
        return start, max(end, match.end())
    start = said_from(line, start)
    before = line[max(0, start - _NEAR_NUMBER) : start].rstrip("*_ ")
    if line[start] not in _OPENING_BRACKETS and before[-1:] not in _SET_OFF and _SAID.search(line, end):
        return start, start
    return start, end


def _word(match: re.Match[str]) -> str:
    return (match["word"] or match["label"].split()[-1].strip(".") or "probability").casefold()


def _is_stated(line: str, match: re.Match[str]) -> bool:
    """Whether a colon stands between a label and its number, whatever else does: "Probability: low (<0.1)"."""
    return _STATES.search(line, match.end("label"), match.start("number")) is not None


def _is_condition(line: str, match: re.Match[str]) -> bool:
    """Whether a number is a bound, a range or a part of a ratio ("less than 0.1", "0.0 to 1.0", "odds 3:1")."""
    at, end = match.start("number"), match.end()
    if match["number"].isdigit() and (
        _TO_ONE.match(line, match.end("number")) or _ONE_TO.search(line, max(0, at - 2), at)
    ):
        return True
    if not _is_stated(line, match) and _CONDITIONED.search(line, max(0, at - 24), at) is not None:
        return True
    return end < len(line) and line[end] not in ")]" and _CONDITION.match(line, end) is not None
