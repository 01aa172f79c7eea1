"""Tables in LaTeX, as the Markdown that they stand for."""

from __future__ import annotations

import re

from ...patterns import regex

__all__ = ["rows_in_latex"]

_LATEX_TABLE = regex(
    r"\\begin\{(tabularx?|longtable|array)\}(?:\s{0,9}\{[^{}\n]{0,80}\})*(?P<rows>.*?)(?:\\end\{\1\}|\Z)", re.DOTALL
)
_RULE_OF_TABLE = regex(r"\\(?:hline|toprule|midrule|bottomrule)\b")
_END_OF_ROW = regex(r"\\\\(?:\[[^\]\n]{0,20}\])?")
_STYLED = regex(r"\\(?:textbf|textit|emph|text|mathbf)\{([^{}]{0,400})\}")
_END_OF_CELL = regex(r"(?<!\\)&")
_ESCAPED_SIGN = regex(r"\\([&%$#_{}])")


def rows_in_latex(text: str) -> str | None:
    """The text with its tables in Markdown; None if it has none."""
    if "\\begin{" not in text or _LATEX_TABLE.search(text) is None:
        return None
    return _LATEX_TABLE.sub(_markdown_of, text)


def _markdown_of(table: re.Match[str]) -> str:
    rows = []
    for row in _END_OF_ROW.split(_RULE_OF_TABLE.sub("", table["rows"])):
        cells = [_ESCAPED_SIGN.sub(r"\1", _STYLED.sub(r"\1", cell)).strip() for cell in _END_OF_CELL.split(row)]
        if any(cells):
            rows.append("| " + " | ".join(" ".join(cell.split()).replace("|", "/") for cell in cells) + " |")
    if rows:
        rows.insert(1, "|" + "---|" * (rows[0].count("|") - 1))
    return "\n" + "\n".join(rows) + "\n"
