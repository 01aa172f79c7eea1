"""The estimates of a comparison as tables."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from ...errors import SettingsError
from ..findings import Findings

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["rich_table", "table"]


def table(findings: Findings, form: str) -> str:
    """The estimates as text: ``markdown``, ``json`` or ``csv``.

    Raises:
        SettingsError: The form is none of these.
    """
    if form == "json":
        return json.dumps(findings.as_dict(), ensure_ascii=False, indent=2, allow_nan=False)
    if form == "csv":
        return _csv(findings)
    if form == "markdown":
        return _markdown(findings)
    raise SettingsError(f"a table is markdown, json or csv, not {form!r}")


def rich_table(findings: Findings) -> Table:
    """The estimates for a terminal; an arrow stands where a difference is clear."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("")
    for label in findings.labels:
        grid.add_column(Text(_title(findings, label)), overflow="fold")
    for measure in findings.measures():
        cells = []
        for label in findings.labels:
            estimate = findings.estimate(label, measure)
            text = Text(str(estimate or "–"))
            if estimate and estimate.difference and estimate.difference.is_clear and measure.better:
                text.append(" ▲" if estimate.difference.value > 0 else " ▼", "bold")
            cells.append(text)
        grid.add_row(Text(measure.title), *cells)
    return grid


def _title(findings: Findings, label: str) -> str:
    return f"{label} (baseline)" if findings.baseline[label] == label else label


def _markdown(findings: Findings) -> str:
    head = ["metric", *(_title(findings, label) for label in findings.labels)]
    lines = [head, ["---"] * len(head)]
    for measure in findings.measures():
        cells = [str(findings.estimate(label, measure) or "–") for label in findings.labels]
        lines.append([f"{measure.title} ({measure.better} is better)", *cells])
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join("| " + " | ".join(line) + " |" for line in escaped) + "\n"


def _csv(findings: Findings) -> str:
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["metric", "method", "value", "low", "high", "spread_seen", "difference", "difference_low", "difference_high",
           "n", "prompts", "embedder"])  # fmt: skip
    for measure in findings.measures():
        for label in findings.labels:
            if e := findings.estimate(label, measure):
                d = e.difference
                ends = (d.value, d.low, d.high) if d else ("", "", "")
                write([measure.name, label, e.value, e.low, e.high, e.spread_seen, *ends, e.n, e.prompts,
                       e.embedder or ""])  # fmt: skip
    return out.getvalue()
