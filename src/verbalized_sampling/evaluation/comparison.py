"""What a comparison found, and the ways to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .findings import Findings
from .reporting.charts import chart
from .reporting.report import fragment, html
from .reporting.tables import rich_table, table

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Comparison"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(Findings):
    __doc__ = Findings.__doc__

    def table(self, form: Literal["markdown", "json", "csv"] = "markdown") -> str:
        """The estimates as text.

        Args:
            form: ``markdown`` with intervals; ``json`` with everything but the draws; ``csv``, a row an estimate.

        Raises:
            SettingsError: The form is none of these.
        """
        return table(self, form)

    def plot(self, kind: Literal["bars", "tradeoff", "reliability"] = "bars", path: str | Path | None = None) -> str:
        """A picture as SVG, written to ``path`` if one is given: the same that stands in the report.

        Raises:
            SettingsError: There is no such picture, or nothing to draw it of.
        """
        svg = chart(self, kind)
        if path is not None:
            Path(path).write_text(svg, encoding="utf-8")
        return svg

    def report(self, path: str | Path) -> Path:
        """Writes the report: one HTML file that needs nothing else, and can be sent to anybody."""
        path = Path(path)
        path.write_text(html(self), encoding="utf-8", errors="replace")
        return path

    def __rich__(self) -> Table:
        return rich_table(self)

    def _repr_html_(self) -> str:
        return fragment(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.labels)} on {len(self.prompts)} prompts, {len(self.draws)} draws>"
