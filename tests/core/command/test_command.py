"""The command as its users run it: a process, its output and its exit code."""

from __future__ import annotations

import importlib
import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from verbalized_sampling import Distribution, ModelError
from verbalized_sampling.command import run
from verbalized_sampling.models.functions import from_function

from ...scripted import Answer, Running, completion, in_json

VERBALIZE = [sys.executable, "-m", "verbalized_sampling"]


def verbalize(*arguments, **options):
    return subprocess.run([*VERBALIZE, *arguments], capture_output=True, text=True, timeout=120, **options)


@pytest.fixture
def answering(monkeypatch):
    """Puts a model in place that always gives one answer."""

    def put(reply):
        module = importlib.import_module("verbalized_sampling.runs.question")
        monkeypatch.setattr(module, "resolve", lambda model, options: from_function(lambda messages: reply, options))

    return put


def test_a_query_gives_a_table_with_bars_and_says_which_model_answers_also_when_piped():
    done = verbalize("Name a colour", "-k", "3", "--words", "3", "--seed", "1")
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1 and "SmolLM2" in done.stderr
    assert "probability" in done.stdout and "█" in done.stdout
    assert "\x1b" not in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.strip()[:2] in ("1 ", "2 ", "3 ")]) == 3


def test_the_query_can_come_from_standard_input_and_json_goes_out():
    done = verbalize("-k", "2", "--words", "3", "--seed", "1", "--json", input="Name a colour\n")
    d = Distribution.from_json(done.stdout)
    assert len(d) == 2 and done.returncode == 0


@pytest.mark.parametrize(("select", "text"), [("argmax", "b"), ("first", "a"), ("sample", "b")])
def test_one_text_alone_can_be_printed(answering, capsys, select, text):
    answering(
        '[{"text": "a", "probability": 0.3}, {"text": "b", "probability": 0.4}, {"text": "c", "probability": 0.3}]'
    )
    arguments = ["x", "-k", "3", "--seed", "3", "--select", select]
    assert run(arguments) == 0
    assert capsys.readouterr().out == f"{text}\n"
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == text


def test_all_settings_are_taken():
    done = verbalize(
        "Name a colour", "-k", "2", "--tau", "0.5", "--variant", "multi", "--format", "json", "--total", "3",
        "--words", "3", "--temperature", "0.5", "--seed", "1", "--select", "all", "--system", "Be brief.", "--json",
    )  # fmt: skip
    assert done.returncode == 0 and Distribution.from_json(done.stdout).usage.calls >= 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([""], 2, "the query is empty"),
        (["x", "-k", "0"], 2, "k must be"),
        (["x", "--tau", "1.5"], 2, "tau must be above 0"),
        (["x", "--tau", "low"], 2, "not a valid float"),
        (["x", "--format", "yaml"], 2, "'json', 'tags'"),
        (["x", "--colour"], 2, "No such option"),
        (["x", "--model", "/no/such/model.gguf"], 3, "cannot read the model file"),
        (["word " * 9000], 3, "context size"),
    ],
)
def test_an_error_is_one_line_with_an_exit_code_of_its_own(arguments, code, message):
    done = verbalize(*arguments)
    assert done.returncode == code
    assert done.stdout == ""
    *notes, error = done.stderr.splitlines()
    assert message in error and error.startswith("verbalize: ")
    assert all("answering with the embedded" in note for note in notes)


@pytest.mark.parametrize(
    ("reply", "code", "message"), [("I'm sorry, I can't help with that.", 4, "refused"), ("Blue.", 5, "no candidates")]
)
def test_refusals_and_unreadable_replies_have_exit_codes_too(answering, capsys, reply, code, message):
    answering(reply)
    assert run(["x"]) == code
    assert message in capsys.readouterr().err


def test_candidates_are_printed_as_they_come(capsys):
    assert run(["Name a colour", "-k", "2", "--words", "3", "--seed", "1", "--stream"]) == 0
    streamed, _, table = capsys.readouterr().out.partition("probability")
    assert len(streamed.strip().splitlines()) >= 2 and "█" in table
    assert run(["x", "--stream", "--json"]) == 2


def test_several_calls_are_averaged(capsys):
    assert run(["Name a colour", "-k", "2", "--words", "3", "--seed", "1", "--calls", "2", "--json"]) == 0
    assert Distribution.from_json(capsys.readouterr().out).usage.calls == 2


def test_a_reply_from_a_chat_window_can_be_read(tmp_path, capsys):
    file = tmp_path / "reply.txt"
    file.write_text("Sure!\n\n1. Red (12%)\n2. Blue (8%)\n")
    assert run(["parse", str(file), "--select", "argmax"]) == 0
    assert capsys.readouterr().out == "Red\n"
    assert run(["parse", str(file), "--strict"]) == 5
    assert "strict" in capsys.readouterr().err
    file.write_bytes(b"\xff\xfe no text")
    assert run(["parse", str(file)]) == 5
    assert verbalize("parse", "-", "--json", input='[{"text": "a", "probability": 1}]').returncode == 0


def test_a_typed_reply_can_be_read(tmp_path, capsys, monkeypatch):
    (tmp_path / "types_of_mine.py").write_text("import pydantic\nclass Pet(pydantic.BaseModel):\n    name: str\n")
    (tmp_path / "reply").write_text('[{"name": "Tom", "probability": 0.4}]')
    monkeypatch.chdir(tmp_path)
    assert run(["parse", "reply", "--candidate", "types_of_mine:Pet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["candidates"][0]["value"] == {"name": "Tom"}
    for wrong in ("types_of_mine", "types_of_mine:Dog", "nowhere:Pet"):
        assert run(["parse", "reply", "--candidate", wrong]) == 2


def test_the_prompt_can_be_had_for_pasting(capsys):
    assert run(["prompt", "Tell me a joke", "--tau", "0.1", "--template", "paper", "--format", "tags"]) == 0
    out = capsys.readouterr().out
    assert "less than 0.10" in out and out.endswith("Tell me a joke\n")
    assert run(["prompt", "Tell me a joke", "--json"]) == 0
    assert [m["role"] for m in json.loads(capsys.readouterr().out)] == ["system", "user"]


def test_the_models_that_can_be_used_are_listed(capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("COLUMNS", "120")
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    assert "OPENAI_API_KEY is set" in out and "sk-secret" not in out
    assert "needs: set ANTHROPIC_API_KEY" in out and "SmolLM2" in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell, capsys):
    assert run(["completion", shell]) == 0
    assert "_VERBALIZE_COMPLETE" in capsys.readouterr().out


def test_help_shows_the_options_and_the_commands(capsys):
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert "--tau" in out and "parse" in out and "Exit codes" in out
    assert run(["--version"]) == 0


def test_nobody_at_the_keyboard_is_asked_for_a_query():
    assert verbalize(input="").returncode == 2


def test_without_its_libraries_it_says_what_to_install():
    hide = "import sys; sys.modules['click'] = None; from verbalized_sampling.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == ('verbalize needs its command-line libraries: pip install "verbalized-sampling-core[cli]"\n')


def start(*arguments, **options):
    """Starts the command; with its own SIGINT, also where the tests run as a background job that ignores it."""
    mind_it = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen([*VERBALIZE, *arguments], preexec_fn=mind_it, **options)  # noqa: PLW1509 - no threads here


def in_a_terminal(*arguments):
    """Starts the command on a pseudo-terminal."""
    ours, theirs = pty.openpty()
    process = start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    return process, ours


def read_until(terminal, wanted):
    shown = b""
    while wanted not in shown:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
    return shown


def test_a_terminal_sees_the_notice_and_the_progress():
    process, terminal = in_a_terminal("Name a colour", "-k", "2", "--words", "3", "--seed", "1")
    shown = read_until(terminal, b"never")
    assert process.wait(60) == 0
    os.close(terminal)
    assert b"modelanswering" not in shown
    assert shown.count(b"SmolLM2") == 1 and b"the model writes" in shown and b"probability" in shown


def test_an_interrupt_ends_it_at_once():
    process, terminal = in_a_terminal("Write a long story", "-k", "5")
    assert b"the model writes" in read_until(terminal, b"the model writes")
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert b"interrupted" in read_until(terminal, b"interrupted")
    assert process.wait(30) == 130
    # How long it took is a matter of the machine; that it did not wait for the whole reply is the law.
    assert time.monotonic() - start < 10
    os.close(terminal)


@pytest.mark.parametrize("calls", ["1", "100"])
def test_an_interrupt_leaves_no_call_behind(scripted, calls):
    scripted.hangs = True
    process = start("x", "-m", scripted.name, "--calls", calls, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    while not scripted.requests:
        time.sleep(0.01)
    time.sleep(0.5)
    made = len(scripted.requests)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    scripted.may_end.set()
    assert process.returncode == 130 and out == b""
    assert err.decode().splitlines()[-1] == "verbalize: interrupted" and b"Traceback" not in err
    assert len(scripted.requests) == made <= 16


def test_what_was_won_before_an_interrupt_is_printed():
    with Running() as endpoint:
        endpoint.plays(in_json(completion()), in_json(completion()), Answer(end="hang"))
        asked = ("-k", "2", "--calls", "9", "--concurrency", "1", "--json")
        process = start("x", "-m", f"m@{endpoint.url}", *asked, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        while len(endpoint.seen) < 3:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130 and err.decode().splitlines()[-1] == "verbalize: interrupted"
    assert [(c.text, c.count) for c in Distribution.from_json(out)] == [("a", 2), ("b", 2)]


def test_what_was_won_before_a_failure_is_printed(monkeypatch, capsys):
    replies = ['[{"text": "Red", "probability": 0.4}, {"text": "Blue", "probability": 0.2}]', ModelError("it is gone")]

    def model(messages):
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    module = importlib.import_module("verbalized_sampling.runs.question")
    monkeypatch.setattr(module, "resolve", lambda _, options: from_function(model, options))
    assert run(["Name a colour", "-k", "2", "--variant", "multi", "--total", "4", "--json"]) == 3
    out, complaints = capsys.readouterr()
    assert [c.text for c in Distribution.from_json(out)] == ["Red", "Blue"] and "it is gone" in complaints
