"""The journal: what was committed is there, once, and nobody else writes to it."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import JobError, Reply, Request, Usage
from verbalized_sampling.bulk import Answered, Journal, JsonLinesSink
from verbalized_sampling.bulk.journal import call_key
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


def test_a_sink_writes_each_task_once_and_cuts_off_what_was_not_committed(tmp_path):
    path = tmp_path / "out.jsonl"
    with Journal(tmp_path / "j") as journal, JsonLinesSink(path, journal) as sink:
        sink.write("a", [{"text": "Tea"}, {"text": "lone \ud800 surrogate"}])
    with path.open("ab") as file:
        file.write(b'{"text": "half a li')
    with Journal(tmp_path / "j") as journal, JsonLinesSink(path, journal) as sink:
        assert sink.has("a")
        assert not sink.has("b")
        sink.write("b", [{"text": "Coffee"}])
    lines = path.read_bytes().splitlines()
    assert [json.loads(lines[0])["text"], json.loads(lines[2])["text"]] == ["Tea", "Coffee"]
    assert len(lines) == 3


def test_an_output_that_was_deleted_is_written_anew(tmp_path):
    path = tmp_path / "out.jsonl"
    with Journal(tmp_path / "j") as journal, JsonLinesSink(path, journal) as sink:
        sink.write("a", [1])
    path.unlink()
    with Journal(tmp_path / "j") as journal, JsonLinesSink(path, journal) as sink:
        assert not sink.has("a")


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
