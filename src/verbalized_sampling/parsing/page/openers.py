"""What opens a list item in a line: a heading, a bullet, the branch of a drawn tree, a number, a word."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...patterns import regex
from ..language import names
from ..language.counting import label_pattern
from ..language.numerals import ORDINALS, SIGNS, SPELT
from ..language.words import NAME_WORDS, ROOT_WORDS, TEXT_WORDS

__all__ = ["NO_HEADING", "Opener", "may_open", "openers_of", "with_label"]


NO_HEADING = 7  # the rank of what stands below all headings


class Opener(NamedTuple):
    """How a line opens an item.

    Attributes:
        kind: Items of one list share it.
        rank: 1 to 6 for headings; ``NO_HEADING`` for what stands below them all.
        body: Where the item's own text starts in the line.
        label: The word that the item is called by ("response", "theme name"), or "".
    """

    kind: str
    rank: int
    body: int
    label: str = ""


_ROOT_WORD = "|".join(re.escape(w) for w in sorted(ROOT_WORDS, key=len, reverse=True))
_TITLE_WORD = "|".join(re.escape(w) for w in sorted(NAME_WORDS, key=len, reverse=True))
_TEXTS = "|".join(re.escape(w) for w in sorted(TEXT_WORDS, key=len, reverse=True))
_ORDINAL = rf"(?:\d{{1,3}}|[A-Za-zА-Яа-я甲乙丙丁戊]|[ivxIVX]{{1,5}}|[{SIGNS}]{{1,3}}|{SPELT})"
_BLANKS = " \t\xa0\u2000-\u200b\u202f\u3000\ufeff"
_PREFIX = regex(
    rf"[{_BLANKS}>]{{0,12}}(?:\[[A-Z ]{{1,12}}\][ \t])?"
    rf"(?:(?![🥇🥈🥉❶-➓])[▶➡\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]{{1,4}}[{_BLANKS}]*)?"
)
_SIGN_AHEAD = regex(rf"[▶➡\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]{{1,4}}[{_BLANKS}]+")
_HEADING_MARKS = regex(rf"(#{{1,6}})[{_BLANKS}]+")
_NUMBERED_ITEM = regex(
    rf"(?:\*\*|__)?(?:[(（\[【]?(\d{{1,3}}|\d{{4}}(?=[.)]\s)|[ivx]{{2,4}}|[IVX]{{2,5}}|[A-Za-z]|[{SIGNS}]{{1,3}}(?=[、.．)）]))"
    r"(?:\\|[ ](?=\)))?[.)\]】）、．:：۔](?!\d)|([①-⑳❶-➓])"
    rf"|#(\d{{1,4}})\b[.:)]?|(\d️?⃣|[🥇🥈🥉])"
    rf"|(\d{{1,3}}|[A-H](?=[{_BLANKS}]))[{_BLANKS}]{{0,3}}[-–—](?=[{_BLANKS}]{{1,3}}[^\W\d]))"
    rf"(?:\*\*|__)?(?:[{_BLANKS}]+|(?=[^\s\d.,]))"
)
_LETTERS_AS_ORDINAL = regex(r"[A-Za-z]{1,4}[.)\]:]")
_BARE_ORDINAL = regex(r"[*_]{0,2}#?\d{1,3}[.)]?[*_]{0,2}[ \t]*\Z")
# "No. 1:", as other languages write it, too.
_NUMERO = regex(
    rf"[*_]{{0,3}}(?:(?:no|nr|num|nro)\.|no(?=[ ]\d{{1,3}}:)|n[°ºo]|nº|№)[{_BLANKS}]?#?\d{{1,3}}[*_]{{0,3}}[.):：]"
    rf"[*_]{{0,3}}(?:[{_BLANKS}]+|\Z)",
    re.IGNORECASE,
)
_COUNTER = regex(
    rf"[*_【\[]{{0,3}}(?:第\s?[{SIGNS}\d]{{1,3}}\s?(?:[个個条種则則点位]|つ目|番目)?|\d{{1,3}}(?:位|番目?|つ目))[*_】\]]{{0,3}}[:：、][*_]{{0,3}}\s*"
)
_ORDINAL_ALONE = regex(r"[*_]{0,2}(?:[(\[]?\d{1,3}[.)\]]|#\d{1,3})[*_]{0,2}[ \t]*\Z")
_ANSWER = regex(
    r"[*_`]{0,2}(?:\d{1,3}[*_`]{0,2}\s?[:：]|[(（\[][A-Za-z][)）\]][*_`]{0,2}(?:\s?[:：=→–—-])?|[A-Za-z][*_`]{0,2}\s?[:：.)])\s{0,3}[*_`]{0,2}"
    r"[~≈<]?\s?\d{0,3}[.,]?\d{1,6}\s?[%％]?[*_`]{0,2}\s*\Z"
)
_BULLETS = "-*•‣⁃∙◦▪▸▹●○+–—★☆❖→⇒»・·◆◇■□►➤➢🔹🔸🔷🔶🔵🔴🟢🟡🟠🟣⚫⚪\\"
_BULLET = regex(
    rf"(?:[{re.escape(_BULLETS[:-1])}][{_BLANKS}]+|[・◆◇■□►➤➢](?=\w)|\\item(?:\[[^\[\]\n]{{0,40}}\])?[{_BLANKS}]+)"
    rf"(?:\[[ xX✓✔]\][{_BLANKS}]+)?"
)
_DASHES = "–—→⇒»"  # what stands behind them may be said of the line above
_ONLY_NUMBER = regex(r"[*_`(]{0,3}[~≈<]?\s?\d{0,3}[.,]?\d{1,6}\s?[%％]?[*_`)]{0,3}\s*\Z")
_BRANCHES = "├└┣┗╠╚│┃║|`+\\"
_BRANCH = regex(
    rf"(?:[│┃║|][{_BLANKS}]{{0,8}}){{0,6}}?"
    rf"(?P<sign>[├└┣┗╠╚][─━═-]{{1,4}}[>▶→]?|[|`+\\]-{{1,4}}[>▶→]?(?=[{_BLANKS}]))[{_BLANKS}]*+"
)
_COUNTED_LABEL = regex(
    rf"[*_`\[【]{{0,3}}(?:第\s?[{SIGNS}\d]{{1,3}}\s?(?:[个個条種]|つ目の|の)?(?P<counted>{_ROOT_WORD})"
    rf"|(?P<word>{_ROOT_WORD})(?:[ \t]*+|_)(?:(?:#|no\.?|n°|nº)[ \t]*+)?(?P<ordinal>{_ORDINAL})(?![^\W_]|\.\d))"
    r"[*_`]{0,3}"
    r"(?:】[*_`]{0,3}[ \t]*+|\][*_`]{0,3}[ \t]+|[ \t]*+(?=[:：.)\-–—·•(（\[|`]|\*|_|\s*\Z|✅|⭐))",
    re.IGNORECASE,
)
_NAMED = regex(rf"[*_`]{{0,3}}(?P<word>{_TITLE_WORD})[ \t]{{0,3}}[*_`]{{0,3}}[:：][*_`]{{0,3}}[ \t]*", re.IGNORECASE)
_TEXT_LABEL = regex(
    rf"[*_`\"']{{0,3}}(?P<word>{_TEXTS})[ \t]{{0,3}}[*_`\"']{{0,3}}[:：=][*_`]{{0,3}}[ \t]*", re.IGNORECASE
)
_ORDINAL_WORD = regex(
    rf"[*_`]{{0,3}}(?:the )?(?:{'|'.join(map(re.escape, ORDINALS))})(?: (?:{_ROOT_WORD}))?"
    r"[ \t]{0,3}[*_`]{0,3}(?:[:：][*_`]{0,3}[ \t]*|(?=[(（\[][~≈]?\d[^()（）\[\]\n]{0,20}[)）\]] ?[:：]))",
    re.IGNORECASE,
)
_BOLD = regex(r"(?:\*\*|__)(?=\S)")
_NUMERO_BEGINNINGS = ("nr.", "num", "nro", *(f"no{sign}" for sign in ". #0123456789"))
_FIRST_LETTERS = 3  # of a word that tell it from most others; none of ASCII has fewer
# How any of the words above begins: most lines begin otherwise, and trying every word on each is slow.
_BEGINNINGS = frozenset(
    word[:_FIRST_LETTERS].lower().replace("ı", "i")
    for word in (*ROOT_WORDS, *NAME_WORDS, *TEXT_WORDS, *ORDINALS, "the", *_NUMERO_BEGINNINGS)
)
# The first signs of all of them. (Without regard to case "s" is "ſ", too, "k" the sign of Kelvin, "i" any i.)
_FIRST_SIGNS = frozenset(
    sign
    for word in (*ROOT_WORDS, *NAME_WORDS, *TEXT_WORDS, *ORDINALS, *"nt№第ſ\u212aıİ")
    for sign in (word[0], word[0].lower(), word[0].upper())
)
_DECORATIONS = "*_`\"'[【"
_AFTER_ORDINAL = ".)]】）、．:：۔ivxIVX\\" + SIGNS
_DASHED_LETTER = (" -", " –", " —")  # "A – Mercury"
_ENDS_NUMBER = "0123456789%％*_` "
_BRANCH_WIDTH = 3  # characters, at least, that a tree is drawn with for each level: "├─ "
_HEAD_LENGTH = 6  # characters that hold the decoration and the first letters


def openers_of(line: str) -> tuple[Opener, ...]:
    """Every way in which a line can be taken to open an item, outermost first."""
    at, rank, indent = 0, NO_HEADING, 0
    found: list[Opener] = []
    first = line[:1]
    if not (first.isascii() and first.isalnum()):  # most lines begin with a word or a number
        if not first:
            return ()
        if first not in _BULLETS and (prefix := _PREFIX.match(line)):
            at = prefix.end()
            indent = min(len(line) - len(line.lstrip(" \t>")), 9) // 2
            first = line[at : at + 1]
        if first == "#" and (heading := _HEADING_MARKS.match(line, at)):
            rank, at = len(heading[1]), heading.end()
            if (sign := _SIGN_AHEAD.match(line, at)) is not None:
                at = sign.end()
            found.append(Opener(f"heading{rank}", rank, at))
        elif first in _BULLETS and (bullet := _BULLET.match(line, at)):
            at = bullet.end()
            if first in _DASHES and _ONLY_NUMBER.match(line, at):
                return ()
            found.append(Opener(f"bullet{indent}", rank, at))
        elif first in _BRANCHES and (branch := _BRANCH.match(line, at)):
            indent = branch.start("sign") // _BRANCH_WIDTH
            at = branch.end()
            found.append(Opener(f"bullet{indent}", rank, at))
    if rank < NO_HEADING and _BARE_ORDINAL.match(line, at):
        return (*found, Opener(f"number{rank}-0", rank, len(line)))
    if not found and _ORDINAL_ALONE.match(line, at):
        return (Opener(f"alone{indent}", rank, len(line)),)
    if line[-1:] in _ENDS_NUMBER and _ANSWER.match(line, at):
        return tuple(found)  # "3: 0.2" gives the answer 3
    is_word = (
        line[at : at + 1].isalpha()
        and line[at + 1 : at + 2] not in _AFTER_ORDINAL
        and line[at + 1 : at + 3] not in _DASHED_LETTER
    )
    numbered = None if is_word else _NUMBERED_ITEM.match(line, at)
    if numbered:
        style = "letter" if (numbered[1] or numbered[5] or "0").isalpha() else "number"
        at = numbered.end()
        found.append(Opener(f"{style}{'' if rank == NO_HEADING else rank}-{indent}", rank, at))
        if rank == NO_HEADING:
            found.append(Opener(style, rank, at))  # whatever its indent
            if numbered[0][0] in "*_([【（":
                found.append(Opener(style + numbered[0][0], rank, at))
    if (label := _label(line, at, rank)) is not None:
        found.append(label)
    if rank == NO_HEADING and line[at : at + 1] in "*_" and _BOLD.match(line, at):
        found.append(Opener("bold", rank, at))
    return tuple(found)


def may_open(line: str) -> bool:
    """Whether a line that begins with a letter may open an item; far quicker than to say how."""
    head = line[:_HEAD_LENGTH]
    return (
        head[:_FIRST_LETTERS].lower() in _BEGINNINGS
        or not head.isascii()
        or _LETTERS_AS_ORDINAL.match(head) is not None
    )


def _label(line: str, at: int, rank: int) -> Opener | None:
    """The word that opens an item, if one does."""
    head = line[at : at + _HEAD_LENGTH]
    first = head.lstrip(_DECORATIONS)[:_FIRST_LETTERS]
    if first.isascii():
        if first.lower() not in _BEGINNINGS and (head.isascii() or not first.isdigit()):  # "123位："
            return None
    elif first[0] not in _FIRST_SIGNS and not first[0].isdecimal():
        return None
    if match := _COUNTED_LABEL.match(line, at):
        kind = "label"
    elif match := _NAMED.match(line, at):
        kind = "title"
    elif match := _TEXT_LABEL.match(line, at):
        kind = "text"
    elif match := _ORDINAL_WORD.match(line, at):
        return Opener("ordinal", rank, match.end())
    elif (match := _NUMERO.match(line, at)) or (match := _COUNTER.match(line, at)):
        return Opener("numbered", rank, match.end())
    else:
        return None
    word = names.normalised(match["word"] or match["counted"] if kind == "label" else match["word"])
    return Opener(f"{kind}:{word}", rank, match.end(), word)


def with_label(line: str, openers: tuple[Opener, ...], words: tuple[str, ...]) -> tuple[Opener, ...]:
    """The openers of a line, with the label that it begins with if this reply counts with that word."""
    if any(opener.label for opener in openers):
        return openers
    outer = tuple(opener for opener in openers if opener.kind != "bold")
    match = label_pattern(words).match(line, outer[-1].body if outer else 0)
    if match is None:
        return openers
    word = match["word"].casefold()
    is_name = not match["ordinal"].isdigit() and not names.is_root(word)  # "Plan A", "Hepatitis B"
    body = match.start("word") if is_name else match.end()
    return (*outer, Opener(f"label:{word}", openers[0].rank if openers else NO_HEADING, body, word))
