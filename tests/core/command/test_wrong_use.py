"""What people get wrong: a line that says what to do, the right exit code, and no call that has to be paid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from verbalized_sampling.command import run

VERBALIZE = [sys.executable, "-m", "verbalized_sampling"]
REPLY = '[{"text": "a", "probability": 0.6}, {"text": "b", "probability": 0.4}]'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reply").write_text(REPLY)
    (tmp_path / "empty").write_text("")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "raises.py").write_text("1 / 0\n")
    (tmp_path / "bad.jinja").write_text("one\n{{ 1/0 }}")
    (tmp_path / "folder").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["parse", "nowhere"], 2, "'nowhere': No such file"),
        (["parse", "folder"], 2, "'folder': Is a directory"),
        (["parse", "empty"], 5, "the reply is empty"),
        (["parse", "binary"], 5, "no candidate"),
        (["parse", "/dev/zero"], 2, "longer than 100 MB"),
        (["parse"], 2, "Missing argument 'FILE'"),
        (["parse", "reply", "--selct", "all"], 2, "Did you mean"),
        (["parse", "reply", "--select", "most"], 2, "'argmax'"),
        (["parse", "reply", "--candidate", "raises:X"], 2, "ZeroDivisionError"),
        (["parse", "reply", "--candidate", "json:dumps"], 2, "not a type that pydantic validates"),
        (["parse", "reply", "--tau", "nan"], 2, "tau"),
        (["prompt", "x", "-t", "bad.jinja"], 2, "bad.jinja, line 2: division by zero"),
        (["prompt", "x", "-t", "folder"], 2, "holds no template"),
        (["prompt", "x", "-t", "papr"], 2, "did you mean 'paper'"),
        (["prompt", "x", "--definition", "nll", "--tau", "0.1"], 2, "--definition nll"),
        (["prompt", "caf\udcc3"], 2, "the query is not UTF-8 text"),
        (["prompt", "x", "-s", "caf\udcc3"], 2, "the system prompt is not UTF-8 text"),
        (["x", "--dry-run", "-k", "0"], 2, "k must be"),
        (["x", "--max-tokens", "0"], 2, "--max-tokens"),
        (["x", "--timeout", "-1"], 2, "timeout"),
        (["x", "--concurrency", "0"], 2, "--concurrency"),
        (["x", "--api-key-env", "NO_SUCH_VARIABLE"], 2, "'NO_SUCH_VARIABLE' is not set"),
        (["x", "--stream", "--json"], 2, "leave out --json"),
        (["x", "-m", "oepnai:gpt-5"], 3, "no model is called"),
        (["x", "-m", "http://127.0.0.1:9/v1"], 3, "127.0.0.1:9"),
        (["x", "-m", "folder"], 3, "folder"),
        (["x", "-m", "binary"], 3, "not a GGUF file"),
        (["modles"], 2, "did you mean 'models'"),
        (["pasre", "reply"], 2, "did you mean 'parse'"),
        (["completion", "tcsh"], 2, "'bash'"),
    ],
    ids=lambda value: " ".join(value).encode("ascii", "replace").decode() if isinstance(value, list) else None,
)
def test_an_error_is_one_line_that_says_what_to_do(folder, capsys, arguments, code, message):
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    *notes, error = err.splitlines()
    assert message in error and error.startswith("verbalize: ")
    assert all(note.startswith(("answering with", "the reply is not all UTF-8")) for note in notes)


@pytest.mark.parametrize("arguments", [["x", "--dry-run"], ["prompt", "x"], ["parse", "reply"], ["models"], ["--help"]])
def test_a_reader_that_has_seen_enough_ends_it_quietly(folder, arguments):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*VERBALIZE, *arguments], stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert done.returncode == 0 and b"rror" not in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
@pytest.mark.parametrize("arguments", [["prompt", "x"], ["parse", "reply"], ["parse", "reply", "--json"], ["--help"]])
def test_a_full_disk_is_an_error(folder, arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*VERBALIZE, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=60, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "verbalize: No space left on device"
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize(("closed", "code"), [("<&-", 2), (">&-", 1), ("2>&-", 2)])
def test_closed_streams_are_no_crash(closed, code):
    script = f'"$0" -m verbalized_sampling {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ("Grüße\n".encode(), "Grüße\n"),
        ("\ufeffGrüße".encode(), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        (b"\xff\xfa", None),
        (b"", None),
    ],
)
def test_standard_input_is_read_as_text_whatever_the_locale(given, query):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*VERBALIZE, "prompt", "--json"], input=given, capture_output=True, env=environment, timeout=60
    )
    if query is None:
        assert done.returncode == 2 and done.stdout == b"" and done.stderr.count(b"\n") == 1
    else:
        assert json.loads(done.stdout)[-1]["content"] == query


def test_advice_names_options_of_the_command(scripted, capsys):
    scripted.reply, scripted.finish_reason = '{"responses": [{"te', "length"
    assert run(["x", "-m", scripted.name]) == 5
    assert "--max-tokens" in capsys.readouterr().err
    assert run(["x", "-m", scripted.name, "--max-tokens", "7"]) == 5
    assert {request.get("max_tokens") for request in scripted.requests[-2:]} == {7}


def test_a_bug_is_one_line_too(capsys, monkeypatch):
    monkeypatch.setattr("verbalized_sampling.command.subcommands.prompt.conversation", lambda query, system: 1 / 0)
    assert run(["prompt", "x"]) == 1
    assert "unexpected ZeroDivisionError: division by zero" in capsys.readouterr().err
    monkeypatch.setenv("VERBALIZED_SAMPLING_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["prompt", "x"])


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(scripted, capsys):
    arguments = ["x", "-m", scripted.name, "--variant", "multi", "-k", "3", "--total", "7", "--calls", "2", "--dry-run"]
    assert run([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    plan = json.loads(out)
    assert (plan["model"], plan["calls"], plan["max_calls"]) == (scripted.name, 6, 8)
    assert [m["role"] for m in plan["messages"]] == ["system", "user"] and plan["max_tokens"] > 0
    assert "6 times, at most 8" in err
    assert run([*arguments, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("[system]\n") and out.endswith("[user]\nx\n") and err == ""
    assert scripted.requests == []


def test_which_model_answers_is_said_once(scripted, capsys, monkeypatch):
    scripted.reply = REPLY
    assert run(["x", "-k", "2", "-m", scripted.name]) == 0
    assert capsys.readouterr().err == f"answering with {scripted.name}, which --model names\n"
    monkeypatch.setenv("VERBALIZED_SAMPLING_MODEL", scripted.name)
    assert run(["x", "-k", "2"]) == 0
    assert f"answering with {scripted.name}, which VERBALIZED_SAMPLING_MODEL names" in capsys.readouterr().err
    assert run(["x", "-k", "2", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_the_key_of_an_address_comes_from_the_variable_that_is_named(scripted, capsys, monkeypatch):
    scripted.reply = REPLY
    monkeypatch.setenv("MY_KEY", "secret")
    assert (
        run(["x", "-k", "2", "-m", scripted.name, "--api-key-env", "MY_KEY", "--calls", "3", "--concurrency", "2"]) == 0
    )
    assert scripted.keys == ["Bearer secret"] * 3
    assert "secret" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("command", [[], ["prompt"]], ids=["ask", "prompt"])
def test_advice_names_an_option_that_there_is(command, capsys):
    assert run([*command, "x", "-k", "5000"]) == 2
    assert "--max-calls" in capsys.readouterr().err
    if command:
        assert run([*command, "x", "-k", "5000", "--max-calls", "3"]) == 0


def test_options_may_stand_before_the_query(capsys):
    assert run(["--model", "m@http://127.0.0.1:9/v1", "--timeout", "0.2", "x"]) == 3
    assert "127.0.0.1:9" in capsys.readouterr().err
