"""``verbalize "query"``: the model answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ...errors import VerbalizedSamplingError
from ...models import VARIABLE, Caller, Options
from ...plans.drive import drive
from ...runs.calls import Planned, Resolve, begun
from ...runs.question import Question, conversation
from ...runs.several import Result, run_all
from ...runs.streaming import CandidateStream
from ...values.distribution import Distribution
from ..dry_run import preview
from ..options import (
    elicitation_from,
    elicitation_options,
    endpoint_options,
    max_calls_option,
    output_options,
    query_argument,
    system_option,
)
from ..output import Output
from ..pick import require_terminal
from ..texts import query_from
from ..watch import Watch

__all__ = ["ask"]


@click.command("ask", hidden=True)
@query_argument
@elicitation_options
@max_calls_option
@click.option("--calls", type=click.IntRange(1), default=1, show_default=True, help="Ask so often, and average.")
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option(
    "--model", "-m", help=f"provider:model, a base URL, or a GGUF file. Default: ${VARIABLE}, or what is there."
)
@endpoint_options
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
    api_key: str | None,
    timeout: float | None,
    concurrency: int,
    system: str | None,
    stream: bool,
    dry_run: bool,
    pick: bool,
    select: Any,
    seed: int | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Ask a language model."""
    if stream and as_json:
        raise click.UsageError("--stream prints candidates as they come: leave out --json")
    if pick:
        if stream or select != "all":
            raise click.UsageError("--pick lets you choose: leave out --stream and --select")
        require_terminal()
    elicitation = elicitation_from(settings, select=select)
    question = Question.of(
        "verbalize", query_from(query), model=model, calls=calls, concurrency=concurrency, temperature=temperature,
        seed=seed, max_tokens=max_tokens, timeout=timeout, api_key=api_key, system=system,
        elicitation=elicitation,
    )  # fmt: skip
    if dry_run:
        request = next(elicitation.plan(conversation(question.query, system)))
        preview(output, elicitation, request, calls=calls, model=model, max_tokens=max_tokens, as_json=as_json)
        return

    source = click.get_current_context().get_parameter_source("model")
    who_named_it = "the config file" if source is click.core.ParameterSource.DEFAULT_MAP else "--model"

    def find(options: Options) -> Caller:
        caller = question.resolve(options)
        if model:
            output.say_once(f"answering with {model}, which {who_named_it} names")
        return caller

    try:
        distribution = _streamed(output, question, find) if stream else _watched(output, question, find)
    except (VerbalizedSamplingError, KeyboardInterrupt) as error:
        if won := getattr(error, "salvaged", None):  # it was paid for
            output.show(won, select, seed, as_json=as_json)
        raise
    output.show(distribution, select, seed, as_json=as_json, pick=pick)


def _streamed(output: Output, question: Question, find: Resolve) -> Distribution[Any]:
    candidates: CandidateStream[Any] = CandidateStream(question, find)
    for candidate in candidates:
        number = "  ?  " if candidate.verbalized is None else f"{candidate.verbalized:.3f}"
        output.write(f"{number}  {candidate.text}")
    return candidates.distribution


def _watched(output: Output, question: Question, find: Resolve) -> Distribution[Any]:
    elicitation = question.elicitation
    runs = question.calls * (elicitation.requests if elicitation.asks_independently else 1)
    with Watch(output, elicitation, runs=runs) as watch:

        def run(planned: list[Planned]) -> list[Result]:
            runs = begun(planned, lambda options: watch.around(find(replace(options, on_text=watch.on_text))))
            return run_all(runs, question.concurrency)

        return question.sourced(drive(question.plan(), run))
