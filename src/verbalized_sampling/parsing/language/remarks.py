"""Remarks that a model makes beside its candidates: a final choice, a sum, a question to the user."""

from __future__ import annotations

import re

from ...patterns import regex
from .words import WORD_EDGE, pattern_of

__all__ = [
    "chooses_candidate",
    "greets",
    "is_closing_remark",
    "is_plain_remark",
    "is_remark",
    "is_sure_remark",
    "may_be_aside",
    "points_at_candidate",
]

_NAMING, _ALSO_NAMING, _OFFERED = pattern_of("answers"), pattern_of("parts"), pattern_of("choices")
_CLOSING_REMARK = regex(
    r"[\s>#*_\-–•✅📌👉⭐🏆➡️\ufe0f\d.)]{0,16}(?:my |the |our |claude's |model's |your )?(?:\w+[ ]){0,1}?"
    rf"(?:{pattern_of('closing')})",
    re.IGNORECASE,
)
_TOTAL_REMARK = regex(
    rf"[\s>#*_\-–•✅\d.)]{{0,16}}(?:{pattern_of('total')})(?:[ ][^\W\d_]{{1,16}}){{0,4}}?[ ]?[*_]{{0,3}}[:：=≈]"
    r"[*_]{0,3}[ ]?[~≈(]?[\d.]",
    re.IGNORECASE,
)
_LABEL_LIKE = regex(r"[^\n:：]{0,40}[:：]")
_PICTOGRAPHS = r"\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f"  # "⚠️ This is not medical advice."
_LEAD = rf"[\s>#*_\-–•{_PICTOGRAPHS}ℹ※(\[（【¡¿]{{0,8}}"
_REMARK_LABEL = regex(rf"{_LEAD}(?:{pattern_of('notes')})[\s*_]{{0,4}}[:：]", re.IGNORECASE)
_OPENS_REMARK = regex(rf"{_LEAD}(?:{pattern_of('openings')})", re.IGNORECASE)
_MODEST = regex(rf"{_LEAD}(?:{pattern_of('modest')})", re.IGNORECASE)
_ASIDE_LINE = regex(
    r"\s*(?:\([^()]*+\)|\[[^\[\]]*+\]|（[^（）]*+）|\*(?!\*)[^*]++\*|_[^_]++_|[^\"“”«»「」]++(?<=[?!？！؟]))\s*\Z"
)
_CHOOSING = regex(rf"{_LEAD}(?:[→➡=]|{pattern_of('choosing')})", re.IGNORECASE)
_POINTING = regex(r"#\d|[^\W\d_] ?#?\d{1,2}(?![\d.,])|第\d")
_NEAR_END = 40  # characters behind an opening within which it surely speaks of what is named
_OFFERS = regex(rf"{_LEAD}(?:{pattern_of('offers')})", re.IGNORECASE)
_LONGEST_REMARK = 400  # characters of a paragraph that are looked at
_WISHES = regex(rf"{_LEAD}(?:{pattern_of('wishes')})", re.IGNORECASE)
_ANSWERS = regex(rf"{WORD_EDGE}(?:{_NAMING})", re.IGNORECASE)
_PARTS = regex(rf"{WORD_EDGE}(?:{_NAMING}|{_ALSO_NAMING})", re.IGNORECASE)
_CHOICES = regex(rf"{WORD_EDGE}(?:{_NAMING}|{_ALSO_NAMING}|{_OFFERED})", re.IGNORECASE)
_PARTING = regex(rf"{_LEAD}(?:{pattern_of('partings')})[\s!.…*_)✨😊🎉🙂]{{0,8}}\Z", re.IGNORECASE)
_GREETING = regex(rf"[\s>*_\"“'«]{{0,8}}(?:{pattern_of('greetings')})(?![a-z])", re.IGNORECASE)
_SURE_REMARK = regex(
    rf"[\s>#*_\-–•{_PICTOGRAPHS}ℹ]{{0,8}}(?:"
    r"(?:note|disclaimer|caveat)?[\s*_:]{0,4}(?:these |the |all |sum of |of |total |stated |estimated |remaining ){0,3}"
    r"(?:probabilities\b|probability ?(?:estimates?|values?|scores?|mass|distribution"
    r"|of (?:each|all|these)|[:=≈(]|is (?:estimated|based)))"
    r"|let me know if you(?:'d| would)? (?:like|want|need|prefer) (?:more|me|another|any|other|different|further|to)\b"
    r"|(?:would you like|do you want|want|shall i|should i)(?: me to)? "
    r"(?:expand|continue|elaborate|generate|write|explore|develop|refine)"
    r"|(?:to (?:help me|give you|tailor|refine)|could you (?:please )?(?:tell me|share)|i can also|would you like me to"
    r"|do you want me to|shall i|should i)\b[^\n:]{0,120}:[\s*_]{0,4}\Z"  # a list of offers or questions follows
    r"|if you(?:'d like| want| prefer| wish|'d prefer)?,? i (?:can|could|'m happy)"
    r"|i(?:'ve| have)? (?:sampled|picked|chosen?|selected|drawn?|drew) "
    r"(?:#|no|number|response|option|these|from|the (?:first|second|third|fourth|fifth|last|response|option|candidate))"
    r"|(?:i )?hope (?:that|this|these|one of (?:these|them)) help"
    r"|(?:these|those|the (?:above|following|five|\w+)) (?:\w+ ){0,2}"
    r"(?:responses|options|samples|candidates|probabilities|suggestions)\b"
    r"|these (?:range|sum|add|span|cover|represent|are (?:sampled|drawn|samples)|were)\b"
    r"|each of (?:these|the) (?:\w+ )?(?:responses|options|samples|candidates)|this is not (?:\w{1,20} )?advice\b"
    r"|(?:and )?my (?:final |top |own |personal )?(?:pick|choice|recommendation|selection|bet|favou?rite)"
    r" (?:would be|is|goes to)\b"
    r"|why these\b|total\s?[=:]|sum\s?[=:])",
    re.IGNORECASE,
)


def is_closing_remark(line: str) -> bool:
    """Whether a line begins a closing remark ("Final choice: …")."""
    match = _CLOSING_REMARK.match(line)
    if match is None:
        states = ":" in line or "=" in line or "：" in line or "≈" in line
        return states and _TOTAL_REMARK.match(line) is not None
    # A word of choice alone may begin an answer; as a heading, or before a colon, it announces one.
    announced = line.lstrip().startswith(("#", "**", "__", "✅", "📌", "⭐", "🏆", "---"))
    return announced or match[0][-1:].isdigit() or _LABEL_LIKE.match(line, match.end()) is not None


def is_remark(line: str) -> bool:
    """Whether a paragraph may speak of the answer as a whole, or to the user; a letter or a speech may as well."""
    if is_closing_remark(line) or is_sure_remark(line) or _REMARK_LABEL.match(line) or _PARTING.match(line):
        return True
    line = line[:_LONGEST_REMARK]
    if _OPENS_REMARK.match(line) and _PARTS.search(line):
        return True
    return _offers(line)


def is_sure_remark(line: str) -> bool:
    """Whether a paragraph can hardly speak of anything but the answer as a whole."""
    if is_plain_remark(line) or _WISHES.match(line) or _PARTING.match(line):
        return True
    if opens := _REMARK_LABEL.match(line) or _OFFERS.match(line):
        return _ANSWERS.search(line, 0, _LONGEST_REMARK) is not None or _offers(line)
    opens = _OPENS_REMARK.match(line)
    return (
        opens is not None and not _MODEST.match(line) and _ANSWERS.search(line, 0, opens.end() + _NEAR_END) is not None
    )


def _offers(line: str) -> bool:
    return _OFFERS.match(line) is not None and _CHOICES.search(line, 0, _LONGEST_REMARK) is not None


def is_plain_remark(line: str) -> bool:
    """Whether a paragraph speaks of the answer as a whole even where letters are the candidates."""
    return _SURE_REMARK.match(line) is not None


def may_be_aside(line: str) -> bool:
    """Whether a line is set in brackets or italics, asks or calls; a candidate may do so as well."""
    return len(line) <= _LONGEST_REMARK and _ASIDE_LINE.match(line) is not None


def greets(line: str) -> bool:
    """Whether a text begins as a letter does, which may say to its own reader whatever is said to the user."""
    return _GREETING.match(line) is not None


def chooses_candidate(line: str, said: str) -> bool:
    """Whether a line that states a candidate's number chooses that candidate: it opens so, and holds what it said."""
    return _CHOOSING.match(line) is not None and said != "" and said.casefold() in line.casefold()


def points_at_candidate(line: str) -> bool:
    """Whether a line points at a candidate by its number: "#2", "response 2"."""
    return _POINTING.search(line, 0, _LONGEST_REMARK) is not None
