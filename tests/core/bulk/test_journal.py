"""The journal: what was committed is there, once, and nobody else writes to it."""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import JobError, Reply, Request, Usage
from verbalized_sampling.bulk import Answered, Journal
from verbalized_sampling.bulk.engine.journal import call_key
from verbalized_sampling.bulk.files.lines import JsonLines
from verbalized_sampling.models import Options

replies = st.builds(
    Reply,
    st.text(st.characters(exclude_categories=())),
    st.none() | st.text(),
    st.none() | st.builds(Usage, st.just(1), st.integers(0, 10**9), st.integers(0, 10**9)),
    st.none() | st.text(),
)


@given(replies)
def test_a_reply_comes_back_as_it_was(reply):
    journal = Journal()
    asyncio.run(journal.put(b"k", Answered(reply, 0.5)))
    assert journal.get(b"k") == Answered(reply, 0.5, replayed=True)
    journal.close()


def test_what_was_put_is_there_after_reopening(tmp_path):
    with Journal(tmp_path / "j") as journal:
        asyncio.run(journal.put(b"k", Answered(Reply("Tee für zwei ☕"), 1.0)))
    with Journal(tmp_path / "j") as journal:
        assert journal.get(b"k").reply == Reply("Tee für zwei ☕")
        assert len(journal) == 1


def test_a_second_process_is_refused_clearly(tmp_path):
    script = "import sys; from verbalized_sampling.bulk import Journal; Journal(sys.argv[1])"
    with Journal(tmp_path / "j"):
        second = subprocess.run([sys.executable, "-c", script, tmp_path / "j"], capture_output=True, text=True)
    assert "another process works on this job" in second.stderr
    assert subprocess.run([sys.executable, "-c", script, tmp_path / "j"], capture_output=True).returncode == 0


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"{}\n"])
def test_another_file_is_not_taken_for_a_journal(tmp_path, content):
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(JobError, match="is not a journal"):
        Journal(path)
    assert path.read_bytes() == content


def test_a_journal_that_cannot_be_made_says_where(tmp_path):
    with pytest.raises(JobError, match="missing"):
        Journal(tmp_path / "missing" / "j")


def test_a_key_tells_apart_all_that_makes_a_call_another():
    request = Request(({"role": "user", "content": "x"},), 5, {"type": "object"}, 100)
    keys = {
        call_key("0", "m", Options(), request, 0),
        call_key("1", "m", Options(), request, 0),
        call_key("0", "n", Options(), request, 0),
        call_key("0", "m", Options(seed=1), request, 0),
        call_key("0", "m", Options(), request, 1),
        call_key("0", "m", Options(), Request(request.messages, 5, None, 100), 0),
        call_key("0", "m", Options(), Request(request.messages, 5, {"type": "object"}, 101), 0),
        call_key("0", "m", Options(), Request(({"role": "system", "content": "x"},), 5, {"type": "object"}, 100), 0),
    }
    assert len(keys) == 8


def test_lines_that_were_not_committed_are_cut_off(tmp_path):
    path = tmp_path / "out.jsonl"
    with Journal(tmp_path / "j") as journal:
        lines = JsonLines(path, journal, "output")
        lines.append([{"text": "Tea"}, {"text": "lone \ud800 surrogate"}])
        journal.mark_done(b"a", Usage())
        journal.commit()
    with path.open("ab") as file:
        file.write(b'{"text": "half a li')
    with Journal(tmp_path / "j") as journal:
        assert journal.done_of([b"a", b"b"]) == {b"a"}
        lines = JsonLines(path, journal, "output")
        lines.append([{"text": "Coffee"}])
        journal.take_note("x", 1)
        journal.commit()
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert texts == ["Tea", "lone \ud800 surrogate", "Coffee"]


def test_what_a_full_disk_kept_from_the_lines_is_not_marked_as_done(tmp_path, monkeypatch):
    with Journal(tmp_path / "j") as journal:
        lines = JsonLines(tmp_path / "out.jsonl", journal, "output")
        lines.append([{"text": "Tea"}])
        journal.mark_done(b"a", Usage())
        lines._file.close()
        lines._file = open("/dev/full", "ab", buffering=0)
        with pytest.raises(JobError, match="No space left"):
            journal.commit()
    with Journal(tmp_path / "j") as journal:
        assert not journal.done_of([b"a"])


@given(st.lists(st.lists(st.binary(max_size=1), max_size=6), max_size=5))
def test_how_often_a_task_was_met_is_counted_across_lists(lists):
    journal, met = Journal(), []
    for tasks in lists:
        assert journal.meet(tasks) == [(met + tasks[:i]).count(task) for i, task in enumerate(tasks)]
        met += tasks
    journal.close()


def test_a_journal_of_the_first_format_is_read(tmp_path):
    database = sqlite3.connect(tmp_path / "j")
    database.executescript(
        "CREATE TABLE replies (key BLOB PRIMARY KEY, reply TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE done (task BLOB PRIMARY KEY) WITHOUT ROWID; PRAGMA user_version=1;"
        "INSERT INTO replies VALUES (x'6b', '[\"Tea\", null, null, null]', 1.0);"
    )
    database.close()
    with Journal(tmp_path / "j") as journal:
        assert journal.get(b"k").reply == Reply("Tea")
        journal.mark_done(b"a", Usage(2, 3, 4))
        assert journal.done() == (1, Usage(2, 3, 4))


FULL = """
import asyncio, resource, signal, sys
from verbalized_sampling import JobError, Reply
from verbalized_sampling.bulk import Answered, Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
journal = Journal(sys.argv[1])
async def fill():
    for i in range(1000):
        try:
            await journal.put(b"%d" % i, Answered(Reply("x" * 1000), 0.0))
        except JobError as error:
            print(i, error)
            return
asyncio.run(fill())
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
def test_a_full_disk_is_an_error_and_what_was_committed_stays(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path / "j"], capture_output=True, text=True)
    count, _, message = done.stdout.partition(" ")
    assert "cannot write the journal" in message, done.stderr
    with Journal(tmp_path / "j") as journal:
        assert len(journal) == int(count)
