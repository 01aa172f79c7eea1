"""What a person at a terminal sees while the model writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from ...scripted import TWO, Running, chunk, completion, in_events, in_json

pty = pytest.importorskip("pty", reason="no terminals here")

HALF = TWO.index("}") + 1  # one candidate
WRITTEN = in_events(
    chunk(TWO[:HALF]), 1.0, chunk(TWO[HALF:]), 1.0, chunk(None, "stop")
)  # (a line is drawn now and then)


@pytest.fixture
def scripted():
    with Running() as endpoint:
        yield endpoint


def seen_on_a_terminal(*arguments):
    """The states of the line on standard error, one after another."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "verbalized_sampling", "x", "-k", "2", *arguments]
    env = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how a terminal says that the other side is gone
            os.close(ours)
    assert process.returncode == 0, shown
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    return list(dict.fromkeys(re.sub(r"^\W+", "", line).strip() for line in re.split(r"[\r\n]+", plain)))


def test_candidates_and_characters_are_counted_while_they_are_written(scripted):
    scripted.plays(WRITTEN)
    lines = seen_on_a_terminal("-m", f"m@{scripted.url}")
    assert f"the model writes: 1 candidate, {HALF} characters" in lines
    assert lines.index("the model reads") < lines.index(f"the model writes: 2 candidates, {len(TWO)} characters")


def test_an_answer_that_comes_again_in_a_later_turn_is_counted_once(scripted):
    scripted.plays(WRITTEN)
    lines = seen_on_a_terminal("-m", f"m@{scripted.url}", "--variant", "multi", "--total", "4")
    assert f"the model writes: 2 candidates, {2 * len(TWO)} characters" in lines
    assert not any("3 candidates" in line for line in lines)


def test_of_several_calls_the_answered_ones_are_counted(scripted):
    scripted.plays(in_json(completion(), after=1.0))
    lines = seen_on_a_terminal("-m", f"m@{scripted.url}", "--calls", "4", "--concurrency", "2")
    assert "4 runs: 2 of 4 calls answered" in lines and not any("the model writes" in line for line in lines)


def test_quiet_shows_nothing(scripted):
    scripted.plays(in_json(completion()))
    assert seen_on_a_terminal("-m", f"m@{scripted.url}", "-q") == [""]
