"""The journal of a job: every reply as it came, so that nothing is asked twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from ..errors import JobError
from ..models import Options
from ..protocol import Reply, Request
from ..usage import Usage
from .task import Answered

__all__ = ["Journal", "call_key"]

_FORMAT = 1
_PATIENCE = 0.2  # seconds, for a lock that somebody else holds
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (task BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def call_key(row: str, model: str, options: Options, request: Request, occurrence: int) -> bytes:
    """What makes a call the same as one that was made before, as 32 bytes.

    Args:
        row: The task's name.
        model: The model's name.
        options: How the model was to generate.
        request: What it was sent.
        occurrence: How often the task had sent the very same before, from 0: plans may ask twice on purpose.
    """
    sampling = [options.temperature, options.seed_of(request), options.max_tokens or request.max_tokens]
    messages = sha256(json.dumps(request.messages, sort_keys=True).encode()).hexdigest()
    key = [row, model, sampling, request.schema, messages, occurrence]
    return sha256(json.dumps(key, sort_keys=True).encode()).digest()


class Journal:
    """Replies by the call they answer, in one SQLite file; several processes can't write to it at once.

    Replies are kept as they came and are read anew whenever a job resumes, so a better parser costs no call.

    Args:
        path: The file, made if it is not there. None keeps everything in memory, for this run only.

    Raises:
        JobError: The file is no journal, is used by another process, or can't be written.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        self._committed: asyncio.Future[None] | None = None
        try:
            self._database = sqlite3.connect(
                self.path or ":memory:", timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._open()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _open(self) -> None:
        execute = self._database.execute
        execute("PRAGMA locking_mode=EXCLUSIVE")
        execute("PRAGMA journal_mode=WAL")
        execute("PRAGMA synchronous=NORMAL")
        execute("BEGIN EXCLUSIVE")  # takes the lock now; it is held until the file is closed
        execute("COMMIT")
        (found,) = execute("PRAGMA user_version").fetchone()
        if found not in (0, _FORMAT):
            raise JobError(f"{self.path} is a journal of format {found}, which this version can't read")
        self._database.executescript(_SCHEMA)
        execute(f"PRAGMA user_version={_FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commits what is open and lets go of the file."""
        try:
            self.commit()
        finally:
            self._database.close()

    def __len__(self) -> int:
        """How many replies it holds."""
        return int(self._database.execute("SELECT count(*) FROM replies").fetchone()[0])

    # Replies

    def get(self, key: bytes) -> Answered | None:
        """The reply to a call that was made before; None if it was not."""
        found = self._database.execute("SELECT reply, seconds FROM replies WHERE key = ?", (key,)).fetchone()
        return None if found is None else Answered(_reply(json.loads(found[0])), found[1], replayed=True)

    async def put(self, key: bytes, answered: Answered) -> None:
        """Keeps a reply; returns once it would survive the end of this process.

        Replies that arrive at the same time are committed together.
        """
        self._write("INSERT OR REPLACE INTO replies VALUES (?, ?, ?)", (key, _text(answered.reply), answered.seconds))
        if self._committed is None:
            loop = asyncio.get_running_loop()
            self._committed = loop.create_future()
            loop.call_soon(self._commit_all, self._committed)
        await asyncio.shield(self._committed)

    def _commit_all(self, waiting: asyncio.Future[None]) -> None:
        self._committed = None
        try:
            self.commit()
        except JobError as error:
            waiting.set_exception(error)
        else:
            waiting.set_result(None)

    # Tasks whose output is written

    def done(self) -> set[bytes]:
        """The tasks that were marked as done."""
        return {task for (task,) in self._database.execute("SELECT task FROM done")}

    def mark_done(self, tasks: Iterable[bytes]) -> None:
        """Marks tasks as done, within the transaction that :meth:`commit` ends."""
        for task in tasks:
            self._write("INSERT OR IGNORE INTO done VALUES (?)", (task,))

    def forget_done(self) -> None:
        """Unmarks all tasks, within the transaction that :meth:`commit` ends; their replies stay."""
        self._write("DELETE FROM done", ())

    # Notes

    def note(self, name: str) -> Any:
        """What :meth:`take_note` kept under ``name``; None if nothing was."""
        found = self._database.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def take_note(self, name: str, value: Any) -> None:
        """Keeps a JSON value, within the transaction that :meth:`commit` ends."""
        self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value)))

    def commit(self) -> None:
        """Ends the open transaction, if there is one.

        Raises:
            JobError: The file can't be written, say because the disk is full.
        """
        try:
            if self._database.in_transaction:
                self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            if not self._database.in_transaction:
                self._database.execute("BEGIN")
            self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: sqlite3.Error) -> JobError:
        if "locked" in str(error):
            return JobError(f"{self.path} is in use: another process works on this job")
        if "not a database" in str(error):
            return JobError(f"{self.path} is not a journal: name another file")
        return JobError(f"cannot write the journal {self.path}: {error}; what was committed is kept")


def _text(reply: Reply) -> str:
    usage = reply.usage
    counts = None if usage is None else [usage.input_tokens, usage.output_tokens]
    return json.dumps([reply.text, reply.finish_reason, counts, reply.refusal])


def _reply(kept: list[Any]) -> Reply:
    text, finish_reason, counts, refusal = kept
    return Reply(text, finish_reason, None if counts is None else Usage(1, *counts), refusal)
