"""How far a job is, for whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from .output import Output

if TYPE_CHECKING:
    from ..bulk import Progress

__all__ = ["progress_of"]

_A_LINE = 30.0  # seconds from line to line where there is no bar


@contextmanager
def progress_of(output: Output, *, lines: bool = False) -> Iterator[Callable[[Progress], object] | None]:
    """A bar in a terminal: rate, failures, distinct answers, cost, and the time that is left.

    Args:
        output: Where to.
        lines: Whether a log gets a line now and then, where standard error is no terminal.
    """
    console = Console(stderr=True)
    if output.quiet or not (console.is_terminal or lines):
        yield None
        return
    if not console.is_terminal:
        yield _Lines(output)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[facts]}", markup=False))
    with Bar(*columns, console=console, transient=True) as bar:
        line = bar.add_task("", total=None, facts="")
        yield lambda now: bar.update(line, completed=now.done, total=now.total, facts=_facts(now))


class _Lines:
    def __init__(self, output: Output) -> None:
        self._output, self._last = output, time.monotonic()

    def __call__(self, now: Progress) -> None:
        if time.monotonic() - self._last >= _A_LINE:
            self._last = time.monotonic()
            of = "" if now.total is None else f" of {now.total:,}"
            self._output.say(f"{now.done:,}{of}: {_facts(now)}")


def _facts(now: Progress) -> str:
    facts = [f"{now.rate:.2g} calls/s"]
    facts += [f"{now.replayed:,} from the journal"] if now.replayed else []
    facts += [f"{now.failed:,} failed"] if now.failed else []
    facts += [f"{now.distinct:,} distinct"] if now.distinct is not None else []
    facts += [f"${now.cost:.3g}"] if now.cost else []
    facts += [f"{_clock(now.eta)} left"] if now.eta is not None else []
    return ", ".join(facts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
