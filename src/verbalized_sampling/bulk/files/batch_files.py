"""Files for a batch service, each within the limits that the service sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ...errors import JobError, SettingsError
from ..engine.journal import Journal

__all__ = ["BatchFiles"]

MOST_REQUESTS = 50_000  # in a file, as the service says
MOST_BYTES = 200_000_000


@dataclass(slots=True)
class BatchFiles:
    """Writes lines to one file after another, and marks their calls as sent once a file is whole and has its name.

    Attributes:
        folder: Gets the files; it is made if it is not there.
        journal: The job's.
        written: The files.
        requests: The lines in them.
    """

    folder: Path
    journal: Journal
    written: list[Path] = field(default_factory=list)
    requests: int = 0
    _lines: list[bytes] = field(default_factory=list)
    _keys: list[bytes] = field(default_factory=list)
    _size: int = 0

    def add(self, key: bytes, line: bytes) -> None:
        """Takes the line of a call.

        Raises:
            SettingsError: It alone is more than a file may hold.
            JobError: A file can't be written.
        """
        if len(line) > MOST_BYTES:
            raise SettingsError(
                f"a call of {len(line):,} bytes fits in no batch file, which holds {MOST_BYTES:,}: shorten it"
            )
        if len(self._lines) == MOST_REQUESTS or self._size + len(line) > MOST_BYTES:
            self.finish()
        self._lines.append(line)
        self._keys.append(key)
        self._size += len(line)

    def finish(self) -> None:
        """Writes the file that is open, if there is one.

        Raises:
            JobError: It can't be written.
        """
        if not self._lines:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            number = 1
            while (path := self.folder / f"batch-{number:04d}.jsonl").exists():
                number += 1
            unfinished = path.with_suffix(".unfinished")
            with unfinished.open("wb") as file:
                file.writelines(self._lines)
            unfinished.rename(path)
        except OSError as error:
            raise JobError(f"cannot write to {self.folder}: {error.strerror or error}") from error
        for key in self._keys:
            self.journal.mark_sent(key)
        self.journal.commit()
        self.written.append(path)
        self.requests += len(self._lines)
        self._lines, self._keys, self._size = [], [], 0
