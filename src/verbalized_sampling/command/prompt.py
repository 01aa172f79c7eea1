"""``verbalize prompt``: the prompt, for pasting into a chat window."""

from __future__ import annotations

from typing import Any

import click

from ..api import conversation
from .options import elicitation_from, elicitation_options, query_argument, query_from
from .output import write

__all__ = ["prompt"]


@click.command("prompt")
@query_argument
@elicitation_options
@click.option("--system", help="A system prompt of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
def prompt(*, query: str | None, system: str | None, as_json: bool, **settings: Any) -> None:
    """Print the prompt to paste into a chat window. `verbalize parse` reads what comes back."""
    request = next(elicitation_from(settings).plan(conversation(query_from(query), system)))
    if as_json:
        from pydantic_core import to_json

        write(to_json(request.messages, indent=2).decode())
    else:
        write("\n\n".join(message["content"] for message in request.messages))
