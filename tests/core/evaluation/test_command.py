"""``verbalize compare``, as its users call it."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from verbalized_sampling.command import run


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "replies.jsonl"
    found = [{"prompt": "p", "method": "direct", "text": word} for word in ["tea"] * 6 + ["coffee"] * 2]
    found += [{"prompt": "p", "method": "vs", "responses": [f"{w} {i}" for w in ("mate", "kefir")]} for i in range(4)]
    path.write_text("\n".join(map(json.dumps, found)))
    return path


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        asked = 0
        keys: set[str] = set()

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            Handler.asked += 1
            Handler.keys.add(self.headers["Authorization"])
            text = "Tea"
            if "probability" in json.dumps(body["messages"]):
                text = json.dumps(
                    [{"text": f"{w} {Handler.asked}", "probability": 0.1} for w in ("mate", "milk", "kefir")]
                )
            message = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", "index": 0}
            usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
            answer = json.dumps({"id": "1", "object": "chat.completion", "choices": [message], "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"fake@http://127.0.0.1:{made.server_port}/v1", Handler
    made.shutdown()
    thread.join()
    made.server_close()


def test_it_compares_prints_and_writes_the_report_and_asks_nothing_the_second_time(server, tmp_path, capsys):
    name, handler = server
    page = tmp_path / "report.html"
    arguments = ["compare", "What to drink?", "-n", "6", "-k", "3", "--methods", "direct,standard", "-m", name]
    assert run([*arguments, "--html", str(page)]) == 0
    out = capsys.readouterr()
    assert "Semantic diversity" in out.out
    assert "8 calls to" in out.err and "price unknown" in out.err
    assert "<h1>" in page.read_text()
    asked = handler.asked
    assert run([*arguments, "--html", str(page)]) == 0
    assert handler.asked == asked == 8


def test_resumed_it_says_what_is_there_and_what_is_left(server, tmp_path, capsys):
    name, handler = server
    journal = tmp_path / "j"
    few = [
        "compare",
        "What to drink?",
        "-k",
        "3",
        "--methods",
        "direct,standard",
        "-m",
        name,
        "--journal",
        str(journal),
    ]
    assert run([*few, "-n", "6", "--dry-run"]) == 0
    assert not journal.exists()
    assert run([*few, "-n", "6"]) == 0
    first = capsys.readouterr().err
    assert run([*few, "-n", "9", "--dry-run"]) == 0
    left = capsys.readouterr().out
    assert left.startswith(f"8 replies are in {journal}, and left are 4 calls to fake")
    assert first.startswith("8 calls to fake")
    tokens = [int(re.search(r"about ([\d,]+) tokens", line)[1].replace(",", "")) for line in (first, left)]
    assert tokens[1] == tokens[0] / 2
    asked = handler.asked
    assert run([*few, "-n", "9"]) == 0
    assert handler.asked == asked + 4
    assert run([*few, "-n", "9"]) == 0
    assert f"all 12 replies are in {journal}: no call is left to make" in capsys.readouterr().err


def test_a_dry_run_says_what_it_would_take_and_asks_nothing(server, capsys):
    name, handler = server
    assert run(["compare", "a", "b", "-n", "20", "-m", name, "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("56 calls to ")
    assert handler.asked == 0


def test_the_key_of_an_address_comes_from_the_variable_that_is_named(server, capsys, monkeypatch):
    name, handler = server
    monkeypatch.setenv("MY_KEY", "secret")
    limits = ["--api-key-env", "MY_KEY", "--timeout", "20", "--max-tokens", "500"]
    assert run(["compare", "a", "-n", "2", "-m", name, *limits]) == 0
    assert handler.keys == {"Bearer secret"}
    assert "secret" not in "".join(capsys.readouterr())


def test_saved_replies_need_no_model(rows, capsys):
    assert run(["compare", "--from", str(rows), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["vs"]["duplicates"]["value"] == 0
    assert found["metrics"]["direct"]["duplicates"]["value"] == 0.75


@pytest.mark.parametrize(
    ("bar", "code"),
    [("diversity=0.01", 0), ("diversity=0.99", 1), ("direct.diversity=0.9", 1), ("vs.effective_size=8", 0)],
)
def test_a_bar_that_is_missed_is_exit_code_1(rows, bar, code, capsys):
    assert run(["compare", "--from", str(rows), "--fail-under", bar]) == code
    assert ("below" in capsys.readouterr().err) == bool(code)


def test_a_bar_says_where_so_few_answers_can_not_tell(rows, capsys):
    assert run(["compare", "--from", str(rows), "--fail-under", "vs.duplicates=0.5"]) == 1
    assert "duplicates of vs is 0 [0, 0.776]*, below 0.5, but so few answers can't tell" in capsys.readouterr().err
    assert run(["compare", "--from", str(rows), "--fail-under", "vs.effective_size=6"]) == 0
    assert "effective_size of vs is 8 [2.57, 8]*, which reaches 6, but so few" in capsys.readouterr().err


def test_json_says_where_no_spread_was_seen(rows, capsys):
    assert run(["compare", "--from", str(rows), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["metrics"]
    assert found["vs"]["duplicates"]["spread_seen"] is found["vs"]["duplicates"]["difference"]["spread_seen"] is False
    assert found["direct"]["diversity"]["spread_seen"] is True


def test_references_come_from_a_file(rows, tmp_path, capsys):
    file = tmp_path / "references.json"
    file.write_text('{"p": {"Tea": 3, "coffee": 1}}')
    assert run(["compare", "--from", str(rows), "--references", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["direct"]["kl"]["value"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare"], "What should be asked?"),
        (["compare", "p", "--methods", "vs"], "'vs' is no method"),
        (["compare", "p", "-n", "1"], "-n"),
        (["compare", "p", "--tau", "a"], "numbers parted by commas"),
        (["compare", "p", "--tau", "3"], "tau"),
        (["compare", "p", "--fail-under", "diversity"], "METRIC=NUMBER"),
        (["compare", "p", "--from", "x.jsonl"], "leave out the prompts"),
        (["compare", "--from", "no-such-file.jsonl"], "cannot read no-such-file.jsonl: No such file or directory"),
        (["compare", "p", "--fail-under", "divrsity=0.5"], "did you mean 'diversity'"),
        (["compare", "p", "--fail-under", "standard.joy=0.5"], "no metric is called 'joy': there are diversity, vendi"),
        (["compare", "p", "--html", "no/such/folder/x.html"], "there is no folder"),
        (["compare", "p", "p", "--dry-run"], "given twice"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_a_bar_on_a_metric_that_is_not_there_names_those_that_are(rows, capsys):
    assert run(["compare", "--from", str(rows), "--fail-under", "quality=0.5"]) == 2
    assert "there are diversity, vendi" in capsys.readouterr().err
