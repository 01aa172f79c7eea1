"""Bulk generation as its users meet it: rows in, answers out, and what gives none in the errors."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel

from verbalized_sampling import ModelError, RefusalError, Reply, SettingsError, Usage
from verbalized_sampling.bulk import abulk, bulk, estimate

from .tasks import QUESTIONS


def test_each_answer_is_a_row_that_says_where_it_comes_from(out, model, read):
    rows = [{"id": "a", "prompt": "Tea?", "topic": "drinks", "text": "mine"}, {"prompt": "Coffee?", "n": 3}]
    report = bulk(rows, out, model=model, k=2)
    found = sorted(read(out), key=lambda row: (row["prompt"], row["text"]))
    assert [row["text"] for row in found] == ["one of Coffee?", "two of Coffee?", "one of Tea?", "two of Tea?"]
    assert found[2] == {
        "id": "a", "prompt": "Tea?", "topic": "drinks", "input_text": "mine", "text": "one of Tea?", "verbalized": 0.1,
        "weight": 0.5, "count": 1, "variant": "standard", "repairs": [], "model": "Model", "tokens": None,
    }  # fmt: skip
    assert found[0]["n"] == 3 and found[0]["id"] == found[1]["id"] not in ("a", None)
    assert (report.prompts, report.rows, report.distinct, report.errors) == (2, 4, 4, None)
    assert not (out.parent / "data.errors.jsonl").exists()


def test_what_gives_no_answer_goes_to_the_errors_with_its_raw_text_and_the_rest_goes_on(out, model, read):
    model.replies |= {
        "Question 1": RefusalError("I would rather not."),
        "Question 2": "nothing to read here",
        "Question 3": ModelError("context too long", status=400),
    }
    report = bulk([*QUESTIONS, ""], out, model=model, k=2)
    assert report.failures == {"refusal": 1, "unreadable reply": 1, "failed call": 1, "bad prompt": 1}
    errors = {row["kind"]: row for row in read(report.errors)}
    assert errors["refusal"]["raw"] == ["I would rather not."]
    assert errors["unreadable reply"]["raw"][0] == "nothing to read here"
    assert "context too long" in errors["failed call"]["error"]
    assert errors["bad prompt"]["where"] == "row 21"
    assert {row["prompt"] for row in read(out)} == {*QUESTIONS} - {"Question 1", "Question 2", "Question 3"}


def test_candidates_that_came_before_a_failure_stand_in_the_errors(out, read):
    replies = iter(['[{"text": "won", "probability": 0.5}]', ModelError("gone", status=400)])

    async def model(_):
        if isinstance(reply := next(replies), Exception):
            raise reply
        return reply

    report = bulk(["Tea?"], out, model=model, k=1, variant="multi", total=2)
    (row,) = read(report.errors)
    assert row["salvaged"] == ["won"] and "won" in row["raw"][0]


def test_an_empty_distribution_that_was_asked_for_is_no_row_and_no_silence(out, model):
    model.replies["Tea?"] = "nothing to read here"
    report = bulk(["Tea?", "Coffee?"], out, model=model, k=2, on_empty="return")
    assert report.prompts == 1 and report.failures.keys() == {"unreadable reply"}


class Joke(BaseModel):
    setup: str
    model: Literal["old", "new"]


def test_typed_answers_have_their_fields(out, read):
    reply = '[{"setup": "Why?", "model": "old", "probability": 0.5}, {"setup": "Why?", "model": "x", "probability": 1}]'
    bulk(["Joke?"], out, model=lambda _: reply, candidate=Joke, k=2)
    (row,) = read(out)
    assert row["value"] == {"setup": "Why?", "model": "old"}


def test_a_prompt_may_be_a_conversation(out, model, read):
    conversation = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]
    rows = [{"messages": [*conversation, {"role": "user", "content": "Tea?"}]}]
    bulk(rows, out, model=model, k=2, column="messages")
    assert model.asked == {"Hi": 1}  # its first message
    assert read(out)[0]["prompt"] == rows[0]["messages"]


def test_braces_in_a_row_are_data_and_no_template(out, model):
    bulk([{"topic": "{{ 7 * 7 }}"}], out, model=model, k=2, prompt_template="About {{ topic }} and {{ row['topic'] }}")
    assert list(model.asked) == ["About {{ 7 * 7 }} and {{ 7 * 7 }}"]


def test_fields_called_like_what_templates_know_are_still_the_rows(out, model):
    bulk([{"wanted": "tea", "k": "x"}], out, model=model, k=2, prompt_template="{{ wanted }} {{ k }}")
    assert list(model.asked) == ["tea x"]


def test_a_ceiling_ends_the_job_and_a_higher_one_goes_on_from_there(out, model, read):
    report = bulk(QUESTIONS, out, model=model, k=2, max_calls=7)
    assert (model.calls, report.prompts, report.stopped) == (7, 7, "max_calls=7 is reached")
    report = bulk(QUESTIONS, out, model=model, k=2, max_calls=7)
    assert model.calls == 7
    report = bulk(QUESTIONS, out, model=model, k=2, max_calls=12)
    assert (model.calls, report.prompts) == (12, 12)
    assert len(read(out)) == 24
    report = bulk(QUESTIONS, out, model=model, k=2)
    assert report.stopped is None and report.prompts == 20


def test_tokens_and_money_count_over_all_runs(out):
    async def model(_):
        return Reply('[{"text": "a", "probability": 1}]', usage=Usage(1, 1000, 1000))

    model.model = "openai:gpt-5-mini"
    bulk(QUESTIONS[:4], out, model=model, k=1)
    report = bulk(QUESTIONS, out, model=model, k=1, max_tokens=16_000, concurrency=1)
    assert report.usage == Usage(8, 8000, 8000)
    assert report.cost == pytest.approx(8 * 0.00225)
    report = bulk(QUESTIONS, out, model=model, k=1, max_cost=0.0225, concurrency=1)
    assert report.usage.calls == 10


@pytest.mark.parametrize("ceiling", [{"max_tokens": 20}, {"max_cost": 1e-7}])
def test_a_budget_smaller_than_one_call_is_refused_before_any(out, model, ceiling):
    model.model = "openai:gpt-5-mini"
    with pytest.raises(SettingsError, match="less than a single call"):
        bulk(QUESTIONS, out, model=model, **ceiling)
    assert not model.calls and not out.exists()


def test_progress_says_how_far_it_is(out, model):
    seen = []
    bulk(QUESTIONS[:5], out, model=model, k=2)
    bulk(QUESTIONS, out, model=model, k=2, on_progress=seen.append)
    assert seen[0].done > 5 and [p.done for p in seen] == sorted(p.done for p in seen) and seen[-1].done == 20
    assert seen[-1].total == 20 and seen[-1].distinct == 40 and seen[-1].eta == 0
    assert seen[0].eta is not None and seen[0].rate > 0


def test_an_estimate_asks_nothing_and_is_near(model):
    found = estimate([*QUESTIONS, ""], model="openai:gpt-5-mini", k=5, variant="multi", total=10)
    assert (found.prompts, found.bad, found.usage.calls, found.max_calls) == (20, 1, 40, 60)
    assert found.usage.output_tokens == 20 * 10 * 60
    assert 0.01 < found.cost < 0.1
    assert "20 prompts (1 rows can't be asked), 40 to 60 calls" in str(found)


def test_the_output_cannot_be_the_input(tmp_path, model):
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"prompt": "Tea?"}\n')
    with pytest.raises(SettingsError, match="can't be its input"):
        bulk(path, tmp_path / "." / "prompts.jsonl", model=model)
    assert path.read_text() == '{"prompt": "Tea?"}\n'


@pytest.mark.parametrize("name", ["data.txt", "data", "data.csv", "data.json"])
def test_an_unknown_output_suffix_is_refused(tmp_path, model, name):
    with pytest.raises(SettingsError, match=r"has to end in \.jsonl, \.ndjson, \.parquet"):
        bulk(QUESTIONS, tmp_path / name, model=model)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path, model):
    with pytest.raises(SettingsError, match="no folder"):
        bulk(QUESTIONS, tmp_path / "missing" / "data.jsonl", model=model)


def test_parquet_out_and_in(tmp_path, model):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "data.parquet"
    rows = [{"prompt": q, "n": i if i % 2 else "odd", "tags": ["x"] * i} for i, q in enumerate(QUESTIONS[:5])]
    report = bulk(rows, out, model=model, k=2)
    table = parquet.read_table(out)
    assert table.num_rows == report.rows == 10
    assert set(table.column("n").to_pylist()) == {'"odd"', "1", "3"}  # of two kinds: JSON
    found = {row["prompt"]: row for row in table.to_pylist()}
    assert found["Question 3"]["tags"] == ["x"] * 3 and found["Question 3"]["weight"] == 0.5
    bulk(rows, out, model=model, k=2)
    assert model.calls == 5
    again = bulk(out, tmp_path / "again.jsonl", model=model, k=2)
    assert again.prompts == 10


def test_without_pyarrow_parquet_says_what_to_install(tmp_path, model, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SettingsError, match=r"pip install .*core\[bulk\]"):
        bulk(QUESTIONS, tmp_path / "data.parquet", model=model)
    (tmp_path / "x.parquet").touch()
    with pytest.raises(SettingsError, match=r"pip install .*core\[bulk\]"):
        bulk(tmp_path / "x.parquet", tmp_path / "data.jsonl", model=model)


def test_it_runs_below_a_running_event_loop_and_as_a_coroutine(out, model, tmp_path):
    async def both():
        bulk(["Tea?"], out, model=lambda _: '[{"text": "a", "probability": 1}]', k=1)  # as in a notebook
        return await abulk(QUESTIONS, tmp_path / "other.jsonl", model=model, k=2)

    assert asyncio.run(both()).prompts == 20


def test_a_wrong_keyword_is_answered_with_what_was_meant(out, model):
    with pytest.raises(TypeError, match=r"bulk\(\) takes no 'dedup': did you mean dedupe\?"):
        bulk(QUESTIONS, out, model=model, dedup=0.8)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"unseen": 1}, {"unseen": True}, {"unseen": "0.1"}, {"max_rounds": 0}, {"max_rounds": 1.5}),
        *({"concurrency": 0}, {"concurrency": 1.5}, {"max_cost": -1}, {"patience": float("nan")}, {"k": 0}),
        *({"column": 3}, {"prompt_template": 3}, {"system": 3}, {"on_progress": 3}),
    ],
    ids=str,
)
def test_a_setting_out_of_range_is_refused(out, model, wrong):
    with pytest.raises(SettingsError):
        bulk(QUESTIONS, out, model=model, **wrong)
    assert not model.calls


def test_what_is_no_path_is_refused_as_output(model):
    with pytest.raises(SettingsError, match="out must be the path of the output, not None"):
        bulk(QUESTIONS, None, model=model)


def test_what_is_no_rows_is_refused(out, model):
    for rows in (5, {"prompt": "x"}, b"x", []):
        with pytest.raises(SettingsError):
            bulk(rows, out, model=model)


def test_rows_that_json_has_no_form_for_are_carried_along(out, model, read):
    rows = [{"prompt": "Tea?", "day": dt.date(2026, 1, 2), "price": Decimal("1.50"), "x": float("nan"), "b": b"\xff"}]
    bulk(rows, out, model=model, k=2)
    assert {name: read(out)[0][name] for name in ("day", "price", "x", "b")} == {
        "day": "2026-01-02", "price": "1.50", "x": None, "b": "_w==",
    }  # fmt: skip
