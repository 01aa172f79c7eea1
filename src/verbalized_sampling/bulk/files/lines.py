"""A file of JSON lines that grows in step with the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from ...errors import JobError
from ..engine.journal import Journal

__all__ = ["JsonLines"]


class JsonLines:
    """Appends rows, so that what stands in the file is what the journal's last transaction says.

    Rows are written just before the journal commits their length, together with the marks of their tasks. A process
    that dies between the two, or a full disk, leaves a tail, which the next run cuts off.

    Args:
        path: The file; it is made when the first row comes, or here if the journal knows of rows in it.
        journal: The job's journal.
        role: What the file is to the job; names its length in the journal.

    Raises:
        JobError: The file can't be written.
    """

    def __init__(self, path: Path, journal: Journal, role: str) -> None:
        self.path, self._journal, self._note = path, journal, f"length of the {role}"
        self.length = journal.note(self._note) or 0
        try:
            self._file = path.open("ab", buffering=0)
            if os.fstat(self._file.fileno()).st_size > self.length:
                self._file.truncate(self.length)
        except OSError as error:
            raise self._failure(error) from error
        self._waiting: list[bytes] = []
        journal.before_commit.append(self._write)

    @property
    def is_short(self) -> bool:
        """Whether rows are missing that the journal knows of: the file was deleted or cut."""
        return os.fstat(self._file.fileno()).st_size < self.length

    def clear(self) -> None:
        """Takes out all rows, as of the next commit."""
        try:
            self._file.truncate(0)
        except OSError as error:
            raise self._failure(error) from error
        self.length = 0
        self._journal.take_note(self._note, 0)

    def append(self, rows: Iterable[Any]) -> None:
        """Takes rows, which the journal's next commit writes."""
        self._waiting += map(_line, rows)

    def _write(self) -> None:
        if not self._waiting:
            return
        view = memoryview(b"".join(self._waiting))
        self._waiting.clear()
        length = self.length + len(view)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise self._failure(error) from error
        self.length = length
        self._journal.take_note(self._note, length)

    def close(self) -> None:
        self._file.close()

    def _failure(self, error: OSError) -> JobError:
        return JobError(f"cannot write {self.path}: {error.strerror or error}; what was written before is kept")


def _line(row: Any) -> bytes:
    try:
        # What JSON has no form for (a date, a number of NumPy's) is written as close to it as there is one.
        return to_json(row, inf_nan_mode="null", bytes_mode="base64", fallback=_plain) + b"\n"
    except (PydanticSerializationError, UnicodeEncodeError):  # half a character, which UTF-8 can't hold
        return json.dumps(row, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
