"""``verbalize "query"``: the model answers."""

from __future__ import annotations

from typing import Any

import click

from ..api import conversation, verbalize
from ..drive import drive
from ..models import VARIABLE, Options, resolve
from .options import elicitation_from, elicitation_options, output_options, query_argument, query_from
from .output import remark, show
from .watch import Watch

__all__ = ["ask"]


@click.command("ask", hidden=True)
@query_argument
@elicitation_options
@click.option("--calls", type=click.IntRange(1), default=1, show_default=True, help="Ask so often, and average.")
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option("--model", envvar=VARIABLE, show_envvar=True, help="provider:model, a base URL, or a GGUF file.")
@click.option("--system", help="A system prompt of your own.")
@click.option("--stream", is_flag=True, help="Print candidates as they come.")
@output_options
def ask(
    *,
    query: str | None,
    calls: int,
    temperature: float | None,
    model: str | None,
    system: str | None,
    stream: bool,
    select: Any,
    seed: int | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Ask a language model."""
    if stream and (as_json or calls > 1):
        raise click.UsageError("--stream prints one reply as it comes: leave out --json and --calls")
    elicitation = elicitation_from(settings, select=select)
    messages = conversation(query_from(query), system)
    with Watch(elicitation.parser(), aloud=stream) as watch:
        if calls > 1:
            watch.say(f"asking {calls} times")
            distribution = verbalize(
                messages, model=model, calls=calls, temperature=temperature, seed=seed, elicitation=elicitation
            )
        else:
            plan = elicitation.plan(messages)
            options = Options(temperature=temperature, seed=seed, on_text=watch.on_text)
            distribution = drive(plan, watch.around(resolve(model, options).call))
    show(distribution, elicitation.select, seed, as_json=as_json)
    remark(distribution)
