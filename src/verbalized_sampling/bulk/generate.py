"""Bulk generation: from rows of prompts to a file of answers."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Unpack

from ..errors import DistributionParseError, JobError, SettingsError
from ..models import ModelLike
from ..plans.elicitation import Elicitation
from ..values.arguments import check_function
from ..values.distribution import Distribution
from ..values.usage import Usage
from .cluster import check_ray, run_on_ray
from .engine.journal import Journal
from .engine.meter import Progress
from .engine.replay import NOBODY
from .engine.running import run
from .engine.task import Outcome
from .engine.waiting import wait_for
from .estimate import Estimate, estimate_of, refuse_a_budget_below_one_call
from .files.dataset import Dataset, Places
from .files.parquet import export_parquet, has_parquet
from .files.records import answer_mark, answer_row, failure_kind, failure_row
from .files.rows import Rows, RowsLike
from .job import Asked, Job, JobSettings
from .price import price
from .report import Report

__all__ = ["abulk", "bulk", "estimate"]

_log = logging.getLogger("verbalized_sampling")


def bulk(
    rows: RowsLike,
    out: str | os.PathLike[str],
    *,
    model: ModelLike | None = None,
    elicitation: Elicitation[Any] | None = None,
    reread: bool = False,
    engine: Literal["local", "ray"] = "local",
    workers: int | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    **settings: Unpack[JobSettings],
) -> Report:
    """Asks a model for answers to many prompts, and writes each answer as a row.

    Run again, it goes on where it was. Whatever ended it (a ceiling, Ctrl-C, a kill, a full disk), every reply that
    came stands in a journal beside the output (``data.jsonl.journal``) and is never asked for again. What gave no
    answer (a bad row, a refusal, an unreadable reply, a call that failed) goes to ``data.errors.jsonl`` with its raw
    text. Each run writes that file anew: it tries failed calls again, and reads the other replies again at no call.

    What makes a call the same: the prompt and the row's ``id``, the model's name, its options, the schema, the
    messages. So another template, ``tau`` or ``k`` asks everything anew, and another way to *read* (``weighting``, a
    newer version, ``reread=True``) asks nothing. In both cases the rows so far are kept as ``data.jsonl.1``. Rows may
    be added, taken away and put in another order. Rows of which none was there before are another job, and refused.

    Args:
        rows: A path (.jsonl, .ndjson, .csv, .tsv, .parquet), or any iterable of mappings or of bare prompts; all fields
            are carried along to the output. Iterables are read as there is room.
        out: A path that ends in .jsonl, .ndjson (rows are appended as they come, in no order) or .parquet (written at
            the end, from a .jsonl file beside it). Columns: ``id``, ``prompt``, the fields of the input, ``text``,
            ``value`` (typed), ``verbalized``, ``weight``, ``count``, ``variant``, ``repairs``, ``model``, ``tokens``.
        model: As in :func:`verbalize`.
        elicitation: Settings made before; ``settings`` replace its fields.
        reread: Reads all replies again, though the settings are the same: after a change to a validator, say.
        engine: ``local`` asks from this process, which is enough for some thousand answers a second; ``ray`` asks from
            the workers of a Ray cluster (the one that is connected, or that ``RAY_ADDRESS`` names, or one on this
            machine), and writes here. The same replies make the same rows. There, ``concurrency`` is each worker's,
            limits a minute are shared, and ``model`` and ``candidate`` have to survive pickling.
        workers: Processes on the cluster; by default one for each CPU.
        on_progress: Called with a :class:`Progress` after each prompt, on the event loop.
        **settings: Fields of :class:`Elicitation` (``k=5``, ``tau=0.10``, ``variant="multi"``, ``candidate=Joke`` …;
            but ``max_calls`` is the job's), and:

            - ``column="prompt"``: the field that holds the prompt, a text or a list of messages;
              ``prompt_template=``: a Jinja template over the row's fields instead, or a path that ends in ``.jinja``;
              ``system=``: a system prompt.
            - ``temperature``, ``seed``, ``timeout`` (seconds), ``api_key``; ``max_reply_tokens``, of one reply.
            - ``unseen=0.1``: asks for each prompt in rounds until the Good-Turing estimate of what is still unseen is
              that small, or ``total`` different answers came, or ``max_rounds=8`` are over.
            - ``dedupe=0.8``: leaves out answers as alike as that to one that stands in the output; 1 those that are
              the same. By default all are kept, for the same answer to another prompt may be right.
            - ``concurrency=16`` calls at once, ``requests_per_minute``, ``tokens_per_minute``.
            - Ceilings of the whole job: ``max_calls``, ``max_tokens``, ``max_cost`` (US dollars).
            - ``retries=8`` of a call whose error may pass; ``patience=300``: seconds of nothing but such errors after
              which the job stops.

    Returns:
        What was done.

    Raises:
        SettingsError: A setting is unusable, no row can be asked, or a library is missing; nothing was asked.
        TemplateError: The template can't be rendered for any row.
        ModelError: There is no such model, or an error that can't mend: a wrong key, no credit.
        JobError: The job can't go on: the output belongs to another job or is in use, the disk is full, the endpoint
            is dead. What was answered is kept.
    """
    return wait_for(
        abulk(
            rows, out, model=model, elicitation=elicitation, reread=reread, engine=engine, workers=workers,
            on_progress=on_progress, **settings,
        )
    )  # fmt: skip


async def abulk(
    rows: RowsLike,
    out: str | os.PathLike[str],
    *,
    model: ModelLike | None = None,
    elicitation: Elicitation[Any] | None = None,
    reread: bool = False,
    engine: Literal["local", "ray"] = "local",
    workers: int | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    **settings: Unpack[JobSettings],
) -> Report:
    """:func:`bulk` without blocking the event loop; ``model`` may be an async function too."""
    job = Job.of("bulk", model=model, elicitation=elicitation, **settings)
    if engine not in ("local", "ray"):
        raise SettingsError(f"engine must be local or ray, not {engine!r}")
    if engine == "ray":
        check_ray(workers)
    if on_progress is not None:
        check_function("on_progress", on_progress, "takes a Progress")
    if not isinstance(out, str | os.PathLike):
        raise SettingsError(f"out must be the path of the output, not {out!r}")
    places = Places(Path(out))
    if places.is_parquet:
        has_parquet()
    found = opened(job, rows, places)
    failures: Counter[str] = Counter()
    last: Progress
    started = time.monotonic()

    def progressed(progress: Progress) -> None:
        nonlocal last
        last = replace(progress, total=found.total, distinct=dataset.counts.distinct)
        if on_progress:
            on_progress(last)

    with (
        Journal(places.journal) as journal,
        Dataset(
            places, journal, settings=job.settings(), marks=job.marks(found), similar=job.dedupe, anew=reread
        ) as dataset,
    ):  # fmt: skip
        if dataset.moved:
            _log.warning("other settings than before: the rows so far are kept in %s", dataset.moved)
        last = before = done_before(job, dataset)
        if engine == "ray":
            tasks = job.tasks(found, dataset, lambda _: NOBODY)
            outcomes = run_on_ray(tasks, job, journal=journal, workers=workers, before=before, on_progress=progressed)
        else:
            outcomes = run(
                job.tasks(found, dataset), journal=journal, limits=job.limits, before=before, on_progress=progressed
            )
        try:
            async with aclosing(outcomes):
                async for outcome in outcomes:
                    take(outcome, job, dataset, failures)
                    journal.commit_soon()
            journal.commit()
            if places.is_parquet:
                export_parquet(places.lines, places.out)
        except JobError as error:
            error.report = report_of(dataset, last, failures, started)
            raise
        return report_of(dataset, last, failures, started)


def estimate(
    rows: RowsLike,
    *,
    model: ModelLike | None = None,
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[JobSettings],
) -> Estimate:
    """About what :func:`bulk` would take for the same arguments; goes through all rows and asks nothing.

    Raises:
        SettingsError: As in :func:`bulk`.
    """
    job = Job.of("estimate", model=model, elicitation=elicitation, **settings)
    return estimate_of(job, opened(job, rows))


def opened(job: Job, rows: RowsLike, places: Places | None = None) -> Rows:
    """The rows of a job, looked at before anything is asked.

    Raises:
        SettingsError: They can't be read, none of the first can be asked, they are the output itself, or the ceilings
            leave no room for a call.
        TemplateError: None of the first can be rendered.
    """
    if places and not places.out.parent.is_dir():
        raise SettingsError(f"there is no folder {places.out.parent}")
    found = Rows.of(rows)
    if found.path and places:
        for path in (places.out, places.lines, places.errors, places.journal):
            if path.exists() and path.samefile(found.path):
                raise SettingsError(f"{path} is what the job writes: it can't be its input too")
    job.prompting.check(found)
    refuse_a_budget_below_one_call(job)
    return found


def done_before(job: Job, dataset: Dataset) -> Progress:
    """What earlier runs did."""
    spent = dataset.spent
    return Progress(
        done=dataset.done, total=None, failed=0, asked=0, calls=spent.calls, replayed=spent.calls, retries=0,
        usage=spent, cost=price(job.name, spent), seconds=0.0, distinct=dataset.counts.distinct,
    )  # fmt: skip


def take(outcome: Outcome[Distribution[Any]], job: Job, dataset: Dataset, failures: Counter[str]) -> None:
    """Writes down what came of a task."""
    asked: Asked = outcome.task.context
    error = outcome.error
    if error is None and not outcome.result:
        error = DistributionParseError("no reply held a candidate", "")
    if error is not None:
        failures[failure_kind(error)] += 1
        prompt, answers = asked.prompt, outcome.answers
        dataset.add_failure(failure_row(error, asked.row, name=asked.id, prompt=prompt, answers=answers))
        return
    found = sorted(outcome.result or (), key=lambda candidate: candidate.index)
    usages = [answered.reply.usage for answered in outcome.answers if answered.reply.usage]
    spent = replace(sum(usages, Usage()), calls=len(outcome.answers))
    tokens = round((spent.input_tokens + spent.output_tokens) / len(found), 2) if usages else None
    name = asked.id
    rows = (
        (
            answer_mark(candidate),
            answer_row(
                candidate, asked.row.fields, name=name, prompt=asked.prompt, variant=job.elicitation.variant,
                model=job.name, tokens=tokens,
            ),
        )
        for candidate in found
    )  # fmt: skip
    dataset.add(asked.key, rows, spent)


def report_of(dataset: Dataset, last: Progress, failures: Counter[str], started: float) -> Report:
    """A job at the end of a run."""
    rows, duplicates = dataset.written()
    return Report(
        out=dataset.places.out,
        errors=dataset.places.errors if dataset.has_errors else None,
        prompts=dataset.journal.done()[0],
        rows=rows,
        duplicates=duplicates,
        variety=dataset.counts.variety(),
        failures=dict(failures),
        usage=replace(last.usage, calls=last.calls),
        replayed=last.replayed,
        retries=last.retries,
        cost=last.cost,
        seconds=time.monotonic() - started,
        stopped=last.stopped,
    )
