"""Bulk generation as its users meet it: rows in, answers out, and a second run that knows of the first."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import random
import sys
from collections import Counter
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel

from verbalized_sampling import JobError, ModelError, RefusalError, Reply, SettingsError, Usage
from verbalized_sampling.bulk import abulk, bulk, estimate

QUESTIONS = [f"Question {i}" for i in range(20)]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "data.jsonl"


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


def test_a_second_run_asks_nothing_and_changes_nothing(out, model):
    first = bulk(QUESTIONS, out, model=model, k=2)
    before = out.read_bytes()
    second = bulk(random.Random(1).sample(QUESTIONS, len(QUESTIONS)), out, model=model, k=2)
    assert model.calls == 20 and out.read_bytes() == before
    assert (second.prompts, second.rows, second.variety) == (first.prompts, first.rows, first.variety)
    assert second.usage.calls == second.replayed == 20


def test_rows_may_be_added_and_taken_away(out, model, read):
    bulk(QUESTIONS[:10], out, model=model, k=2)
    bulk(QUESTIONS[5:15], out, model=model, k=2)
    assert model.calls == 15
    assert Counter(row["prompt"] for row in read(out)) == dict.fromkeys(QUESTIONS[:15], 2)


def test_a_changed_prompt_is_asked_anew_also_where_the_row_has_an_id(out, model, read):
    bulk([{"id": 1, "prompt": "Te?"}, {"id": 2, "prompt": "Coffee?"}], out, model=model, k=2)
    bulk([{"id": 1, "prompt": "Tea?"}, {"id": 2, "prompt": "Coffee?"}], out, model=model, k=2)
    assert model.asked == {"Te?": 1, "Tea?": 1, "Coffee?": 1}


def test_the_same_prompt_three_times_is_three_questions_with_seeds_of_their_own(out, read):
    seeds = []

    async def model(messages, seed):
        seeds.append(seed)
        return f'[{{"text": "{seed}", "probability": 0.5}}]'

    for _ in range(2):
        bulk(["Tea?"] * 3, out, model=model, k=1, seed=7)
    assert len(seeds) == len(set(seeds)) == 3
    assert len(read(out)) == 3


@pytest.mark.parametrize(
    "change",
    [{"tau": 0.1}, {"k": 3, "max_extra_calls": 0}, {"template": "paper"}, {"temperature": 0.3}, {"system": "S"}],
)
def test_another_template_or_tau_asks_everything_anew_and_keeps_the_rows_so_far(out, model, read, change, caplog):
    async def asked(messages, temperature=None):
        return await model([{"content": messages[-1]["content"]}])

    bulk(QUESTIONS, out, model=asked, k=2)
    before = out.read_bytes()
    bulk(QUESTIONS, out, model=asked, **{"k": 2} | change)
    assert model.calls == 40
    assert (out.parent / "data.jsonl.1").read_bytes() == before
    assert "data.jsonl.1" in caplog.text
    assert Counter(row["prompt"] for row in read(out)) == dict.fromkeys(QUESTIONS, 2)
    bulk(QUESTIONS, out, model=asked, k=2)  # and back: the journal has it all
    assert model.calls == 40
    assert sorted(out.read_bytes().splitlines()) == sorted(before.splitlines())


def test_another_prompt_template_asks_everything_anew(out, model, read):
    rows = [{"topic": "tea"}, {"topic": "coffee"}]
    bulk(rows, out, model=model, k=2, prompt_template="A question about {{ topic }}?")
    bulk(rows, out, model=model, k=2, prompt_template="Ask me of {{ topic }}.")
    assert model.calls == 4
    assert {row["prompt"] for row in read(out)} == {"Ask me of tea.", "Ask me of coffee."}


def test_another_way_to_read_asks_nothing_and_the_output_follows(out, model, say, read):
    model.replies["Tea?"] = '[{"text": "a", "probability": 0.9}, {"text": "b", "probability": 0.1}]'
    bulk(["Tea?"], out, model=model, k=2)
    bulk(["Tea?"], out, model=model, k=2, weighting="uniform")
    assert model.calls == 1
    assert [row["weight"] for row in read(out)] == [0.5, 0.5]


def test_reread_reads_all_replies_again_at_no_call(out, model, monkeypatch, read):
    from verbalized_sampling.plans import planning

    bulk(QUESTIONS, out, model=model, k=2)
    parse = planning.read_reply

    def better(reply, parser):
        return parse(reply, parser).map(str.upper)

    monkeypatch.setattr(planning, "read_reply", better)
    bulk(QUESTIONS, out, model=model, k=2, reread=True)
    assert model.calls == 20
    assert all(row["text"].isupper() for row in read(out)) and len(read(out)) == 40


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


def test_a_rerun_tries_failed_calls_again_and_no_other(out, model, read):
    model.replies |= {"Question 1": RefusalError("No."), "Question 3": ModelError("context too long", status=400)}
    bulk(QUESTIONS, out, model=model, k=2)
    del model.replies["Question 3"]
    report = bulk(QUESTIONS, out, model=model, k=2)
    assert model.asked["Question 3"] == 2 and model.calls == 21
    assert [row["kind"] for row in read(report.errors)] == ["refusal"]
    assert len({row["prompt"] for row in read(out)}) == 19


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


# Ceilings


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


# What answers have in common


def test_the_report_says_how_varied_the_answers_are(out, say, read):
    texts = iter(["tea", "Tea ", "coffee", "milk"])

    async def model(_):
        return say(next(texts))

    report = bulk(QUESTIONS[:4], out, model=model, k=1)
    assert (report.variety.answers, report.distinct, report.distinct_rate) == (4, 3, 0.75)
    assert report.variety.unseen_mass == 0.5
    assert report.variety.effective_size == pytest.approx(math.exp(1.5 * math.log(2)))
    assert "3 of 4 answers are distinct" in str(report)
    assert '"distinct": 3' in report.to_json()


def test_duplicates_are_kept_unless_somebody_says_otherwise(out, say, read):
    report = bulk(QUESTIONS, out, model=lambda _: say("yes"), k=1)
    assert len(read(out)) == report.rows == 20 and report.distinct == 1


def test_the_same_answers_are_left_out_over_the_whole_output_and_all_runs(out, say, read):
    for some in (QUESTIONS[:5], QUESTIONS):
        report = bulk(some, out, model=lambda _: say("Yes", "no"), k=2, dedupe=1)
    assert sorted(row["text"] for row in read(out)) == ["Yes", "no"]
    assert (report.rows, report.duplicates, report.variety.answers, report.prompts) == (2, 38, 40, 20)


NEAR = [
    "What is the capital city of France, and when did it become the capital?",
    "What is the capital city of France and when did it become the capital",
    "what is the capital  city of France, and when did it become the Capital?",
    "How do bees find their way home after a long flight over water?",
]


def test_near_duplicates_are_left_out_over_the_whole_output_and_all_runs(out, say, read):
    pytest.importorskip("rensa")
    texts = dict(zip(QUESTIONS, NEAR, strict=False))

    async def model(messages):
        return say(texts[messages[-1]["content"]])

    for n in (1, 4):
        report = bulk(QUESTIONS[:n], out, model=model, k=1, dedupe=0.8, concurrency=1)
    assert {row["text"] for row in read(out)} == {NEAR[0], NEAR[3]}
    assert report.duplicates == 2


@pytest.mark.parametrize("similar", [0, 1.5, "0.8", True, 0.2])
def test_a_likeness_that_is_none_is_refused(out, model, similar):
    with pytest.raises(SettingsError, match="dedupe must be between"):
        bulk(QUESTIONS, out, model=model, dedupe=similar)


def test_near_duplicates_without_the_library_say_what_to_install(out, model, monkeypatch):
    monkeypatch.setattr("verbalized_sampling.bulk.duplicates.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"core\[bulk\]"):
        bulk(QUESTIONS, out, model=model, dedupe=0.8)


def drawing(pool, asked, say):
    """A model that draws two different answers of a pool, and more of them in a later turn."""
    rng = random.Random(1)

    async def model(messages):
        asked.append(messages)
        return say(*(f"answer {i}" for i in rng.sample(range(pool), 2)))

    return model


def test_rounds_go_on_until_little_is_unseen(out, say, read):
    asked = []
    report = bulk(["Tea?"], out, model=drawing(4, asked, say), k=2, unseen=0.2, max_rounds=50)
    assert 3 <= len(read(out)) <= 4 and 3 <= len(asked) <= 20
    assert sum(row["count"] for row in read(out)) == 2 * len(asked)
    assert report.variety.unseen_mass <= 0.2


def test_rounds_end_where_enough_different_answers_came(out, say, read):
    asked = []
    bulk(["Tea?"], out, model=drawing(1000, asked, say), k=2, variant="multi", unseen=0.0, total=9, max_rounds=50)
    assert 9 <= len(read(out)) <= 12
    assert len(asked) == 6  # three rounds of two turns, four answers each


def test_rounds_are_resumed_in_the_middle_and_have_seeds_of_their_own(out, say):
    seeds = []

    async def model(messages, seed):
        seeds.append(seed)
        if len(seeds) == 3:
            raise ModelError("gone", status=400)
        return say(*(f"answer {i}" for i in random.Random(seed).sample(range(30), 2)))

    settings = {"model": model, "k": 2, "unseen": 0.1, "max_rounds": 6, "seed": 5}
    bulk(["Tea?"], out, **settings)
    bulk(["Tea?"], out, **settings)
    assert seeds[2] == seeds[3] and len(set(seeds)) == 6  # what failed was asked again, and nothing else


# Whose journal it is


def test_other_rows_on_the_same_output_are_another_job_and_refused(out, model):
    bulk(QUESTIONS, out, model=model, k=2)
    before = out.read_bytes()
    with pytest.raises(JobError, match="belongs to another job"):
        bulk(["Tea?", "Coffee?"], out, model=model, k=2)
    assert out.read_bytes() == before and model.calls == 20
    bulk(QUESTIONS, out, model=model, k=2)
    assert model.calls == 20


def test_the_journal_of_another_output_is_refused(out, model, tmp_path):
    bulk(QUESTIONS, out, model=model, k=2)
    (tmp_path / "data.jsonl.journal").rename(tmp_path / "other.jsonl.journal")
    with pytest.raises(JobError, match="belongs to another job"):
        bulk(["Tea?"], tmp_path / "other.jsonl", model=model, k=2)
    with pytest.raises(JobError, match="no journal that knows of it"):  # the output without its journal
        bulk(QUESTIONS, out, model=model, k=2)


def test_a_journal_of_compare_is_refused(out, model, say, tmp_path):
    pytest.importorskip("rapidfuzz")
    from verbalized_sampling.evaluation import compare

    journal = tmp_path / "data.jsonl.journal"
    compare(["Tea?"], lambda _: say("a", "b"), methods=["standard"], n=2, k=2, journal=journal, embedder="words")
    with pytest.raises(JobError, match="another job"):
        bulk(["Tea?"], out, model=model)


def test_a_file_of_somebody_elses_is_never_touched(out, model):
    out.write_text("precious\n")
    with pytest.raises(JobError, match=r"data\.jsonl is there, and no journal"):
        bulk(QUESTIONS, out, model=model)
    assert out.read_text() == "precious\n" and not model.calls


def test_an_output_that_was_deleted_or_cut_is_written_anew_at_no_call(out, model, read):
    bulk(QUESTIONS, out, model=model, k=2)
    before = sorted(out.read_bytes().splitlines())
    for harm in (out.unlink, lambda: out.write_bytes(out.read_bytes()[:500])):
        harm()
        report = bulk(QUESTIONS, out, model=model, k=2)
        assert sorted(out.read_bytes().splitlines()) == before
        assert report.variety.answers == 40
    assert model.calls == 20


def test_output_and_journal_may_be_renamed_together(out, model, tmp_path):
    bulk(QUESTIONS, out, model=model, k=2)
    before = out.read_bytes()
    out.rename(tmp_path / "new.jsonl")
    (tmp_path / "data.jsonl.journal").rename(tmp_path / "new.jsonl.journal")
    bulk(QUESTIONS, tmp_path / "new.jsonl", model=model, k=2)
    assert (tmp_path / "new.jsonl").read_bytes() == before and model.calls == 20


def test_the_output_cannot_be_the_input(tmp_path, model):
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"prompt": "Tea?"}\n')
    with pytest.raises(SettingsError, match="can't be its input"):
        bulk(path, tmp_path / "." / "prompts.jsonl", model=model)
    assert path.read_text() == '{"prompt": "Tea?"}\n'


# Forms


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


def test_typed_answers_are_counted_and_left_out_by_their_values(out, read):
    reply = '[{"text": "a", "probability": 0.5}, {"text": "A", "probability": 0.2}]'
    settings = {"model": lambda _: reply, "k": 2, "dedupe": 1, "concurrency": 1}
    assert bulk(QUESTIONS[:3], out, candidate=Literal["a", "A"], **settings).variety.distinct == 2
    assert sorted(row["text"] for row in read(out)) == ["A", "a"]
    assert bulk(QUESTIONS[:3], out, **settings).rows == 1  # as texts they are the same


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
