"""Bars that draw the number which stands beside them: "█████ 45%", "[====    ] 45%"."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...patterns import regex
from .marks import Mark

__all__ = ["beside_bars"]

# A bar that draws the number which stands beside it: "█████", "[====    ]", "| ### |".
_DRAWN = "\u2580-\u259f\u25a0\u25a1\u25aa-\u25b1\u2b1b\u2b1c\U0001f7e5-\U0001f7eb"
_DRAWN_BAR = regex(
    rf"`?(?:[{_DRAWN}]{{1,60}}+(?:[ ]?[{_DRAWN}]){{0,60}}+"
    rf"|[\[|(] {{0,3}}([#=*]|[{_DRAWN}])\1{{0,60}}+[>.\-_ {_DRAWN}]{{0,60}}+"
    r"[\])|]|([#=*])\2{3,60}+)`?(?P<last>\s*\Z)?"
)
_NUMBER_BEFORE = regex(r"[\d%％)\]][ \t]{0,3}\Z")
# One class first, and what it is looked for behind it: most characters are passed over in C.
_BAR_SIGN = regex(rf"[{_DRAWN}\[|(#=*](?:(?<=[{_DRAWN}])|(?<=[\[|(]) {{0,3}}[#=*]|(?<=([#=*]))\1{{3}})")


def beside_bars(line: str, find: Callable[[str], Mark | None]) -> Mark | None:
    """What is found in a line without the bars that draw its number; they go with it."""
    plain = _DRAWN_BAR.sub(_without_bar, line) if _BAR_SIGN.search(line) else line
    mark = find(plain if plain == line else plain.rstrip())
    if mark is None or plain == line:
        return mark
    start, end = len(plain[: mark.start].rstrip()), len(plain) - len(plain[mark.end :].lstrip())
    return mark._replace(start=start, end=end)


def _without_bar(match: re.Match[str]) -> str:
    """Blanks for a bar; one that parts a text from its number leaves a sign of that."""
    blanks = " " * (len(match[0]) - 1)
    if match["last"] is not None:
        return blanks + " "
    return (
        "|" + blanks if _NUMBER_BEFORE.search(match.string, max(0, match.start() - 4), match.start()) else blanks + "|"
    )
