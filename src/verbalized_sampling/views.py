"""How a distribution looks: in a terminal, a notebook, a Markdown page and at the prompt.

Candidate texts are untrusted. Each view escapes what its medium would take for markup or for control codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from .distribution import Distribution

__all__ = ["bar", "html", "markdown", "plain", "printable", "table"]

_EIGHTHS = " ▏▎▍▌▋▊▉"
_REPR_CANDIDATES = 5
_REPR_CHARACTERS = 60
_MARKDOWN_SPECIAL = str.maketrans({c: "\\" + c for c in "\\`*_[]|#~"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), 0x202D, 0x202E], "\N{REPLACEMENT CHARACTER}")


def bar(share: float, width: int) -> str:
    """A bar of ``share`` (0 to 1) of ``width`` columns, drawn to an eighth of a column."""
    eighths = round(share * width * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def printable(text: str) -> str:
    """``text`` without control codes and direction overrides: a reply must not steer what shows it."""
    return text.translate(_CONTROLS).encode(errors="replace").decode()


def table(distribution: Distribution[Any], *, bar_width: int = 12) -> Table:
    """A rich table: rank, probability, bar (relative to the most probable) and text."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    grid.add_column("#", justify="right", style="dim", no_wrap=True)
    grid.add_column("probability", justify="right", no_wrap=True)
    grid.add_column("", style="cyan", no_wrap=True, width=bar_width)
    grid.add_column("text", overflow="fold")
    for rank, share, candidate in _ranked(distribution):
        text = Text(printable(candidate.text))  # a Text, not a str: brackets in it are not markup
        grid.add_row(str(rank), f"{candidate.probability:.3f}", bar(share, bar_width), text)
    return grid


def markdown(distribution: Distribution[Any]) -> str:
    rows = ["| # | probability | text |", "| ---: | ---: | --- |"]
    for rank, _, candidate in _ranked(distribution):
        text = "<br>".join(printable(candidate.text).translate(_MARKDOWN_SPECIAL).splitlines())
        rows.append(f"| {rank} | {candidate.probability:.3f} | {text} |")
    return "\n".join(rows) + "\n"


def html(distribution: Distribution[Any]) -> str:
    rows = "".join(
        f'<tr style="vertical-align:top"><td style="text-align:right">{rank}</td>'
        f'<td style="text-align:right">{candidate.probability:.3f}</td>'
        f'<td style="width:8em"><div style="background:#4c78a8;height:.8em;width:{share:.1%}"></div></td>'
        f'<td dir="auto" style="text-align:start;white-space:pre-wrap">{escape(printable(candidate.text))}</td></tr>'
        for rank, share, candidate in _ranked(distribution)
    )
    head = "<tr><th>#</th><th>probability</th><th></th><th style='text-align:left'>text</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def plain(distribution: Distribution[Any]) -> str:
    shown = ", ".join(f"{c.probability:.3f} {_short(c.text)!r}" for c in distribution[:_REPR_CANDIDATES])
    rest = len(distribution) - _REPR_CANDIDATES
    return f"<Distribution of {len(distribution)}: {shown}{f', and {rest} more' if rest > 0 else ''}>"


def _ranked(distribution: Distribution[Any]) -> Iterator[tuple[int, float, Any]]:
    peak = max((c.probability for c in distribution), default=1.0)
    for rank, candidate in enumerate(distribution, 1):
        yield rank, candidate.probability / peak, candidate


def _short(text: str) -> str:
    return text if len(text) <= _REPR_CHARACTERS else text[: _REPR_CHARACTERS - 1] + "…"
