"""Whatever ends a job, for real: nothing is asked twice, every row is there once, and it goes on."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from verbalized_sampling import JobError, ModelError
from verbalized_sampling.bulk import Journal, bulk

from ...scripted import TWO, complaint, completion, in_json

NURSERY = Path(__file__).with_name("nursery.py")
VERBALIZE = [sys.executable, "-m", "verbalized_sampling"]
AT_ONCE = 8


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def wait_until(condition, process=None, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end and (process is None or process.poll() is None)
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("kills", "rows", "settings"),
    [(50, 4000, {}), (10, 400, {"variant": "multi", "total": 6, "dedupe": 1})],
    ids=["one turn", "three turns"],
)
def test_killed_at_random_moments_it_asks_nothing_twice_and_writes_each_row_once(tmp_path, kills, rows, settings):
    job = json.dumps(settings | {"concurrency": AT_ONCE})
    done = subprocess.run(
        [sys.executable, NURSERY, tmp_path, str(kills), str(rows), job], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

    turns = 3 if settings else 1
    found = lines(tmp_path / "data.jsonl")
    assert Counter(row["prompt"] for row in found) == {f"Question {i}": 2 * turns for i in range(rows)}
    assert len({row["text"] for row in found}) == len(found)
    asked = Counter((tmp_path / "asked").read_text().splitlines())
    assert len(asked) == rows * turns
    assert asked.total() - len(asked) <= kills * AT_ONCE
    report = json.loads((tmp_path / "report").read_text())
    assert (report["prompts"], report["rows"], report["usage"]["calls"]) == (rows, len(found), rows * turns)
    assert report["variety"]["answers"] == report["variety"]["distinct"] == len(found)


@pytest.fixture
def job(tmp_path, scripted):
    """The command that asks the scripted endpoint for 200 prompts, and its folder."""
    rows = (json.dumps({"prompt": f"Question {i}"}) for i in range(200))
    (tmp_path / "prompts.jsonl").write_text("\n".join(rows))
    scripted.plays(in_json(completion(), after=0.02))
    return [*VERBALIZE, "bulk", "prompts.jsonl", "--out", "data.jsonl", "-k", "2", "-m", f"m@{scripted.url}"]


def run(job, folder, *more, **settings):
    return subprocess.run([*job, *more], cwd=folder, capture_output=True, text=True, timeout=60, **settings)


def questions(scripted):
    return Counter(seen.body["messages"][-1]["content"] for seen in scripted.seen)


def all_is_there(folder):
    return Counter(row["prompt"] for row in lines(folder / "data.jsonl")) == {f"Question {i}": 2 for i in range(200)}


def test_ctrl_c_keeps_all_that_was_answered_and_the_same_command_goes_on(job, scripted, tmp_path):
    with subprocess.Popen(
        [*job, "--concurrency", "4"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - in the background it is ignored
    ) as process:
        try:
            wait_until(lambda: len(scripted.seen) > 40, process)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert "the same command goes on from there" in said and "Traceback" not in said
    written = {row["prompt"] for row in lines(tmp_path / "data.jsonl")}
    with Journal(tmp_path / "data.jsonl.journal") as journal:
        assert len(journal) > 40 - 4  # what was under way is given up
    done = run(job, tmp_path)
    assert done.returncode == 0, done.stderr
    assert all_is_there(tmp_path)
    asked = questions(scripted)
    assert all(asked[question] == 1 for question in written) and asked.total() <= 204


def test_a_second_process_on_the_same_output_is_refused_and_the_first_goes_on(job, scripted, tmp_path):
    at_once = in_json(completion())
    released = threading.Event()  # the first works on for as long as the second needs to start
    scripted.plays(
        lambda _: at_once if released.is_set() or len(scripted.seen) <= 10 else in_json(completion(), after=0.5)
    )
    process = subprocess.Popen([*job, "--concurrency", "2", "-q"], cwd=tmp_path, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(scripted.seen) > 10, process)
    second = run(job, tmp_path)
    released.set()
    assert second.returncode == 6
    assert "data.jsonl.journal is in use: another process works on this job" in second.stderr
    assert process.wait(60) == 0
    assert all_is_there(tmp_path) and questions(scripted).total() == 200


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from verbalized_sampling.cli import main
sys.argv = ["verbalize", *sys.argv[2:]]
main()
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
@pytest.mark.parametrize("size", [9_000, 60_000])
def test_a_full_disk_ends_the_job_with_one_line_and_with_room_it_goes_on(job, scripted, tmp_path, size):
    full = run([sys.executable, "-c", LIMITED, str(size), *job[3:]], tmp_path)
    assert full.returncode in (1, 6) and "Traceback" not in full.stderr, full.stderr
    assert "cannot write" in full.stderr
    before = questions(scripted).total()
    done = run(job, tmp_path)
    assert done.returncode == 0, done.stderr
    assert all_is_there(tmp_path)
    assert questions(scripted).total() <= 200 + 16 and before < 200


@pytest.fixture
def ask(scripted, tmp_path):
    """The same job within this process."""

    def ask(**settings):
        return bulk(tmp_path / "prompts.jsonl", tmp_path / "data.jsonl", model=f"m@{scripted.url}", k=2, **settings)

    return ask


def test_an_output_that_takes_no_row_loses_no_reply(job, ask, scripted, tmp_path):
    (tmp_path / "data.jsonl").symlink_to("/dev/full")
    with pytest.raises(JobError, match="cannot write .*data.jsonl: No space left on device"):
        ask()
    (tmp_path / "data.jsonl").unlink()
    ask()
    assert all_is_there(tmp_path) and questions(scripted).total() <= 200 + 2 * 16  # what was under way


def test_an_output_that_is_a_folder_is_said_before_any_call(job, ask, scripted, tmp_path):
    (tmp_path / "data.jsonl").mkdir()
    with pytest.raises(JobError, match="data.jsonl is a folder"):
        ask()
    assert not scripted.seen


def test_a_storm_of_429_passes_and_every_prompt_is_asked_to_its_end(job, ask, scripted, tmp_path):
    storm = [complaint(429, "slow down", retry_after_ms="20") for _ in range(150)]
    fine = in_json(completion())
    scripted.plays(*[fine] * 30, *storm, *[fine] * 30, *storm, fine)
    report = ask(concurrency=32, retries=50)
    assert all_is_there(tmp_path) and len(scripted.seen) == 500
    assert report.retries == 300 and not report.failures


def test_an_endpoint_that_dies_for_good_ends_the_job_and_everything_is_kept(job, ask, scripted, tmp_path):
    scripted.plays(*[in_json(completion())] * 60, complaint(503, "gone", retry_after_ms="5"))
    with pytest.raises(JobError, match="nothing but failures.*gone") as dead:
        ask(patience=0.5, retries=1_000_000)
    assert dead.value.report.usage.calls == 60
    assert len(lines(tmp_path / "data.jsonl")) == 120
    scripted.plays(in_json(completion()))
    ask()
    assert all_is_there(tmp_path) and 140 <= len(scripted.seen) <= 140 + 16  # and what was cancelled at the end


def test_the_command_says_what_was_done_until_the_job_could_not_go_on(job, scripted, tmp_path):
    scripted.plays(*[in_json(completion())] * 20, complaint(503, "gone", retry_after_ms="5"))
    dead = run(job, tmp_path, "--patience", "0.3", "--retries", "1000000")
    assert dead.returncode == 6 and "nothing but failures" in dead.stderr
    assert "40 rows of 20 prompts in data.jsonl" in dead.stdout


def test_a_wrong_key_ends_the_job_at_once(job, ask, scripted):
    scripted.plays(complaint(401, "wrong key"))
    with pytest.raises(ModelError, match="wrong key"):
        ask()
    assert len(scripted.seen) <= 2 * 16


def test_a_server_that_hangs_up_in_the_middle_is_asked_again(job, ask, scripted, tmp_path):
    answer = in_json(completion(TWO))
    hangs_up = replace(answer, headers=(*answer.headers, ("content-length", "5000")), end="close")
    scripted.plays(*[hangs_up] * 10, in_json(completion()))
    ask()
    assert all_is_there(tmp_path)


def test_a_finished_job_does_not_even_look_for_the_endpoint(job, ask, scripted):
    ask()
    asked, connections = len(scripted.seen), scripted.connections
    ask()
    assert (len(scripted.seen), scripted.connections) == (asked, connections)
