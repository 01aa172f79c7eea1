"""How a distribution looks: in a terminal, a notebook, a Markdown page and at the prompt.

Candidate texts are untrusted. Each view escapes what its medium would take for markup or for control codes, shows at
most 50 candidates and says how many more there are, and says what was not as asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Protocol

from ..source import Source
from .printable import encodable, printable

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

__all__ = ["ROWS", "bar", "card", "footnotes", "html", "markdown", "notes", "plain", "table", "terminal"]

ROWS = 50
"""Candidates that a view shows."""

_FULL, _EIGHTHS = "█", " ▏▎▍▌▋▊▉"
_NARROW = 60  # columns; below it, bars and headings are short
_REPR_CANDIDATES = 5
_REPR_CHARACTERS = 60
_SOURCE_CHARACTERS = 200
_MARKDOWN_SPECIAL = str.maketrans({c: "\\" + c for c in "\\`*_[]|#~"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class ShownCandidate(Protocol):
    """What is shown of a candidate."""

    @property
    def text(self) -> str: ...
    @property
    def probability(self) -> float: ...
    @property
    def verbalized(self) -> float | None: ...
    @property
    def count(self) -> int: ...
    @property
    def repairs(self) -> Sequence[str]: ...


class _ShownDropped(Protocol):
    @property
    def reason(self) -> str: ...


class Shown(Protocol):
    """What is shown of a distribution."""

    @property
    def candidates(self) -> Sequence[ShownCandidate]: ...
    @property
    def repairs(self) -> Sequence[str]: ...
    @property
    def dropped(self) -> Sequence[_ShownDropped]: ...
    @property
    def truncated(self) -> bool: ...
    @property
    def source(self) -> Source | None: ...


def bar(share: float, width: int, encoding: str = "utf-8") -> str:
    """A bar of ``share`` (0 to 1) of ``width`` columns, drawn to an eighth of a column where ``encoding`` can."""
    try:
        (_FULL + _EIGHTHS).encode(encoding)
    except UnicodeEncodeError:
        return "#" * round(share * width)
    eighths = round(share * width * 8)
    return (_FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def notes(distribution: Shown) -> list[str]:
    """What was not as asked for: repairs, what was dropped, a reply that broke off."""
    said: list[str] = []
    if repairs := dict.fromkeys([*distribution.repairs, *(r for c in distribution.candidates for r in c.repairs)]):
        said.append("not as asked for: " + ", ".join(r.replace("_", " ") for r in repairs))
    if reasons := Counter(d.reason for d in distribution.dropped):
        said.append("dropped: " + ", ".join(f"{n} {r.replace('_', ' ')}" for r, n in reasons.items()))
    if distribution.truncated:
        said.append("a reply broke off")
    return said


def footnotes(distribution: Shown) -> list[str]:
    """How many candidates there are beside those that are shown, and what was not as asked for."""
    return [*_more(distribution, ROWS), *notes(distribution)]


def terminal(distribution: Shown, width: int, encoding: str) -> Group:
    """The table, and below it what has to be said, for a console of ``width`` columns."""
    from rich.console import Group
    from rich.text import Text

    grid = table(distribution, is_narrow=width < _NARROW, encoding=encoding)
    return Group(grid, *(Text(note, "dim") for note in footnotes(distribution)))


def table(distribution: Shown, *, is_narrow: bool = False, encoding: str = "utf-8") -> Table:
    """A rich table: rank, probability, bar (relative to the most probable), how often it came, and text."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    grid.add_column("#", justify="right", style="dim", no_wrap=True)
    grid.add_column("p" if is_narrow else "probability", justify="right", no_wrap=True)
    width = 4 if is_narrow else 12
    grid.add_column("", style="cyan", no_wrap=True, width=width)
    has_counts = any(candidate.count > 1 for candidate in distribution.candidates)
    if has_counts:
        grid.add_column("count", justify="right", no_wrap=True)
    grid.add_column("text", overflow="fold")
    for rank, share, candidate in _ranked(distribution, ROWS):
        text = Text(encodable(printable(candidate.text), encoding))  # a Text, not a str: brackets are not markup
        count = [str(candidate.count)] if has_counts else []
        grid.add_row(str(rank), f"{candidate.probability:.3f}", bar(share, width, encoding), *count, text)
    return grid


def card(candidate: ShownCandidate, encoding: str) -> Group:
    """The text, and below it the weight and what the model said of it."""
    from rich.console import Group
    from rich.text import Text

    said = [f"probability {candidate.probability:.3f}"]
    said += [f"verbalized {candidate.verbalized:.3g}"] if candidate.verbalized is not None else []
    said += [f"count {candidate.count}"] if candidate.count > 1 else []
    said += [r.replace("_", " ") for r in candidate.repairs]
    return Group(Text(encodable(printable(candidate.text), encoding)), Text(", ".join(said), "dim"))


def markdown(distribution: Shown, rows: int | None = ROWS) -> str:
    lines = ["| # | probability | text |", "| ---: | ---: | --- |"]
    for rank, _, candidate in _ranked(distribution, rows):
        escaped = printable(candidate.text, keep_joiners=True).translate(_MARKDOWN_SPECIAL)
        lines.append(f"| {rank} | {candidate.probability:.3f} | {'<br>'.join(escaped.splitlines())} |")
    for note in [*_more(distribution, rows), *notes(distribution)]:
        lines += ["", note[0].upper() + note[1:] + "."]
    return "\n".join(lines) + "\n"


def html(distribution: Shown) -> str:
    rows = "".join(
        f'<tr style="vertical-align:top"><td style="text-align:right">{rank}</td>'
        f'<td style="text-align:right">{candidate.probability:.3f}</td>'
        f'<td style="width:8em"><div style="background:#4c78a8;height:.8em;width:{share:.1%}"></div></td>'
        f'<td dir="auto" style="text-align:start;white-space:pre-wrap">{_html_text(candidate.text)}</td></tr>'
        for rank, share, candidate in _ranked(distribution, ROWS)
    )
    head = "<tr><th>#</th><th>probability</th><th></th><th style='text-align:left'>text</th></tr>"
    said = [*_more(distribution, ROWS), *notes(distribution), *_source(distribution)]
    foot = "".join(
        f'<tr><td colspan="4" dir="auto" style="text-align:start;color:gray">{_html_text(note)}</td></tr>'
        for note in said
    )
    foot = f"<tfoot>{foot}</tfoot>" if foot else ""
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody>{foot}</table>"


def plain(distribution: Shown) -> str:
    shown = ", ".join(
        f"{c.probability:.3f} {_short(c.text, _REPR_CHARACTERS)!r}" for c in distribution.candidates[:_REPR_CANDIDATES]
    )
    said = [*_more(distribution, _REPR_CANDIDATES), *notes(distribution)]
    return f"<Distribution of {len(distribution.candidates)}: {'; '.join([shown, *said])}>"


def _more(distribution: Shown, rows: int | None) -> list[str]:
    rest = 0 if rows is None else len(distribution.candidates) - rows
    return [f"and {rest} more"] if rest > 0 else []


def _source(distribution: Shown) -> list[str]:
    source = distribution.source
    if source is None:
        return []
    settings = (
        f"{name} {value}"
        for name in ("model", "query", "variant", "k", "tau", "template", "seed", "version")
        if (value := getattr(source, name)) is not None
    )
    return [_short(", ".join(settings), _SOURCE_CHARACTERS)]


def _html_text(text: str) -> str:
    return escape(printable(text, keep_joiners=True))


def _ranked(distribution: Shown, rows: int | None) -> Iterator[tuple[int, float, ShownCandidate]]:
    peak = max((c.probability for c in distribution.candidates), default=1.0)
    for rank, candidate in enumerate(distribution.candidates[:rows], 1):
        yield rank, candidate.probability / peak, candidate


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
