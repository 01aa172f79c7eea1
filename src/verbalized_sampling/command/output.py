"""What the command prints, and where."""

from __future__ import annotations

import codecs
import json
import sys
from typing import Any

from rich.console import Console, RenderableType
from rich.status import Status

from ..values.candidate import Candidate
from ..values.distribution import Distribution, Select
from ..values.looks.printable import UNSEEN, printable
from ..values.looks.views import notes

__all__ = ["Output"]


def _in_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error("json", _in_json)


class Output:
    """Standard output and standard error of one run, with one console each.

    What programs read (a text, JSON) leaves it exactly as it is, to the last invisible character. Two things are
    escaped: what the encoding of standard output can't show, and, where standard output is a terminal, what would
    steer it. In JSON an escape is the same character to whoever reads it.

    Attributes:
        quiet: Whether standard error has errors only.
        options: The options of the subcommand that runs, by the names of their parameters.
    """

    def __init__(self) -> None:
        self.quiet = False
        self.options: dict[str, str] = {}
        self._said: set[str] = set()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        self._stderr = Console(stderr=True, highlight=False)

    # Standard output

    def write(self, text: str) -> None:
        """One text."""
        _send(printable(text, keep_joiners=True) if sys.stdout.isatty() else text, "backslashreplace")

    def write_json(self, text: str) -> None:
        """One JSON text."""
        if sys.stdout.isatty():
            text = UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text)
        _send(text, "json")

    def render(self, what: RenderableType) -> None:
        """A table or a distribution, for people."""
        Console(highlight=False).print(what)
        sys.stdout.flush()

    def show(
        self, distribution: Distribution[Any], select: Select, seed: int | None, *, as_json: bool, pick: bool = False
    ) -> None:
        """The distribution as a table, or what was selected of it as text; either as JSON.

        What was not as asked for stands below the table, and else on standard error.
        """
        if pick:
            from .pick import pick as picked

            chosen: Any = picked(distribution)
        else:
            chosen = distribution.select(select, seed=seed)
        if as_json:
            whole = isinstance(chosen, list)
            self.write_json(distribution.to_json(indent=2) if whole else _in_json_of(chosen))
        elif isinstance(chosen, list):
            return self.render(distribution)
        else:
            self.write(chosen.text)
        for note in notes(distribution):
            self.say(note)
        return None

    # Standard error

    def say(self, message: str) -> None:
        """A line about what is done."""
        if not self.quiet:
            self._line(message, "dim")

    def say_once(self, message: str) -> None:
        """The same, unless it was said."""
        if message not in self._said:
            self._said.add(message)
            self.say(message)

    def complain(self, message: str) -> None:
        """A line about what went wrong."""
        self._line(f"verbalize: {message}", "red")

    def status(self, message: str) -> Status | None:
        """A line that can be redrawn; None where nobody watches."""
        return self._stderr.status(message) if self._stderr.is_terminal and not self.quiet else None

    def _line(self, message: str, style: str) -> None:
        if sys.stderr is not None:
            line = " ".join(printable(message).split())
            is_piped = not self._stderr.is_terminal  # a line that a program reads is one; people's break at words
            self._stderr.print(line, style=style, markup=False, emoji=False, soft_wrap=is_piped)


def _in_json_of(candidate: Candidate[Any]) -> str:
    """A candidate as it stands in its distribution's JSON."""
    from pydantic_core import to_json, to_jsonable_python

    plain = to_jsonable_python(candidate, inf_nan_mode="constants", fallback=dict)
    if not plain["typed"]:
        del plain["typed"]
    return to_json(plain, indent=2).decode()


def _send(text: str, errors: str) -> None:
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, errors).decode(encoding) + "\n")
    stream.flush()  # a full disk is noticed here, not when Python ends
