"""Where outcomes go: rows of JSON in a file that grows, in step with the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from ..errors import JobError
from .journal import Journal

__all__ = ["JsonLinesSink"]


class JsonLinesSink:
    """Appends the rows of each finished task, once, whatever happens in between.

    The length of the file is committed in one transaction with the task's mark. A process that dies between the two
    leaves a tail that the next run cuts off, and a file that is shorter than it should be is written anew: the
    journal has the replies.

    Args:
        path: The file.
        journal: The job's journal.

    Raises:
        JobError: The file can't be written.
    """

    def __init__(self, path: str | Path, journal: Journal) -> None:
        self.path, self._journal = Path(path), journal
        self._note = f"length of {self.path.name}"
        try:
            self._file = self.path.open("ab")
            length = journal.note(self._note) or 0
            if os.fstat(self._file.fileno()).st_size < length:
                journal.forget_done()
                length = 0
            self._file.truncate(length)
        except OSError as error:
            raise self._failure(error) from error
        self._done = journal.done()
        self._length = length

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def has(self, task: str) -> bool:
        """Whether the rows of the task of that name are written."""
        return _digest(task) in self._done

    def write(self, task: str, rows: Iterable[Any]) -> None:
        """Appends the rows of a task and marks it as done.

        Raises:
            JobError: The disk is full, or the file can't be written for another reason; what stands in it is kept.
        """
        lines = b"".join(json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass") + b"\n" for row in rows)
        try:
            self._file.write(lines)
            self._file.flush()
        except OSError as error:
            raise self._failure(error) from error
        self._length += len(lines)
        self._journal.take_note(self._note, self._length)
        self._journal.mark_done([_digest(task)])
        self._journal.commit()
        self._done.add(_digest(task))

    def _failure(self, error: OSError) -> JobError:
        return JobError(f"cannot write {self.path}: {error.strerror or error}; what was written before is kept")


def _digest(task: str) -> bytes:
    return sha256(task.encode(errors="surrogatepass")).digest()[:16]
