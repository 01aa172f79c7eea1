"""What the command prints, and where."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from ..distribution import Distribution, Select
from ..views import printable, table

__all__ = ["complain", "remark", "show", "stderr", "write"]


def write(text: str) -> None:
    """One text to standard output, as it is but for control codes."""
    Console(highlight=False, soft_wrap=True).print(printable(text), markup=False)


def show(distribution: Distribution[Any], select: Select, seed: int | None, *, as_json: bool) -> None:
    """The distribution as a table, or what was selected of it as text; either as JSON."""
    chosen = distribution.select(select, seed=seed)
    if as_json:
        from pydantic_core import to_json

        write(distribution.to_json(indent=2) if isinstance(chosen, list) else to_json(chosen, indent=2).decode())
    elif isinstance(chosen, list):
        Console(highlight=False).print(table(distribution))
    else:
        write(chosen.text)


def remark(distribution: Distribution[Any]) -> None:
    """A line about what was not as asked for, if anything was and somebody watches."""
    console = stderr()
    repairs = dict.fromkeys([*distribution.repairs, *(r for c in distribution for r in c.repairs)])
    if repairs and console.is_terminal:
        console.print("not as asked for: " + ", ".join(r.replace("_", " ") for r in repairs), style="dim", markup=False)


def complain(message: str) -> None:
    """One line on standard error."""
    stderr().print(" ".join(printable(f"verbalize: {message}").split()), style="red", markup=False)


def stderr() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
