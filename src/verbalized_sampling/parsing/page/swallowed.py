r"""Backslashes that JSON swallowed: ``"\frac"`` is legal, and says a form feed and "rac"."""

from __future__ import annotations

import re

from ...patterns import regex

__all__ = ["may_swallow", "restored"]

# What follows the letter of an escape in the names of TeX commands. "Sure" are those that are no words themselves.
_T_SURE = (
    r"(?:imes|heta|ilde|anh|herefore|riangle[a-z]{0,8}|ext(?:bf|it|tt|rm|sc|sf)?(?=\{)|[df]?frac(?=\{)|binom(?=\{))"
)
_T_MATHS = r"(?:o|op|au|an|ext|frac|binom|wo[a-z]{4,14}arrow|hick(?:sim|approx))"
_R = r"(?:ight(?:[a-z]{1,16})?|ho|angle|floor|ceil|brace|brack|[vV]ert|m(?=\{)|ule(?=\{)|ef(?=\{)|e(?=\{)|eal)"
_N_MATHS = r"(?:abla|eq|e|eg|ot|otin|u|leq|geq|exists|parallel|cong|sim|subseteq|earrow|warrow|ewline)"
_END = r"(?![a-zA-Z])"

_MAY = regex(rf"\\(?:[bf]|t(?:{_T_SURE}|{_T_MATHS}|e?mp){_END}|r{_R}{_END})")
_MAY_IN_DOLLARS = regex(rf"\\n{_N_MATHS}{_END}")
_SURELY_SWALLOWED = regex(rf"[\x08\f](?=[a-z])|\t(?={_T_SURE}{_END})|\r(?={_R}{_END})")
_IN_MATHS = regex(rf"\t(?={_T_MATHS}{_END})")
# (Brackets of LaTeX's need escaping, dollars don't: who escaped those meant the line feeds behind them.)
_IN_DOLLARS = regex(rf"\t(?={_T_MATHS}{_END})|\n(?={_N_MATHS}{_END})")
_MATHS = regex(
    r"\$\$[^$]{1,600}+\$\$"
    r"|(?<![\\$])\$(?=\S|[\n\t\r][a-z])[^$]{1,300}+(?<!\s)\$(?!\d)"
    r"|\\\((?:[^\\]|\\(?![()])){1,600}+\\\)|\\\[(?:[^\\]|\\(?![\[\]])){1,600}+\\\]"
)
# A drive with a piece that nothing else explains: a line feed or a tab alone may well be meant.
_PATH = regex(
    r"(?<![a-zA-Z])[a-zA-Z]:(?:[\\\x08\f\t\r](?![a-zA-Z]:)[\w.$~%-]++|\n[a-z0-9_][\w$~-]*+(?=[\\\x08\f\t\"'`]|\.\w{1,4}\b|\Z))++"
)
_IN_PATH = regex(r"[\x08\f]|\te?mp\b")
_SWALLOWED_CONTROL = regex(r"[\x08\t\n\f\r]")
_LETTERS = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def may_swallow(raw: str) -> bool:
    """Whether JSON, as written, may have swallowed a backslash; quick, and true of doubled backslashes too."""
    if "\\" not in raw:
        return False
    return _MAY.search(raw) is not None or ("$" in raw and _MAY_IN_DOLLARS.search(raw) is not None)


def restored(text: str) -> str:
    """A text that JSON decoded, with the backslashes that can only have been meant.

    A form feed or a backspace before letters is never meant. A tab, a return or a line feed is, unless the rest of a
    TeX command follows; where that is a word by itself, only within maths.
    """
    if _SWALLOWED_CONTROL.search(text) is None:
        return text
    text = _PATH.sub(_in_path, text)
    text = _SURELY_SWALLOWED.sub(_letter, text)
    return _MATHS.sub(_in_maths, text) if "$" in text or "\\" in text else text


def _letter(match: re.Match[str]) -> str:
    return _LETTERS[match[0]]


def _in_path(match: re.Match[str]) -> str:
    return _SWALLOWED_CONTROL.sub(_letter, match[0]) if _IN_PATH.search(match[0]) else match[0]


def _in_maths(match: re.Match[str]) -> str:
    if "\n\n" in match[0]:
        return match[0]
    return (_IN_DOLLARS if match[0][0] == "$" else _IN_MATHS).sub(_letter, match[0])
