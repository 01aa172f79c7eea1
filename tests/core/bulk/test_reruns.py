"""A second run on the same output: what it asks, what it keeps, what it refuses."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from verbalized_sampling import JobError, ModelError, RefusalError
from verbalized_sampling.bulk import bulk

from .tasks import QUESTIONS


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


def test_a_rerun_tries_failed_calls_again_and_no_other(out, model, read):
    model.replies |= {"Question 1": RefusalError("No."), "Question 3": ModelError("context too long", status=400)}
    bulk(QUESTIONS, out, model=model, k=2)
    del model.replies["Question 3"]
    report = bulk(QUESTIONS, out, model=model, k=2)
    assert model.asked["Question 3"] == 2 and model.calls == 21
    assert [row["kind"] for row in read(report.errors)] == ["refusal"]
    assert len({row["prompt"] for row in read(out)}) == 19


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
