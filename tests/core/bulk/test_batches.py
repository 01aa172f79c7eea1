"""Files for a batch service and back: the same rows as asking would give, within the service's limits."""

from __future__ import annotations

import json
import random

import pytest

from verbalized_sampling import JobError, ModelError, SettingsError
from verbalized_sampling.bulk import bulk, read_batches, write_batches
from verbalized_sampling.bulk.files import batch_files

MODEL = "openai:gpt-5-mini"  # no key is set: none is needed
QUESTIONS = [f"Question {i}" for i in range(12)]


def question_in(messages):
    return next(message["content"] for message in messages if message["role"] == "user")


def answer(messages):
    """What both the service and a model that is asked directly say."""
    question, turn = question_in(messages), len(messages)
    texts = (f"{question}, {turn}, {i}" for i in range(2))
    return json.dumps({"responses": [{"text": text, "probability": 0.1} for text in texts]})


class Service:
    """A batch service: takes files, and answers in an order of its own; some calls fail there."""

    def __init__(self, folder, say=answer):
        self.folder, self.say, self.asked, self.fails = folder, say, [], {}

    def run(self, path):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert len({line["custom_id"] for line in lines}) == len(lines) <= 50_000
        assert len({line["body"]["model"] for line in lines}) == 1
        assert path.stat().st_size <= 200_000_000
        good, bad = [], []
        for line in lines:
            assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
            assert 1 <= len(line["custom_id"]) <= 64
            self.asked.append(line)
            problem = self.fails.get(question_in(line["body"]["messages"]))
            message = {"role": "assistant", "content": self.say(line["body"]["messages"]), "refusal": None}
            body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
            body["usage"] = {"prompt_tokens": 10, "completion_tokens": 20}
            response = {"status_code": 200, "request_id": "r", "body": body}
            done = {"id": "b", "custom_id": line["custom_id"], "response": response, "error": None}
            if problem == "expired":
                bad.append(done | {"response": None, "error": {"code": "batch_expired", "message": "too late"}})
            elif problem:
                failed = {"status_code": problem, "body": {"error": {"message": "no", "code": "server_error"}}}
                bad.append(done | {"response": failed})
            else:
                good.append(done)
        random.Random(1).shuffle(good)
        files = [path.with_suffix(".output"), path.with_suffix(".errors")]
        for file, found in zip(files, (good, bad), strict=True):
            file.write_text("".join(json.dumps(one) + "\n" for one in found))
        return [file for file in files if file.stat().st_size]


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path)


@pytest.fixture
def round_trip(tmp_path, service):
    """Writes, lets the service work, and reads, until nothing is left; gives how many requests went out each time."""
    out = tmp_path / "data.jsonl"

    def go(rows, **settings):
        sent = []
        while (batches := write_batches(rows, out, tmp_path / "batches", model=MODEL, **settings)).requests:
            sent.append(batches.requests)
            assert len(sent) < 10
            for path in batches.files:
                read_batches(service.run(path), out)
        return sent, batches.report

    return go


def comparable(path, read):
    own = [{k: v for k, v in row.items() if k not in ("model", "tokens")} for row in read(path)]
    return sorted(own, key=lambda row: (row["prompt"], row["text"]))


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"k": 2}, [12]),
        ({"k": 2, "variant": "multi", "total": 6}, [12, 12, 12]),
        ({"k": 3, "max_extra_calls": 1}, [12, 12]),
        ({"k": 4, "variant": "direct"}, [48]),
        ({"k": 4, "variant": "direct", "seed": 1}, [48]),
        ({"k": 2, "unseen": 0.1, "max_rounds": 3}, [12, 12]),
    ],
    ids=["one turn", "a file a turn", "top-up", "independent calls at once", "with seeds", "rounds"],
)
def test_a_round_trip_gives_the_same_rows_as_asking(round_trip, service, tmp_path, read, settings, sent):
    went_out, report = round_trip(QUESTIONS, **settings)
    assert went_out == sent
    assert report.prompts == 12 and report.usage.calls == sum(sent) and report.usage.input_tokens == 10 * sum(sent)

    async def model(messages):
        return answer(messages)

    bulk(QUESTIONS, tmp_path / "asked.jsonl", model=model, **settings)
    assert comparable(tmp_path / "data.jsonl", read) == comparable(tmp_path / "asked.jsonl", read)


def test_a_request_says_what_asking_would_say(tmp_path, service):
    settings = {"k": 2, "temperature": 0.5, "seed": 7, "system": "Be brief."}
    batches = write_batches(["Tea?"], tmp_path / "data.jsonl", tmp_path, model=MODEL, **settings)
    service.run(*batches.files)
    body = service.asked[0]["body"]
    assert (body["model"], body["temperature"], body["seed"]) == ("gpt-5-mini", 0.5, 7)
    assert body["max_completion_tokens"] and "max_tokens" not in body
    assert body["response_format"]["type"] == "json_schema"
    assert body["messages"][0]["content"].startswith("Be brief.") and body["messages"][1]["content"] == "Tea?"


def test_calls_that_failed_there_are_written_again_and_no_other(round_trip, service, tmp_path):
    service.fails = {"Question 3": 500, "Question 5": "expired"}
    out, folder = tmp_path / "data.jsonl", tmp_path / "batches"
    first = write_batches(QUESTIONS, out, folder, model=MODEL, k=2)
    found = read_batches(service.run(*first.files), out)
    assert (found.read, found.unknown) == (10, 0)
    assert found.failed == {"HTTP 500 server_error": 1, "batch_expired": 1}
    service.fails = {}
    assert round_trip(QUESTIONS, k=2)[0] == [2]


def test_calls_that_wait_for_their_answers_are_not_written_twice_unless_they_are_lost(tmp_path):
    out = tmp_path / "data.jsonl"
    assert write_batches(QUESTIONS, out, tmp_path, model=MODEL, k=2).requests == 12
    second = write_batches([*QUESTIONS, "One more"], out, tmp_path, model=MODEL, k=2)
    assert (second.requests, second.waiting) == (1, 12)
    third = write_batches(QUESTIONS, out, tmp_path, model=MODEL, k=2, again=True)
    assert (third.requests, len(third.files)) == (12, 1)


def test_no_file_is_over_the_limits(tmp_path, monkeypatch):
    assert (batch_files.MOST_REQUESTS, batch_files.MOST_BYTES) == (50_000, 200_000_000)
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 5)
    some = write_batches(QUESTIONS, tmp_path / "a.jsonl", tmp_path / "a", model=MODEL, k=2)
    assert [len(path.read_text().splitlines()) for path in some.files] == [5, 5, 2]
    size = some.files[0].stat().st_size // 5
    monkeypatch.setattr(batch_files, "MOST_BYTES", int(size * 3.5))
    some = write_batches(QUESTIONS, tmp_path / "b.jsonl", tmp_path / "b", model=MODEL, k=2)
    assert all(path.stat().st_size <= size * 3.5 for path in some.files) and some.requests == 12


def test_a_prompt_that_fits_in_no_file_is_an_error_of_its_own(tmp_path, monkeypatch, read):
    monkeypatch.setattr(batch_files, "MOST_BYTES", 10_000)
    some = write_batches([*QUESTIONS, "x" * 20_000], tmp_path / "a.jsonl", tmp_path / "a", model=MODEL, k=2)
    assert some.requests == 12 and some.report.failures == {"bad prompt": 1}
    assert "fits in no batch file" in read(some.report.errors)[0]["error"]


def test_answers_of_another_job_are_refused_and_stray_lines_counted(tmp_path, service):
    out = tmp_path / "data.jsonl"
    mine = write_batches(QUESTIONS, out, tmp_path / "mine", model=MODEL, k=2)
    other = write_batches(QUESTIONS, tmp_path / "other.jsonl", tmp_path / "other", model=MODEL, k=3)
    with pytest.raises(JobError, match="answers a call of the job"):
        read_batches(service.run(*other.files), out)
    (answers,) = service.run(*mine.files)
    answers.write_text(answers.read_text() + 'no json\n{"custom_id": "zz"}\n[]\n')
    found = read_batches([answers, answers], out)
    assert (found.read, found.unknown) == (12, 6)


def test_bulk_takes_over_from_batches(tmp_path, service):
    asked = []

    async def model(messages):
        asked.append(messages[1]["content"])
        return answer(messages)

    model.model = MODEL
    out = tmp_path / "data.jsonl"
    some = write_batches(QUESTIONS[:10], out, tmp_path, model=MODEL, k=2)
    read_batches(service.run(*some.files), out)
    bulk(QUESTIONS, out, model=model, k=2)
    assert sorted(asked) == ["Question 10", "Question 11"]


def test_a_refusal_and_a_content_filter_are_answers(tmp_path, round_trip, service):
    service.say = lambda _: "I can't help with that."
    _, report = round_trip(QUESTIONS[:1], k=2)
    assert report.failures == {"refusal": 1}


def test_wrong_use_is_said(tmp_path):
    with pytest.raises(SettingsError, match="write the batches of this job first"):
        read_batches([], tmp_path / "data.jsonl")
    with pytest.raises(SettingsError, match="a batch file names its model"):
        write_batches(QUESTIONS, tmp_path / "data.jsonl", tmp_path, model=lambda _: "")
    with pytest.raises(ModelError, match="names none"):
        write_batches(QUESTIONS, tmp_path / "data.jsonl", tmp_path, model="http://127.0.0.1:1/v1")
    write_batches(QUESTIONS, tmp_path / "data.jsonl", tmp_path, model=MODEL)
    with pytest.raises(SettingsError, match="No such file"):
        read_batches([tmp_path / "nowhere"], tmp_path / "data.jsonl")


def test_the_command_writes_and_reads(tmp_path, monkeypatch, capsys, service):
    from verbalized_sampling.command import run

    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps({"prompt": q}) + "\n" for q in QUESTIONS))
    command = ["bulk", "prompts.jsonl", "--out", "data.jsonl", "-m", MODEL, "-k", "2", "--batches", "out"]
    assert run(command) == 0
    assert "12 calls to send" in capsys.readouterr().err
    (file,) = service.run(tmp_path / "out" / "batch-0001.jsonl")
    assert run([*command, "--replies", str(file)]) == 0
    captured = capsys.readouterr()
    assert "12 replies read" in captured.err and "24 rows of 12 prompts" in captured.out
    assert run([*command[:-2], "--replies", str(file)]) == 2
