"""The output of a job: its rows, the errors beside them, and whose journal it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from ...errors import JobError, SettingsError
from ...values.usage import Usage
from ..duplicates import NearDuplicates
from ..engine.counts import Counts
from ..engine.journal import Journal
from .lines import JsonLines

__all__ = ["Dataset", "Places", "digest"]

_JOB, _TALLY = "job", "tally"  # names of notes
_SUFFIXES = (".jsonl", ".ndjson", ".parquet")


class Places:
    """Where a job keeps what.

    Args:
        out: What the user named.

    Attributes:
        out: The output.
        lines: The rows as they are written; the same, or for Parquet a file beside it.
        errors: What gave no answer.
        journal: The replies.

    Raises:
        SettingsError: The suffix is none that can be written.
    """

    def __init__(self, out: Path) -> None:
        if out.suffix.lower() not in _SUFFIXES:
            raise SettingsError(f"cannot tell how to write {out.name}: its name has to end in {', '.join(_SUFFIXES)}")
        self.out = out
        self.is_parquet = out.suffix.lower() == ".parquet"
        self.lines = out.with_name(out.name + ".jsonl") if self.is_parquet else out
        self.errors = out.with_name(out.stem + ".errors.jsonl")
        self.journal = out.with_name(out.name + ".journal")


class Dataset:
    """Takes in what came of each task, once, in one transaction with the journal's marks.

    A journal belongs to one output and to one set of rows:

    - With other **settings** (model, template, tau, type, dedupe …) the job is done anew: the rows so far are kept
      under another name (``data.jsonl.1``), and what was asked in the very same words is taken from the journal.
    - With other **rows**, of which not one of the first thousand was among them before, it is another job, and refused.
    - An output that the journal knows nothing of is never touched.

    Args:
        places: Where.
        journal: The job's, open.
        settings: What the rows depend on besides the input, as a digest.
        marks: Digests of the first rows of the input.
        similar: From which likeness on an answer is a duplicate and left out; None keeps all, 1 leaves out the same.
        anew: Whether to read all replies again though the settings are the same.

    Raises:
        JobError: The journal or the output belongs to another job, or can't be written.
    """

    def __init__(
        self,
        places: Places,
        journal: Journal,
        *,
        settings: str,
        marks: Iterable[str],
        similar: float | None = None,
        anew: bool = False,
    ) -> None:
        self.places, self.journal, self._similar = places, journal, similar
        marks = list(dict.fromkeys(marks))
        known = journal.note(_JOB)
        self._refuse_what_is_others(known, marks)
        self.moved = _moved(places.lines) if known and (anew or known["settings"] != settings) else None
        self._lines = JsonLines(places.lines, journal, "output")
        self._errors = JsonLines(places.errors, journal, "errors")
        if self.moved or self._lines.is_short or (known and known["settings"] != settings):
            journal.forget_done()
            self._lines.clear()
            journal.take_note(_TALLY, [0, 0])
        self._errors.clear()  # what failed is tried, or read, again
        journal.take_note(_JOB, {"settings": settings, "rows": marks})
        journal.commit()
        tally: list[int] = journal.note(_TALLY) or [0, 0]
        self._rows, self._duplicates = tally
        self.counts = Counts(journal)
        self.done, self.spent = journal.done()
        self._near: NearDuplicates | None = None
        journal.before_commit.append(lambda: journal.take_note(_TALLY, [self._rows, self._duplicates]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._errors.close()
        if self._errors.length == 0:
            self.places.errors.unlink(missing_ok=True)

    def add(self, key: bytes, rows: Iterable[tuple[str, Mapping[str, Any]]], spent: Usage) -> None:
        """Appends the answers of a task and marks it as done, both as of the journal's next commit.

        Args:
            key: The task's.
            rows: The answers, each after what makes it the same as another.
            spent: What the task's calls cost.
        """
        kept = [row for same, row in rows if self._is_wanted(same, row)]
        self._lines.append(kept)
        self.journal.mark_done(key, spent)
        self._rows += len(kept)

    def add_failure(self, row: Mapping[str, Any]) -> None:
        """Appends to the errors, as of the next commit; the task is not done: the next run takes it up again."""
        self._errors.append([row])
        self.journal.take_note(_TALLY, [self._rows, self._duplicates])

    def written(self) -> tuple[int, int]:
        """How many answers are in the output, and how many were left out of it, as of the last commit."""
        rows, duplicates = self.journal.note(_TALLY) or (0, 0)
        return rows, duplicates

    @property
    def has_errors(self) -> bool:
        return self._errors.length > 0

    def _is_wanted(self, same: str, row: Mapping[str, Any]) -> bool:
        is_new = self.counts.add(same, row["count"])
        if self._similar is None or (is_new and (self._similar == 1 or self._similar_ones.add(row["text"]))):
            return True
        self._duplicates += 1
        return False

    @property
    def _similar_ones(self) -> NearDuplicates:
        if self._near is None:
            self._near = NearDuplicates(self._similar or 1.0)
            with self.places.lines.open("rb") as file:
                for line in file:
                    self._near.add(json.loads(line)["text"])
        return self._near

    def _refuse_what_is_others(self, known: Mapping[str, Any] | None, marks: list[str]) -> None:
        out, journal = self.places.lines, self.places.journal
        for path in (out, self.places.errors):
            if path.is_dir():
                raise JobError(f"{path} is a folder: name another output")
        if known is None and len(self.journal):
            raise JobError(f"{journal} was kept by another job: name another output")
        if known is None:
            for path in (out, self.places.errors):
                if path.exists() and path.stat().st_size:
                    raise JobError(f"{path} is there, and no journal that knows of it: name another output, or move it")
        elif not set(known["rows"]) & set(marks):
            raise JobError(
                f"{journal} belongs to another job, which had other rows: name another output, or move {out} and its "
                "journal to start anew"
            )


def digest(name: str) -> bytes:
    """16 bytes that stand for a task's name."""
    return sha256(name.encode(errors="surrogatepass")).digest()[:16]


def _moved(path: Path) -> Path | None:
    """Keeps a file under the next free name."""
    if not path.exists() or not path.stat().st_size:
        return None
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    try:
        path.rename(kept)
    except OSError as error:
        raise JobError(f"cannot move {path}: {error.strerror or error}") from error
    return kept
