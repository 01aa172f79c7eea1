"""``verbalize models``: what can be used here."""

from __future__ import annotations

import sys

import click

from ...models import available
from ..output import Output

__all__ = ["models"]


@click.command("models")
@click.pass_obj
def models(output: Output) -> None:
    """List the models that can be used here, and what the others need."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from ...values.looks.printable import encodable, printable

    def shown(text: str) -> Text:
        return Text(encodable(printable(text), sys.stdout.encoding or "utf-8"))

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "--model", ""):
        grid.add_column(heading, overflow="fold")
    for choice in available():
        mark = Text("-", "red") if choice.missing else Text("+", "green")
        grid.add_row(mark, shown(choice.name), shown(f"needs: {choice.missing}" if choice.missing else choice.found))
    output.render(grid)
