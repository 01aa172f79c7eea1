"""Backslash escapes, as JSON and Python write them."""

from __future__ import annotations

import json
import re

from ...patterns import regex

__all__ = ["read_literally", "resolved", "unescaped"]

_ESCAPE = regex(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PUNCTUATION = frozenset("\"'/\\`“”‘’?$*_#[]().,!-&<>%{}:;=+~^| ")

# An escape that neither JSON nor Python knows: the writer meant a backslash (a regex's \d, LaTeX's \pm, a path's \U).
_ILLEGAL = regex(
    r"(?:[^\\]++|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|[bfnrt]|[^a-zA-Z0-9]))*+\\[a-zA-Z0-9]", re.DOTALL
)
# So it did before the brackets of LaTeX's maths and sets, before the dot of a regex ("1\. First" is Markdown), and
# as an arm of a shrug.
_TEX_BRACKETS = regex(
    r"(?<!\\)(?:\\\\){0,20}(?:\\\((?:[^\\]|\\(?![()])){1,400}+\\\)|\\\[(?:[^\\]|\\(?![\[\]])){1,400}+\\\]"
    r"|(?<=¯)\\_|\\\{(?:[^\\]|\\(?![{}])){1,200}+\\\}|(?<!\d)\\\.(?=[a-zA-Z\\$*+(\[]))"
)
# What is an escape all the same in a text whose backslashes are meant: quotes, characters by number, line feeds with
# the indent behind them. What looks like a line feed in a TeX command or in a path is not one.
_MEANT = regex(
    r"(?P<row>(?<!\\)\\\\(?=[ \t\n]|\\n(?![a-z])))"  # of a matrix
    r"|\\(?P<plain>[\"\\/'`“”‘’])"
    r"|\\u(?P<code>[0-9a-fA-F]{4})"
    r"|(?P<path>(?<![a-zA-Z])[a-zA-Z]:(?:\\(?:\\|(?!n))[\w.$~%-]++|\\n[a-z0-9_][\w$~-]*+(?=[\\\"'`]|\.\w{1,4}\b|\Z))++)"
    r"|(?P<breaks>(?:\A|(?:\\r)?\\n(?!(?:abla|eq|otin|leq|geq|subseteq|oindent|ew(?:command|line|page)|onumber|olimits)"
    r"(?![a-zA-Z])))(?:\\t)*+)"
    r"|\\(?P<joined>\r?\n)|\\.",
    re.DOTALL,
)
_PAIR = regex("[\ud800-\udbff][\udc00-\udfff]")


def unescaped(raw: str) -> str:
    """Resolves JSON's and Python's escapes; an unknown one keeps its backslash (LaTeX)."""
    try:
        value = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return resolved(raw)
    return str(value)


def resolved(raw: str) -> str:
    """The same for a text that JSON refuses, escape by escape."""
    return _ESCAPE.sub(_resolved, raw)


def _resolved(match: re.Match[str]) -> str:
    unicode, byte, newline, char = match.groups()
    if unicode or byte:
        return chr(int(unicode or byte, 16))
    if newline:
        return ""
    return _ESCAPES.get(char, char if char in _PUNCTUATION else "\\" + char)


def read_literally(raw: str) -> str | None:
    """What a text says whose single backslashes are meant as such; None if they are escapes.

    They are meant if one of them makes an escape that no language knows, or opens maths or stands in a regex.
    """
    if _ILLEGAL.match(raw) is None and _TEX_BRACKETS.search(raw) is None:
        return None
    return _PAIR.sub(_paired, _MEANT.sub(_meant, raw))


def _meant(match: re.Match[str]) -> str:
    kind, written = match.lastgroup, match[0]
    if kind == "plain":
        return written[1]
    if kind == "code":
        return chr(int(match["code"], 16))
    if kind == "path":
        return written.replace("\\\\", "\\")
    if kind == "breaks":
        return written.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
    return "" if kind == "joined" else written


def _paired(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16")
