"""``verbalize prompt``: the prompt, for pasting into a chat window."""

from __future__ import annotations

import json
from typing import Any

import click

from ...runs.question import conversation
from ..options import elicitation_from, elicitation_options, max_calls_option, query_argument, system_option
from ..output import Output
from ..texts import query_from

__all__ = ["prompt"]


@click.command("prompt")
@query_argument
@elicitation_options
@max_calls_option
@system_option
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
@click.pass_obj
def prompt(output: Output, /, *, query: str | None, system: str | None, as_json: bool, **settings: Any) -> None:
    """Print the prompt, to paste into a chat window.

    `verbalize parse` reads what comes back.
    """
    request = next(elicitation_from(settings).plan(conversation(query_from(query), system)))
    if as_json:
        output.write_json(json.dumps(request.messages, ensure_ascii=False, indent=2))
    else:
        output.write("\n\n".join(str(message["content"]) for message in request.messages))
