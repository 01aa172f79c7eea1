"""``verbalize bulk``: from a file of prompts to a file of answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from ...errors import JobError
from ...models import VARIABLE
from ..options import (
    api_key_option,
    concurrency_option,
    elicitation_from,
    elicitation_options,
    quiet_option,
    system_option,
    timeout_option,
)
from ..output import Output
from ..progress import progress_of

if TYPE_CHECKING:
    from ...bulk import Report

__all__ = ["bulk"]

_NOTHING = 1  # exit code: no prompt has an answer


@click.command("bulk")
@click.argument("prompts", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help=".jsonl, .ndjson or .parquet: a row an answer.")
@click.option("--column", default="prompt", show_default=True, help="The field that holds the prompt.")
@click.option("--prompt-template", help="Make the prompt of all fields: a Jinja template, or a .jinja file.")
@system_option
@elicitation_options
@click.option("--unseen", type=float, help="Ask in rounds until so little is unseen, such as 0.1, or --total is there.")
@click.option("--max-rounds", default=8, show_default=True, help="Rounds of --unseen, at most.")
@click.option("--dedupe", type=float, help="Leave out answers as alike as that to an earlier one; 1: the same.")
@click.option("--model", "-m", envvar=VARIABLE, show_envvar=True, help="provider:model, a base URL, or a GGUF file.")
@api_key_option
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option("--seed", type=int, help="Seed of the model.")
@click.option("--max-reply-tokens", type=click.IntRange(1), help="Limit of a reply; by default enough for -k answers.")
@timeout_option
@concurrency_option
@click.option("--requests-per-minute", type=float, help="Calls a minute.")
@click.option("--tokens-per-minute", type=float, help="Tokens of prompts and replies a minute.")
@click.option("--max-calls", type=click.IntRange(1), help="Stop after so many calls.")
@click.option("--max-tokens", type=click.IntRange(1), help="Stop after so many tokens of prompts and replies.")
@click.option("--max-cost", type=float, help="Stop at so many US dollars.")
@click.option("--retries", default=8, show_default=True, type=click.IntRange(0), help="Tries more of a failed call.")
@click.option("--patience", default=300.0, show_default=True, help="Seconds of failures only, then stop.")
@click.option("--batches", type=click.Path(path_type=Path), help="Ask nothing; write files for a batch service there.")
@click.option("--replies", type=click.Path(path_type=Path), multiple=True, help="What the batch service gave back.")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Who asks.")
@click.option("--workers", type=click.IntRange(1), help="Processes on the Ray cluster; by default one for each CPU.")
@click.option("--reread", is_flag=True, help="Read all replies again; asks nothing twice.")
@click.option("--dry-run", is_flag=True, help="Say what it would take, and ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@quiet_option
@click.pass_obj
def bulk(
    output: Output,
    /,
    *,
    prompts: Path,
    out: Path | None,
    model: str | None,
    batches: Path | None,
    replies: tuple[Path, ...],
    reread: bool,
    engine: Literal["local", "ray"],
    workers: int | None,
    dry_run: bool,
    as_json: bool,
    **settings: Any,
) -> int:
    """Ask for answers to all PROMPTS (.jsonl, .ndjson, .csv, .tsv, .parquet), and write each as a row of --out.

    What gives no answer goes to OUT.errors.jsonl, and the rest goes on. Run again after whatever ended it, it goes on
    where it was and asks nothing twice.
    """
    from ...bulk import bulk as generate
    from ...bulk import estimate

    fields = {name: settings.pop(name) for name in list(settings) if name not in _JOB}
    settings |= {"elicitation": elicitation_from(fields), "model": model}
    if dry_run:
        output.write(str(estimate(prompts, **settings)))
        return 0
    if out is None:
        raise click.UsageError("Where should the answers go? For example: --out data.jsonl")
    if batches or replies:
        return _batches(output, prompts, out, batches, replies, as_json=as_json, **settings)
    if model:
        output.say(f"answering with {model}, which --model names")
    try:
        with progress_of(output, lines=True) as follow:
            report = generate(
                prompts, out, reread=reread, engine=engine, workers=workers, on_progress=follow, **settings
            )
    except KeyboardInterrupt:
        output.say(f"all that was answered is in {out} and its journal; the same command goes on from there")
        raise
    except JobError as error:
        if error.report:
            _show(output, error.report, as_json=as_json)
        raise
    _show(output, report, as_json=as_json)
    return 0 if report.prompts or not report.failures else _NOTHING


# What is the job's; all other options are of the elicitation.
_JOB = frozenset(
    [
        "column",
        "prompt_template",
        "system",
        "unseen",
        "max_rounds",
        "dedupe",
        "temperature",
        "seed",
        "timeout",
        "api_key",
        "max_reply_tokens",
        "concurrency",
        "requests_per_minute",
        "tokens_per_minute",
        "max_calls",
        "max_tokens",
        "max_cost",
        "retries",
        "patience",
    ]
)


def _batches(
    output: Output,
    prompts: Path,
    out: Path,
    folder: Path | None,
    replies: tuple[Path, ...],
    *,
    as_json: bool,
    **settings: Any,
) -> int:
    from ...bulk import read_batches, write_batches

    if folder is None:
        raise click.UsageError("--replies come from a batch service: say with --batches where the next files go")
    if replies:
        found = read_batches(replies, out)
        failed = sum(found.failed.values())
        output.say(
            f"{found.read:,} replies read, {failed:,} failed calls, {found.unknown:,} lines of no call of this job"
        )
    written = write_batches(prompts, out, folder, **settings)
    _show(output, written.report, as_json=as_json)
    for path in written.files:
        output.say(f"to be sent: {path}")
    if written.requests or written.waiting:
        output.say(f"{written.requests:,} calls to send, {written.waiting:,} sent before and not answered yet")
    return 0


def _show(output: Output, report: Report, *, as_json: bool) -> None:
    if as_json:
        output.write_json(report.to_json())
        return
    for line in str(report).splitlines():
        output.write(line)
