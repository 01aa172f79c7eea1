"""The journal of a job: every reply as it came, so that nothing is asked twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from ...errors import JobError
from ...models import Options
from ...replies.protocol import Reply, Request
from ...values.usage import Usage
from .task import Answered

__all__ = ["Journal", "call_key"]

_FORMAT = 2  # 1 marked tasks as done without their cost
_PATIENCE = 0.2  # seconds, for a lock that somebody else holds
_KEEP = "INSERT OR REPLACE INTO replies VALUES (?, ?, ?)"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (
    task BLOB PRIMARY KEY, calls INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (key INTEGER PRIMARY KEY, count INTEGER NOT NULL);
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
    key = [row, model, sampling, request.schema, request.messages, occurrence]
    return sha256(json.dumps(key, sort_keys=True).encode()).digest()


class Journal:
    """Replies by the call they answer, in one SQLite file; several processes can't write to it at once.

    Replies are kept as they came and are read anew whenever a job resumes, so a better parser costs no call.

    Args:
        path: The file, made if it is not there. None keeps everything in memory, for this run only.

    Attributes:
        before_commit: Called within a transaction before it ends; what one of them raises takes it back.

    Raises:
        JobError: The file is no journal, is used by another process, or can't be written.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        self.before_commit: list[Callable[[], object]] = []
        self._waiting: list[asyncio.Future[None]] = []  # for the commit that is to come
        self._broken: JobError | None = None
        self._unsaved: list[tuple[bytes, str, float]] = []  # replies of the open transaction
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
        if not 0 <= found <= _FORMAT:
            raise JobError(f"{self.path} was written by a newer version: update verbalized-sampling-core")
        if found == 1:
            execute("DROP TABLE done")
        self._database.executescript(_SCHEMA)
        # On disk, so that it takes no memory however many tasks there are, and gone with the process.
        execute("CREATE TEMP TABLE met (task BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID")
        execute("PRAGMA temp.synchronous=OFF")
        execute("PRAGMA temp.journal_mode=OFF")
        execute(f"PRAGMA user_version={_FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commits what is open, unless a commit has failed, and lets go of the file."""
        try:
            if not self._broken:
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
        self.keep(key, answered)
        await self.commit_soon()

    def keep(self, key: bytes, answered: Answered) -> None:
        """Keeps a reply, within the transaction that :meth:`commit` ends."""
        row = (key, _text(answered.reply), answered.seconds)
        self._write(_KEEP, row)
        self._unsaved.append(row)

    def commit_soon(self) -> asyncio.Future[None]:
        """Commits once the event loop has done what it has to do now; the future says when, or what went wrong."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit_all)
        committed = loop.create_future()  # each has one of its own: who is cancelled takes nobody along
        self._waiting.append(committed)
        return committed

    def _commit_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        failure: JobError | None = None
        try:
            self.commit()
        except JobError as error:
            failure = error
        for committed in waiting:
            if committed.done():
                continue
            if failure is None:
                committed.set_result(None)
            else:
                committed.set_exception(failure)
                committed.exception()  # whoever doesn't wait for it learns of it by the next commit, which fails too

    def replies(self) -> Iterator[tuple[bytes, Answered]]:
        """All replies, by their keys."""
        for key, reply, seconds in self._database.execute("SELECT key, reply, seconds FROM replies"):
            yield key, Answered(_reply(json.loads(reply)), seconds)

    # Calls that were handed to somebody else

    def mark_sent(self, key: bytes) -> None:
        """Marks a call as sent, within the transaction that :meth:`commit` ends."""
        self._write("INSERT OR IGNORE INTO sent VALUES (?)", (key,))

    def forget_sent(self, key: bytes) -> None:
        """Takes the mark back: the call has to be made again."""
        self._write("DELETE FROM sent WHERE key = ?", (key,))

    def is_sent(self, key: bytes) -> bool:
        """Whether a call was marked."""
        return self._database.execute("SELECT 1 FROM sent WHERE key = ?", (key,)).fetchone() is not None

    def sent(self) -> int:
        """How many calls were sent and not answered yet."""
        unanswered = "SELECT count(*) FROM sent WHERE key NOT IN (SELECT key FROM replies)"
        return int(self._database.execute(unanswered).fetchone()[0])

    # Tasks whose output is written

    def done_of(self, tasks: Sequence[bytes]) -> set[bytes]:
        """Those of some tasks that were marked as done."""
        return {task for (task,) in self._select("SELECT task FROM done WHERE task IN ", tasks)}

    def mark_done(self, task: bytes, spent: Usage) -> None:
        """Marks a task as done, with what its calls cost, within the transaction that :meth:`commit` ends."""
        counts = (spent.calls, spent.input_tokens, spent.output_tokens)
        self._write("INSERT OR IGNORE INTO done VALUES (?, ?, ?, ?)", (task, *counts))

    def done(self) -> tuple[int, Usage]:
        """How many tasks are done, and what their calls cost."""
        sums = "SELECT count(*), total(calls), total(input_tokens), total(output_tokens) FROM done"
        tasks, *spent = map(int, self._database.execute(sums).fetchone())
        return tasks, Usage(*spent)

    def forget_done(self) -> None:
        """Unmarks all tasks and forgets the texts, within the transaction that :meth:`commit` ends; replies stay."""
        self._write("DELETE FROM done", ())
        self._write("DELETE FROM texts", ())

    # Texts, and how often each came

    def count_text(self, key: int, times: int) -> bool:
        """Counts a text by the 64 bits of its key, within the transaction; whether it is new."""
        upsert = "INSERT INTO texts VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
        (count,) = self._write(upsert + " RETURNING count", (key, times)).fetchone()
        return bool(count == times)

    def frequencies(self) -> dict[int, int]:
        """How many texts came once, how many twice …"""
        return dict(self._database.execute("SELECT count, count(*) FROM texts GROUP BY count"))

    # Tasks that this run has met

    def meet(self, tasks: Sequence[bytes]) -> list[int]:
        """How often each of some tasks was met before in this run, earlier in the list included."""
        times = dict(self._select("SELECT task, times FROM met WHERE task IN ", tasks))
        found: list[int] = []
        for task in tasks:
            found.append(times.get(task, 0))
            times[task] = found[-1] + 1
        try:
            self._database.executemany("INSERT OR REPLACE INTO met VALUES (?, ?)", times.items())
        except sqlite3.Error as error:
            raise self._failure(error) from error
        return found

    def _select(self, statement: str, tasks: Sequence[bytes]) -> sqlite3.Cursor:
        return self._database.execute(f"{statement}({','.join('?' * len(tasks))})", tasks)

    # Notes

    def note(self, name: str) -> Any:
        """What :meth:`take_note` kept under ``name``; None if nothing was."""
        found = self._database.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def take_note(self, name: str, value: Any) -> None:
        """Keeps a JSON value, within the transaction that :meth:`commit` ends."""
        self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value)))

    def commit(self) -> None:
        """Ends the open transaction, if there is one, all of it or nothing.

        Raises:
            JobError: The file can't be written, say because the disk is full.
        """
        if self._broken:
            raise self._broken
        try:
            if self._database.in_transaction:
                for complete in self.before_commit:
                    complete()
                self._database.execute("COMMIT")
                self._unsaved.clear()
        except BaseException as error:
            self.roll_back()
            self._save_replies()
            # What was taken back is gone from memory too: nothing more may be written on top of it.
            self._broken = self._failure(error) if isinstance(error, sqlite3.Error) else JobError(str(error))
            raise self._broken from error

    def _save_replies(self) -> None:
        """What was paid is kept also where the output can't be written."""
        with suppress(sqlite3.Error):
            self._database.execute("BEGIN")
            self._database.executemany(_KEEP, self._unsaved)
            self._database.execute("COMMIT")

    def roll_back(self) -> None:
        """Takes back what was written since the last commit."""
        with suppress(sqlite3.Error):
            self._database.rollback()

    def _write(self, statement: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        if self._broken:
            raise self._broken
        try:
            if not self._database.in_transaction:
                self._database.execute("BEGIN")
            return self._database.execute(statement, values)
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
