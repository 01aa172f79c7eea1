"""``verbalize "query"``: the model answers."""

from __future__ import annotations

from typing import Any

import click

from ..api import conversation, verbalize
from ..drive import drive
from ..errors import VerbalizedSamplingError
from ..models import VARIABLE, Options, resolve
from .dry_run import preview
from .options import elicitation_from, elicitation_options, output_options, query_argument, system_option
from .output import Output
from .texts import query_from
from .watch import Watch

__all__ = ["ask"]


@click.command("ask", hidden=True)
@query_argument
@elicitation_options
@click.option("--calls", type=click.IntRange(1), default=1, show_default=True, help="Ask so often, and average.")
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option("--max-tokens", type=click.IntRange(1), help="Limit of a reply; by default enough for the candidates.")
@click.option(
    "--model", "-m", help=f"provider:model, a base URL, or a GGUF file. Default: ${VARIABLE}, or what is there."
)
@system_option
@click.option("--stream", is_flag=True, help="Print candidates as they come.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and how often; call no model.")
@output_options
@click.pass_obj
def ask(
    output: Output,
    /,
    *,
    query: str | None,
    calls: int,
    temperature: float | None,
    max_tokens: int | None,
    model: str | None,
    system: str | None,
    stream: bool,
    dry_run: bool,
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
    plan = elicitation.plan(messages)
    if dry_run:
        preview(output, elicitation, next(plan), calls=calls, model=model, max_tokens=max_tokens, as_json=as_json)
        return
    try:
        with Watch(output, elicitation.parser(), calls=calls, aloud=stream) as watch:
            options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens, on_text=watch.on_text)
            caller = resolve(model, options)
            if model:
                output.say(f"answering with {model}, which --model names")
            if calls > 1:
                distribution = verbalize(
                    messages,
                    model=model,
                    calls=calls,
                    temperature=temperature,
                    max_tokens=max_tokens,
                    seed=seed,
                    elicitation=elicitation,
                )
            else:
                distribution = drive(plan, watch.around(caller.call))
    except VerbalizedSamplingError as error:
        if won := getattr(error, "salvaged", None):  # it was paid for
            output.show(won, select, seed, as_json=as_json)
        raise
    output.show(distribution, select, seed, as_json=as_json)
