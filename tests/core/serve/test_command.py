"""``verbalize serve`` as its users run it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import openai
import pytest

SERVE = [sys.executable, "-m", "verbalized_sampling", "serve"]


@contextmanager
def serving(*arguments, **environment):
    process = subprocess.Popen(
        [*SERVE, "--port", "0", *arguments], stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        line = process.stderr.readline()
        yield process, line
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_listens_who_may_ask_and_what_each_request_took(scripted):
    with serving("-m", f"mine@{scripted.url}") as (process, line):
        url = re.match(r"(http://127\.0\.0\.1:\d+/v1) answers with mine at http", line)[1]
        assert "of this machine, without a key" in line
        client = openai.OpenAI(base_url=url, api_key="x")
        done = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], n=2)
        assert {choice.message.content for choice in done.choices} == {"a", "b"}
        assert re.fullmatch(r"n=2: 2 answers, 1 call, 11 \+ 22 tokens, .* s\n", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr.read() == "ended\n"


def test_clients_on_other_machines_need_a_key(scripted):
    with serving("-m", f"m@{scripted.url}", "--host", "0.0.0.0", MY_KEY="very secret") as (process, line):
        assert process.wait(20) == 2
        assert "other machines reach 0.0.0.0" in line and "export VERBALIZED_SAMPLING_SERVE_KEY=" in line
    with serving(
        "-m", f"m@{scripted.url}", "--host", "0.0.0.0", "--client-key-env", "MY_KEY", MY_KEY="very secret"
    ) as (
        _,
        line,
    ):
        port = re.match(r"http://0\.0\.0\.0:(\d+)/v1 ", line)[1]
        assert "clients need its key" in line and "secret" not in line
        url = f"http://127.0.0.1:{port}/v1"
        with pytest.raises(openai.AuthenticationError):
            openai.OpenAI(base_url=url, api_key="wrong").models.list()
        assert openai.OpenAI(base_url=url, api_key="very secret").models.list().data[0].id == "m"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--host", "nowhere.invalid", "--client-key-env", "PATH"], 2, "is no address of this machine"),
        (["--host", "::"], 2, "other machines reach ::"),
        (["-m", "opnai:gpt"], 3, "did you mean 'openai:gpt'?"),
        (["-m", "openai:"], 3, "set OPENAI_API_KEY"),
        (["-m", "/no/such.gguf"], 3, "cannot read the model file"),
        (["--api-key-env", "NO_SUCH"], 2, "the variable 'NO_SUCH' is not set"),
        (["--tau", "3"], 2, "tau must be"),
        (["--port", "70000"], 2, "not in the range"),
    ],
)
def test_wrong_use_is_one_line(arguments, code, message):
    done = subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr and done.stderr.count("\n") == 1


def test_a_port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run([*SERVE, "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and f"port {port} of 127.0.0.1 is in use: choose another" in done.stderr
