"""``verbalize models``: what can be used here."""

from __future__ import annotations

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..models import available

__all__ = ["models"]


@click.command("models")
def models() -> None:
    """Say which models can be used here, and what each missing one needs."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "--model", ""):
        grid.add_column(heading, overflow="fold")
    for choice in available():
        mark = Text("-", "red") if choice.missing else Text("✓", "green")
        grid.add_row(mark, Text(choice.name), Text(f"needs: {choice.missing}" if choice.missing else choice.found))
    Console(highlight=False).print(grid)
