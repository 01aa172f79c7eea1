"""``verbalize bulk``: the options reach the job, and wrong use is one line and costs nothing."""

from __future__ import annotations

import json

import pytest

from verbalized_sampling.command import run


@pytest.fixture
def verbalize(tmp_path, monkeypatch, scripted, capsys):
    """Runs ``verbalize bulk`` in a folder with prompts; gives its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts.jsonl").write_text('{"topic": "tea"}\n{"topic": "coffee"}\nno json\n')

    def verbalize(*arguments, model=True):
        code = run(["bulk", *arguments, *(["-m", f"m@{scripted.url}"] if model else [])])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return verbalize


TEMPLATE = ("--prompt-template", "A question about {{ topic }}")


def test_it_asks_writes_and_reports(verbalize, scripted, read, tmp_path):
    code, printed, said = verbalize("prompts.jsonl", "--out", "data.jsonl", "-k", "2", *TEMPLATE)
    assert code == 0
    assert "4 rows of 2 prompts in data.jsonl" in printed and "1 bad prompt; see data.errors.jsonl" in printed
    assert "2 of 4 answers are distinct" in printed and "2 calls; 66 tokens; price unknown" in printed
    assert "answering with m@" in said
    assert {row["prompt"] for row in read(tmp_path / "data.jsonl")} == {
        "A question about tea",
        "A question about coffee",
    }
    (error,) = read(tmp_path / "data.errors.jsonl")
    assert error["raw"] == ["no json"] and error["error"].startswith("line 3 is not JSON")


def test_its_options_reach_the_job(verbalize, scripted, read, tmp_path):
    options = ["--column", "topic", "--system", "Be brief.", "--temperature", "0.5", "--seed", "7", "--tau", "0.1"]
    options += ["--max-reply-tokens", "99", "--dedupe", "1", "--concurrency", "1", "--max-calls", "2", "-q"]
    code, printed, said = verbalize("prompts.jsonl", "-o", "data.ndjson", "-k", "2", "--json", *options)
    assert (code, said) == (0, "")
    report = json.loads(printed)
    assert (report["rows"], report["duplicates"], report["usage"]["calls"]) == (2, 2, 2)
    body = scripted.seen[0].body
    assert body["temperature"] == 0.5 and body["seed"] == 7 and body["max_tokens"] == 99
    assert body["messages"][0]["content"].startswith("Be brief.") and "0.10" in body["messages"][0]["content"]
    assert len(read(tmp_path / "data.ndjson")) == 2


def test_a_dry_run_asks_nothing_and_writes_nothing(verbalize, scripted, tmp_path):
    code, printed, _ = verbalize("prompts.jsonl", "--out", "data.jsonl", "--dry-run", *TEMPLATE)
    assert code == 0 and "2 prompts (1 rows can't be asked), 2 to 4 calls" in printed
    assert not scripted.seen and [path.name for path in tmp_path.iterdir()] == ["prompts.jsonl"]


def test_a_ceiling_says_that_it_stopped(verbalize):
    code, printed, _ = verbalize("prompts.jsonl", "--out", "data.jsonl", "--max-calls", "1", "-k", "2", *TEMPLATE)
    assert code == 0 and "stopped: max_calls=1 is reached" in printed


def test_a_job_of_failures_only_ends_with_code_1(verbalize, scripted):
    from ...scripted import complaint

    scripted.plays(complaint(400, "too long"))
    code, printed, _ = verbalize("prompts.jsonl", "--out", "data.jsonl", *TEMPLATE)
    assert code == 1 and "2 failed call" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--out", "data.jsonl"], 2, "Missing argument 'PROMPTS'"),
        (["prompts.jsonl"], 2, "Where should the answers go? For example: --out data.jsonl"),
        (["prompts.jsonl", "--out", "data.txt", *TEMPLATE], 2, "cannot tell how to write data.txt"),
        (["prompts.jsonl", "--out", "x/data.jsonl", *TEMPLATE], 2, "there is no folder x"),
        (["prompts.jsonl", "--out", "prompts.jsonl", *TEMPLATE], 2, "can't be its input too"),
        (["nowhere.jsonl", "--out", "data.jsonl"], 2, "cannot read nowhere.jsonl: No such file"),
        (
            ["prompts.jsonl", "--out", "data.jsonl"],
            2,
            "no row of prompts.jsonl has a column 'prompt' (there are topic)",
        ),
        (["prompts.jsonl", "--out", "data.jsonl", "--column", "topics"], 2, "column 'topics': did you mean 'topic'?"),
        (["prompts.jsonl", "--out", "data.jsonl", "--prompt-template", "{{ x }}"], 2, "uses 'x', which no row has"),
        (["prompts.jsonl", "--out", "data.jsonl", "--max-tokens", "9", *TEMPLATE], 2, "--max-tokens 9 is less than a"),
        (["prompts.jsonl", "--out", "data.jsonl", "--max-cost", "1", *TEMPLATE], 2, "set --max-tokens instead of"),
        (["prompts.jsonl", "--out", "data.jsonl", "--dedupe", "2", *TEMPLATE], 2, "dedupe must be between 0.5 and 1"),
        (["prompts.jsonl", "--out", "data.jsonl", "--unseen", "1", *TEMPLATE], 2, "unseen must be a share"),
        (["prompts.jsonl", "--out", "data.jsonl", "--api-key-env", "NO_KEY_", *TEMPLATE], 2, "'NO_KEY_' is not set"),
    ],
)
def test_wrong_use_is_one_line_and_costs_nothing(verbalize, scripted, tmp_path, arguments, code, message):
    found, printed, said = verbalize(*arguments)
    complaints = [line for line in said.splitlines() if not line.startswith("answering with")]
    assert (found, printed, len(complaints)) == (code, "", 1)
    assert message in complaints[0]
    assert not scripted.seen
    assert [path.name for path in tmp_path.iterdir()] == ["prompts.jsonl"]
