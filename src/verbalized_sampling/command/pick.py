"""The human chooses: candidates in a list, and arrow keys."""

from __future__ import annotations

import sys
from typing import Any

import click

from ..values.candidate import Candidate
from ..values.distribution import Distribution
from ..values.looks.printable import encodable, printable

__all__ = ["pick", "require_terminal"]

_QUESTION = "Which one? Arrow keys or a number; Enter takes it, Esc takes none."


def require_terminal() -> None:
    """Says, before a model is asked, that there is nobody to choose.

    Raises:
        click.UsageError: There isn't.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        raise click.UsageError("--pick lets you choose, which takes a terminal: use --select")


def pick(distribution: Distribution[Any]) -> Candidate[Any]:
    """The candidate that somebody at the terminal chooses; standard output stays free for it.

    Raises:
        KeyboardInterrupt: They want none.
    """
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
    from prompt_toolkit.output import create_output
    from prompt_toolkit.shortcuts import choice

    keys = KeyBindings()

    @keys.add("escape")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    terminal = create_output(stdout=sys.stderr)
    with create_app_session(input=create_input(always_prefer_tty=True), output=terminal):
        width = max(20, terminal.get_size().columns - 16)
        options = [(place, _line(candidate, width)) for place, candidate in enumerate(distribution)]
        return distribution[choice(_QUESTION, options=options, key_bindings=keys)]


def _line(candidate: Candidate[Any], width: int) -> str:
    text = " ".join(encodable(printable(candidate.text), sys.stderr.encoding or "utf-8").split())
    return f"{candidate.probability:.3f}  {text if len(text) <= width else text[: width - 1] + '…'}"
