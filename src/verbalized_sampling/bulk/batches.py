"""Offline batches: the calls of a job as files in OpenAI's batch format, and their answers back into its journal."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from ..errors import JobError, RefusalError, SettingsError, VerbalizedSamplingError
from ..models.batch import batch_answer, batch_line, batch_model
from ..plans.elicitation import Elicitation
from ..replies.protocol import Reply, Request
from .engine.journal import Journal
from .engine.meter import Meter
from .engine.replay import NOBODY, Awaited, replayed
from .engine.task import Answered, Outcome
from .files.batch_files import BatchFiles
from .files.dataset import Dataset, Places
from .files.parquet import export_parquet, has_parquet
from .files.rows import RowsLike
from .generate import done_before, opened, report_of, take
from .job import Job, JobSettings
from .report import Report

__all__ = ["BatchReplies", "Batches", "read_batches", "write_batches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """What :func:`write_batches` did.

    Attributes:
        files: The new files; one batch each.
        requests: The calls in them.
        waiting: Calls in earlier files whose answers were not read yet.
        report: The job so far; with no requests and none waiting it is done.
    """

    files: tuple[Path, ...]
    requests: int
    waiting: int
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReplies:
    """What :func:`read_batches` found.

    Attributes:
        read: Answers that are in the journal now.
        failed: Calls that failed there, by what the service says; the next files ask them again.
        unknown: Lines that answer no call of this job, or can't be read.
    """

    read: int
    failed: Mapping[str, int]
    unknown: int


def write_batches(
    rows: RowsLike,
    out: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    model: str,
    elicitation: Elicitation[Any] | None = None,
    again: bool = False,
    **settings: Unpack[JobSettings],
) -> Batches:
    """Writes the calls that :func:`bulk` would make next as files for a batch service, and asks nothing.

    Upload each file, start its batch, and hand what comes back to :func:`read_batches`; then call this again. A turn of
    a conversation needs the one before, so VS-Multi takes a file a turn, and what came back unreadable or short is
    asked for once more in the next. A call's ``custom_id`` is its key in the journal, so the order of the answers is of
    no account, and :func:`bulk` can take over at any time. A file holds at most 50,000 requests and 200 MB, of one
    model.

    Args:
        rows: As in :func:`bulk`.
        out: Where the answers will be; as in :func:`bulk`.
        folder: Gets ``batch-0001.jsonl`` and so on; it is made if it is not there.
        model: A name; a key is not needed.
        elicitation: As in :func:`bulk`.
        again: Writes calls that wait for their answers once more: for files that were lost.
        **settings: As in :func:`bulk`.

    Raises:
        SettingsError: As in :func:`bulk`; or the model has no name.
        JobError: As in :func:`bulk`.
    """
    if not isinstance(model, str):
        raise SettingsError("a batch file names its model: give model= as provider:model")
    started = time.monotonic()
    job = Job.of("write_batches", model=model, elicitation=elicitation, **settings)
    named = batch_model(model)
    places = Places(Path(out))
    if places.is_parquet:
        has_parquet()
    found = opened(job, rows, places)
    failures: Counter[str] = Counter()
    with (
        Journal(places.journal) as journal,
        Dataset(places, journal, settings=job.settings(), marks=job.marks(found), similar=job.dedupe) as dataset,
    ):
        files = BatchFiles(Path(folder), journal)
        meter = Meter.after(done_before(job, dataset), job.limits, found.total)
        for task in job.tasks(found, dataset, lambda _: NOBODY):
            if task is None:
                journal.commit()
                continue
            outcome = replayed(task, journal)
            if isinstance(outcome, Awaited):
                try:
                    for key, request in _calls(outcome, job):
                        if journal.get(key) is None and (again or not journal.is_sent(key)):
                            files.add(key, batch_line(named, key.hex(), request, task.options))
                except SettingsError as error:  # of this prompt: it is too long
                    outcome = Outcome(task, None, error, ())
                else:
                    for answered in outcome.answers.values():
                        meter.answered(answered, task.model)
                    continue
            for answered in outcome.answers:
                meter.answered(answered, task.model)
            meter.ended(outcome)
            take(outcome, job, dataset, failures)
        files.finish()
        journal.commit()
        if places.is_parquet:
            export_parquet(places.lines, places.out)
        return Batches(
            files=tuple(files.written),
            requests=files.requests,
            waiting=journal.sent() - files.requests,
            report=report_of(dataset, meter.progress(), failures, started),
        )


def read_batches(files: Iterable[str | os.PathLike[str]], out: str | os.PathLike[str]) -> BatchReplies:
    """Puts the answers of a batch service into the journal of a job, from its output files and its error files.

    Nothing is read twice, and calls that failed there (an error, a status other than 200, a batch that expired) are
    written again by the next :func:`write_batches`.

    Args:
        files: Paths.
        out: The job's output, as it was given to :func:`write_batches`.

    Raises:
        SettingsError: A file can't be read, or the job has no journal.
        JobError: No line of a file answers a call of this job.
    """
    places = Places(Path(out))
    if not places.journal.exists():
        raise SettingsError(f"there is no {places.journal}: write the batches of this job first")
    read, unknown, failed = 0, 0, Counter[str]()
    with Journal(places.journal) as journal:
        for path in map(Path, files):
            known = 0
            for answer in _answers(path):
                key = _key(answer)
                if key is None or not (journal.is_sent(key) or journal.get(key)):
                    unknown += 1
                    continue
                known += 1
                if journal.get(key):
                    continue
                reply, problem = _reply(answer)
                if reply is None:
                    failed[problem] += 1
                    journal.forget_sent(key)
                else:
                    journal.keep(key, Answered(reply, 0.0))
                    read += 1
            journal.commit()
            if not known:
                raise JobError(f"no line of {path} answers a call of the job of {places.out}: is it another job's?")
    return BatchReplies(read=read, failed=dict(failed), unknown=unknown)


def _calls(awaited: Awaited, job: Job) -> Iterator[tuple[bytes, Request]]:
    """The calls that a task waits for: one, or all where none depends on the reply to another."""
    yield awaited.key, awaited.request
    if job.elicitation.asks_independently and job.unseen is None:
        for number in range(len(awaited.answers) + 1, job.elicitation.requests):
            request = replace(awaited.request, number=number)
            yield awaited.keys.of(request), request


def _answers(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    try:
                        yield json.loads(line)
                    except ValueError:
                        yield None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error


def _key(answer: Any) -> bytes | None:
    try:
        return bytes.fromhex(answer["custom_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _reply(answer: Mapping[str, Any]) -> tuple[Reply | None, str]:
    """The reply in a line, or what the service says went wrong."""
    try:
        return batch_answer(answer), ""
    except RefusalError as error:
        return Reply(error.text, refusal=error.text or "the model refused"), ""
    except VerbalizedSamplingError as error:
        return None, str(error)
