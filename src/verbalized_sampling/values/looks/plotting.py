"""A distribution as a bar chart, with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import SettingsError
from .printable import printable
from .views import ROWS, Shown, footnotes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["INSTALL", "plot"]

INSTALL = 'pip install "verbalized-sampling-core[plot]"'
_LABEL = 60  # characters of a text
_INCHES_A_BAR, _INCHES_AROUND, _WIDTH = 0.32, 1.1, 8.0
_ROOM = 1.16  # of the longest bar, for the numbers at the ends


def plot(distribution: Shown, ax: Axes | None) -> Axes:
    """Draws the bars; texts are shown as they are, not read as formulas."""
    if ax is None:
        ax = _new_axes(len(distribution.candidates[:ROWS]))
    shown = distribution.candidates[:ROWS]
    bars = ax.barh(range(len(shown)), [c.probability for c in shown], color="#4c78a8")
    said = [f"{c.probability:.3f}" + (f" (× {c.count})" if c.count > 1 else "") for c in shown]
    ax.bar_label(bars, said, padding=3, fontsize="small")
    for label in ax.set_yticks(range(len(shown)), [_label(c.text) for c in shown]):
        label.label1.set_parse_math(False)
    ax.set_ylim(len(shown) - 0.4, -0.6)  # the most probable at the top
    ax.set_xlim(0, _ROOM * max((c.probability for c in shown), default=1.0))
    ax.set_xlabel("\n".join(["probability", *footnotes(distribution)]))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _new_axes(bars: int) -> Axes:
    try:
        from matplotlib import pyplot as plt
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise SettingsError(f"plot() needs matplotlib: {INSTALL}") from None
    size = _WIDTH, _INCHES_AROUND + _INCHES_A_BAR * max(bars, 1)
    return plt.subplots(figsize=size, layout="constrained")[1]


def _label(text: str) -> str:
    line = " ".join(printable(text, keep_joiners=True).split())
    return line if len(line) <= _LABEL else line[: _LABEL - 1] + "…"
