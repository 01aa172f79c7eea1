"""``--pick``: somebody at a terminal chooses, with the keys of a keyboard."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest

REPLY = {
    "responses": [
        {"text": "tea", "probability": 0.6},
        {"text": "mate\nwith \x1b[31mmint", "probability": 0.3},
        {"text": "milk " * 60, "probability": 0.1},
    ]
}
DOWN, ENTER, ESCAPE, INTERRUPT = b"\x1b[B", b"\r", b"\x1b", b"\x03"


def picked(tmp_path, *keys, arguments=()):
    """Runs ``verbalize parse --pick`` at a terminal: what standard output got, the exit code, and what was shown."""
    file = tmp_path / "reply.json"
    file.write_text(json.dumps(REPLY))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "verbalized_sampling", "parse", str(file), "--pick", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = read_until(ours, b"Esc takes none")
    for key in keys:
        os.write(ours, key)
        time.sleep(0.1)
    out, _ = process.communicate(timeout=60)
    shown += read_until(ours, None)
    os.close(ours)
    return out.decode(), process.returncode, shown


def read_until(terminal, words, limit=60):
    shown, end = b"", time.monotonic() + (limit if words else 0.2)
    while time.monotonic() < end and (words is None or words not in shown):
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other end is closed
                break
        if b"\x1b[6n" in shown[-16:]:  # where the cursor is
            os.write(terminal, b"\x1b[1;1R")
    return shown


@pytest.mark.parametrize(
    ("keys", "text"),
    [((ENTER,), "tea"), ((DOWN, ENTER), REPLY["responses"][1]["text"]), ((b"3", ENTER), REPLY["responses"][2]["text"])],
)
def test_what_is_chosen_is_printed_to_the_last_character(tmp_path, keys, text):
    out, code, shown = picked(tmp_path, *keys)
    assert (out.removesuffix("\n"), code) == (text, 0)
    assert b"0.600  tea" in shown and b"\\x1b[31mmint" in shown and b"\x1b[31mmint" not in shown


def test_the_candidate_comes_as_json_too(tmp_path):
    out, _, _ = picked(tmp_path, DOWN, ENTER, arguments=["--json"])
    assert json.loads(out)["verbalized"] == 0.3


@pytest.mark.parametrize("key", [ESCAPE, INTERRUPT])
def test_nothing_may_be_taken(tmp_path, key):
    out, code, _ = picked(tmp_path, key)
    assert (out, code) == ("", 130)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--pick lets you choose, which takes a terminal: use --select"),
        (["--select", "argmax"], "--pick lets you choose: leave out --select"),
    ],
)
def test_without_a_terminal_it_is_said_before_a_model_is_asked(tmp_path, arguments, words):
    for command in (["parse", "/dev/null"], ["x", "-m", "m@http://127.0.0.1:9/v1"]):
        done = subprocess.run(
            [sys.executable, "-m", "verbalized_sampling", *command, "--pick", *arguments],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        assert done.returncode == 2 and words.split(": leave")[0] in done.stderr, done.stderr
