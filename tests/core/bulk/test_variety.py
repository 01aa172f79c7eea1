"""How varied the answers are: duplicates, near ones, and rounds until little is unseen."""

from __future__ import annotations

import math
import random
from typing import Literal

import pytest

from verbalized_sampling import ModelError, SettingsError
from verbalized_sampling.bulk import bulk

from .tasks import QUESTIONS


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


def test_typed_answers_are_counted_and_left_out_by_their_values(out, read):
    reply = '[{"text": "a", "probability": 0.5}, {"text": "A", "probability": 0.2}]'
    settings = {"model": lambda _: reply, "k": 2, "dedupe": 1, "concurrency": 1}
    assert bulk(QUESTIONS[:3], out, candidate=Literal["a", "A"], **settings).variety.distinct == 2
    assert sorted(row["text"] for row in read(out)) == ["A", "a"]
    assert bulk(QUESTIONS[:3], out, **settings).rows == 1  # as texts they are the same
