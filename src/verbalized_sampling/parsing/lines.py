"""The lines of a reply and what opens a list item in them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from . import names

__all__ = ["SHORT", "Line", "Opener", "is_fence", "is_rule", "lines_of"]

SHORT = 40  # characters of a line worth remembering: labels, rules, numbers are written again and again


class Opener(NamedTuple):
    """How a line opens an item.

    Attributes:
        kind: Items of one list share it.
        rank: 1 to 6 for headings; 7 for what stands below all headings.
        body: Where the item's own text starts in the line.
        label: The word that the item is called by ("response", "theme name"), or "".
    """

    kind: str
    rank: int
    body: int
    label: str = ""


class Line(NamedTuple):
    text: str
    start: int
    openers: tuple[Opener, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


_RULE = re.compile(r"[ \t]{0,8}(?:[-_*=~#+─━═]{3,}|(?:[-*_] ){3,})[ \t]{0,8}\Z")
_FENCE = re.compile(r"[ \t>]{0,8}(?:```|~~~)")
_ROOTS = "|".join(re.escape(w) for w in sorted(names.ROOT_WORDS, key=len, reverse=True))
_TITLES = "|".join(re.escape(w) for w in sorted(names.NAME_WORDS, key=len, reverse=True))
_TEXTS = "|".join(re.escape(w) for w in sorted(names.TEXT_WORDS, key=len, reverse=True))
_ORDINAL = (
    r"(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_PREFIX = re.compile(r"[ \t>]{0,12}(?:\[[A-Z ]{1,12}\][ \t])?(?:[✅📌👉⭐🔹🔸▶️➡️✨🎯🥇🥈🥉\ufe0f]{1,3}[ \t]*)?")
_HEADING = re.compile(r"(#{1,6})[ \t]+")
_NUMBERED = re.compile(
    r"(?:\*\*|__)?(?:[(（\[【]?(\d{1,3}|[A-Za-z])[.)\]】）、．:：](?!\d)|([①-⑳])"
    r"|#(\d{1,3})\b[.:)]?|(\d️?⃣))(?:\*\*|__)?(?:[ \t]+|(?=[^\s\d.,]))"
)
_ANSWER = re.compile(
    r"[*_`]{0,2}(?:\d{1,3}|[A-Za-z])[*_`]{0,2}\s?[:：]\s{0,3}[*_`]{0,2}[~≈<]?\s?\d{0,3}[.,]?\d{1,6}\s?[%％]?[*_`]{0,2}\s*\Z"
)
_BULLETS = "-*•‣◦▪●○+–"
_BULLET = re.compile(rf"[{re.escape(_BULLETS)}][ \t]+")
_LABEL = re.compile(
    rf"[*_`]{{0,3}}(?P<word>{_ROOTS})[ \t]*(?:#|no\.?|n°|nº)?[ \t]*(?P<ordinal>{_ORDINAL})(?![^\W_])[*_`]{{0,3}}[ \t]*"
    r"(?=[:：.)\-–—(（\[|]|\*|_|\s*\Z|✅|⭐)",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"[*_`]{{0,3}}(?P<word>{_TITLES})[ \t]{{0,3}}[*_`]{{0,3}}[:：][*_`]{{0,3}}[ \t]*", re.IGNORECASE)
_TEXT = re.compile(
    rf"[*_`\"']{{0,3}}(?P<word>{_TEXTS})[ \t]{{0,3}}[*_`\"']{{0,3}}[:：=][*_`]{{0,3}}[ \t]*", re.IGNORECASE
)
_BOLD = re.compile(r"(?:\*\*|__)(?=\S)")
# How any of the words above begins: most lines begin otherwise, and trying every word on each is slow.
_BEGINNINGS = frozenset(word[:2].lower() for word in (*names.ROOT_WORDS, *names.NAME_WORDS, *names.TEXT_WORDS))
_DECORATION = "*_`\"'"
_AFTER_ORDINAL = ".)]】）、．:："
_HEAD = 6  # characters that hold the decoration and the first two letters


def is_rule(line: str) -> bool:
    """Whether a line is a horizontal rule."""
    return line[:1] in " \t-_*=~#+─━═" and _RULE.match(line) is not None


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a fence."""
    return line[:1] in " \t>`~" and _FENCE.match(line) is not None


def lines_of(text: str, start: int, end: int) -> list[Line]:
    """The lines of a part of a reply."""
    result: list[Line] = []
    shared: dict[tuple[Opener, ...], tuple[Opener, ...]] = {}  # lines begin in a few ways
    at = start
    for raw in text[start:end].splitlines(keepends=True):
        line = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        openers = _known(line) if len(line) <= SHORT else _openers(line)
        result.append(Line(line, at, shared.setdefault(openers, openers) if openers else ()))
        at += len(raw)
    return result


def _openers(line: str) -> tuple[Opener, ...]:
    """Every way in which a line can be taken to open an item, outermost first."""
    if is_rule(line):
        return ()
    at, rank, indent = 0, 7, 0
    found: list[Opener] = []
    first = line[:1]
    if not (first.isascii() and first.isalnum()):  # most lines begin with a word or a number
        if not first:
            return ()
        if first not in _BULLETS and (prefix := _PREFIX.match(line)):
            at = prefix.end()
            indent = min(len(line) - len(line.lstrip(" \t>")), 9) // 2
            first = line[at : at + 1]
        if first == "#" and (heading := _HEADING.match(line, at)):
            rank, at = len(heading[1]), heading.end()
            found.append(Opener(f"heading{rank}", rank, at))
        elif first in _BULLETS and (bullet := _BULLET.match(line, at)):
            at = bullet.end()
            found.append(Opener(f"bullet{indent}", rank, at))
    if _ANSWER.match(line, at):
        return tuple(found)  # "3: 0.2" gives the answer 3
    is_word = line[at : at + 1].isalpha() and line[at + 1 : at + 2] not in _AFTER_ORDINAL
    numbered = None if is_word else _NUMBERED.match(line, at)
    if numbered:
        style = "letter" if (numbered[1] or "0").isalpha() else "number"
        at = numbered.end()
        found.append(Opener(f"{style}{'' if rank == 7 else rank}-{indent}", rank, at))
        if rank == 7:
            found.append(Opener(style, rank, at))  # whatever its indent
    if (label := _label(line, at, rank)) is not None:
        found.append(label)
    if rank == 7 and line[at : at + 1] in "*_" and _BOLD.match(line, at):
        found.append(Opener("bold", 7, at))
    return tuple(found)


_known = lru_cache(maxsize=1024)(_openers)


def _label(line: str, at: int, rank: int) -> Opener | None:
    """The word that opens an item, if one does."""
    head = line[at : at + _HEAD]
    if head.isascii() and head.lstrip(_DECORATION)[:2].lower() not in _BEGINNINGS:
        return None
    if match := _LABEL.match(line, at):
        kind = "label"
    elif match := _NAMED.match(line, at):
        kind = "title"
    elif match := _TEXT.match(line, at):
        kind = "text"
    else:
        return None
    word = names.normalised(match["word"])
    return Opener(f"{kind}:{word}", rank, match.end(), word)
