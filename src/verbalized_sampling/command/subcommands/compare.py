"""``verbalize compare``: does the method help on these prompts?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from ...errors import SettingsError
from ...models import VARIABLE, Options
from ...plans.elicitation import Variant
from ..options import endpoint_options
from ..output import Output
from ..progress import progress_of

if TYPE_CHECKING:
    from ...evaluation import Comparison, Plans

__all__ = ["compare"]

_MISSED = 1  # exit code: a number of --fail-under was not reached


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    for name in names:
        if name not in get_args(Variant):
            raise click.BadParameter(f"{name!r} is no method: choose of {', '.join(get_args(Variant))}")
    return names


def _numbers(_context: click.Context, _parameter: click.Parameter, value: str | None) -> list[float | None] | None:
    try:
        return None if value is None else [None if part == "none" else float(part) for part in value.split(",")]
    except ValueError as error:
        raise click.BadParameter("give numbers parted by commas, such as 1,0.1,0.01") from error


def _bars(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> list[tuple[str, float]]:
    try:
        return [(name, float(number)) for name, _, number in (bar.rpartition("=") for bar in value) if name or 1 / 0]
    except (ValueError, ZeroDivisionError) as error:
        raise click.BadParameter("write METRIC=NUMBER or METHOD.METRIC=NUMBER, such as diversity=0.5") from error


@click.command("compare")
@click.argument("prompts", nargs=-1)
@click.option(
    "--methods",
    default="direct,sequence,standard",
    show_default=True,
    callback=_names,
    help="Methods, parted by commas; the first is the baseline.",
)
@click.option("-n", default=30, show_default=True, type=click.IntRange(2), help="Answers a prompt and method.")
@click.option(
    "-k", default=5, show_default=True, type=click.IntRange(1), help="Answers a call, where it asks for several."
)
@click.option("--tau", callback=_numbers, help="Tail threshold; several, parted by commas, are a sweep.")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    envvar=VARIABLE,
    show_envvar=True,
    help="provider:model, a base URL, or a GGUF file; may be given again.",
)
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first run; later ones count on.")
@click.option("--embedder", help="'words', or provider:model; by default WordLlama, offline.")
@click.option("--rubric", help="What is good: a model judges each answer by it.")
@click.option("--judge", "judge_model", help="The model that judges; by default the one that answers.")
@click.option("--references", type=click.Path(dir_okay=False, path_type=Path), help="JSON: right answers by prompt.")
@click.option("--from", "saved", type=click.Path(dir_okay=False, path_type=Path), help="JSONL of replies that exist.")
@click.option(
    "--journal", type=click.Path(dir_okay=False, path_type=Path), help="Keeps replies; default: beside --html."
)
@endpoint_options
@click.option("--max-calls", type=click.IntRange(1), help="Stop after so many replies.")
@click.option("--max-cost", type=float, help="Stop at so many US dollars.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the estimates as JSON.")
@click.option("--dry-run", is_flag=True, help="Say what it would take, and ask nothing.")
@click.option("--fail-under", multiple=True, callback=_bars, help="METRIC=NUMBER: exit code 1 below it.")
@click.pass_obj
def compare(
    output: Output,
    /,
    *,
    prompts: tuple[str, ...],
    saved: Path | None,
    references: Path | None,
    html: Path | None,
    as_json: bool,
    fail_under: list[tuple[str, float]],
    embedder: str | None,
    **settings: Any,
) -> int:
    """Ask PROMPTS by several methods, and say what differs: diversity, quality, cost.

    Run again after an interrupt, it goes on where it was.
    """
    from ...evaluation import compare_saved

    _check_before_asking(fail_under, html)
    known = _references(references) if references else None
    if saved:
        if prompts:
            raise click.UsageError("--from compares replies that exist: leave out the prompts")
        result = compare_saved(saved, embedder=embedder, references=known)
    elif not prompts:
        raise click.UsageError('What should be asked? For example: verbalize compare "Tell me a joke" -n 20')
    else:
        found = _ask(output, prompts, known, html, embedder, **settings)
        if found is None:
            return 0
        result = found
    if html:
        result.report(html)
    if as_json:
        output.write_json(result.table("json"))
    else:
        _show(output, result)
    if html:
        output.say(f"the report is in {html}")
    return _MISSED if [bar for bar in fail_under if not _reached(output, result, *bar)] else 0


def _ask(
    output: Output,
    prompts: tuple[str, ...],
    references: Mapping[str, Any] | None,
    html: Path | None,
    embedder: str | None,
    *,
    methods: list[str],
    n: int,
    k: int,
    tau: list[float | None] | None,
    models: tuple[str, ...],
    temperature: float | None,
    seed: int,
    rubric: str | None,
    judge_model: str | None,
    journal: Path | None,
    concurrency: int,
    max_tokens: int | None,
    timeout: float | None,
    api_key: str | None,
    max_calls: int | None,
    max_cost: float | None,
    dry_run: bool,
) -> Comparison | None:
    from ...evaluation import compare as run_comparison
    from ...evaluation import plans, rubric_judge

    model: Any = list(models) if len(models) > 1 else models[0] if models else None
    threshold: Any = tau if tau and len(tau) > 1 else tau[0] if tau else None
    options = Options(temperature=temperature, max_tokens=max_tokens, timeout=timeout, api_key=api_key)
    job = plans(prompts, model, methods=methods, n=n, k=k, tau=threshold, options=options, seed=seed)
    if journal is None and html is not None:
        journal = html.with_name(html.name + ".journal")
    line = _left(job, journal)
    if rubric:
        line += f", and up to {job.n * len(list(job.cells()))} to judge"
    if dry_run:
        output.write(line)
        return None
    output.say(line)
    judge = None
    if rubric:
        judged_by = judge_model or (models[0] if models else None)
        own_key = None if judge_model else api_key  # the key of the model's address is for that address
        judge = rubric_judge(judged_by, rubric=rubric, timeout=timeout, api_key=own_key)
    with progress_of(output) as follow:
        return run_comparison(
            prompts, model, methods=methods, n=n, k=k, tau=threshold, temperature=temperature, max_tokens=max_tokens,
            timeout=timeout, api_key=api_key, embedder=embedder, judge=judge, references=references, seed=seed,
            concurrency=concurrency, journal=journal, max_calls=max_calls, max_cost=max_cost, on_progress=follow,
        )  # fmt: skip


def _left(job: Plans, journal: Path | None) -> str:
    """What is there, what is to be asked, and about what that takes."""
    from ...bulk import Journal

    if journal is None or not journal.exists():
        return str(job.left())
    with Journal(journal) as kept:
        left = job.left(kept)
    if not left.calls:
        return f"all {left.there:,} replies are in {journal}: no call is left to make"
    return f"{left.there:,} replies are in {journal}, and left are {left}" if left.there else str(left)


def _show(output: Output, result: Comparison) -> None:
    output.render(result)
    for verdict in result.verdicts():
        if verdict.startswith(("Semantic diversity", "Quality", "KL")):
            output.write(verdict)
    for note in result.notes:
        output.say(note)


def _check_before_asking(bars: list[tuple[str, float]], html: Path | None) -> None:
    """What would only be found out once the replies are paid for."""
    from difflib import get_close_matches

    from ...evaluation.measures import MEASURES

    known = [measure.name for measure in MEASURES]
    for name, _ in bars:
        if (metric := name.rpartition(".")[2]) not in known:
            close = get_close_matches(metric, known, 1)
            advice = f"did you mean {close[0]!r}" if close else f"there are {', '.join(known)}"
            raise click.UsageError(f"--fail-under: no metric is called {metric!r}: {advice}")
    if html is not None and not html.absolute().parent.is_dir():
        raise click.UsageError(f"--html: there is no folder {html.absolute().parent}")


def _references(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read the references in {path}: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(value, dict | list) for value in found.values()):
        raise SettingsError(f'{path} has to hold {{"prompt": ["right answer", …]}}, or answers with their weights')
    return found


def _reached(output: Output, result: Comparison, name: str, least: float) -> bool:
    """Whether a number is high enough; says so if not, and if the data can't tell."""
    label, _, metric = name.rpartition(".")
    label = label or next((one for one in reversed(result.labels) if one != result.baseline[one]), result.labels[-1])
    estimate = result.metrics.get(label, {}).get(metric)
    if estimate is None:
        known = ", ".join(m.name for m in result.measures())
        raise SettingsError(f"--fail-under: {label} has no metric {metric!r}; there are {known or 'none'}")
    is_open = estimate.low is None or estimate.high is None or estimate.low < least <= estimate.high
    doubt = ", but so few answers can't tell" if is_open else ""
    if estimate.value < least - 1e-9:  # rounding alone misses no bar
        output.complain(f"{metric} of {label} is {estimate}, below {least:g}{doubt}")
        return False
    if is_open:
        output.say(f"{metric} of {label} is {estimate}, which reaches {least:g}{doubt}")
    return True
