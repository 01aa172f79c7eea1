"""Draws and selections."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParser,
    EmptyDistributionError,
)

from .made import distributions, make


@given(distributions(min_size=1), st.integers(), st.integers(0, 20))
def test_a_seed_draws_the_same_whatever_the_thread(d, seed, n):
    expected = d.sample(n, seed=seed)
    with ThreadPoolExecutor(4) as pool:
        assert all(drawn == expected for drawn in pool.map(lambda _: d.sample(n, seed=seed), range(4)))


def test_a_seed_draws_what_it_drew_in_earlier_releases():
    d = make(0.5, 0.3, 0.15, 0.05)
    assert [c.text for c in d.sample(8, seed=42)] == ["t1", "t0", "t0", "t0", "t1", "t1", "t2", "t0"]
    assert [c.text for c in d.sample(4, seed=42, replace=False)] == ["t1", "t0", "t2", "t3"]


@given(distributions(min_size=1))
def test_drawing_leaves_the_global_random_state_alone(d):
    before = random.getstate()
    d.sample(5)
    d.sample(5, seed=1)
    assert random.getstate() == before


def test_without_a_seed_draws_are_fresh():
    assert len({tuple(c.text for c in make(*[0.1] * 10).sample(10)) for _ in range(5)}) > 1


def test_none_draws_one_bare_and_a_number_draws_a_list():
    d = make(0.6, 0.4)
    assert isinstance(d.sample(), Candidate)
    assert [type(x) for x in d.sample(1)] == [Candidate]
    assert d.sample(0) == []


def test_draws_follow_the_weights():
    counts = Counter(c.text for c in make(0.5, 0.3, 0.2).sample(20_000, seed=7))
    # chi-squared with 2 degrees of freedom: 13.8 has probability 0.001
    assert sum((counts[f"t{i}"] - 20_000 * p) ** 2 / (20_000 * p) for i, p in enumerate((0.5, 0.3, 0.2))) < 13.8


def test_draws_without_replacement_follow_the_weights_too():
    d = make(0.5, 0.3, 0.2)
    pairs = Counter(tuple(c.text for c in d.sample(2, seed=seed, replace=False)) for seed in range(20_000))
    probability = {("t0", "t1"): 0.5 * 0.3 / 0.5, ("t2", "t0"): 0.2 * 0.5 / 0.8}
    for pair, p in probability.items():
        assert pairs[pair] / 20_000 == pytest.approx(p, abs=0.012)  # 3.5 standard errors


@given(distributions(min_size=1))
def test_without_replacement_nothing_comes_twice(d):
    drawn = d.sample(len(d), replace=False)
    assert sorted(c.index for c in drawn) == sorted(c.index for c in d)


def test_more_than_there_are_without_replacement_is_an_error():
    with pytest.raises(ValueError, match="3 of 2.*replace=True"):
        make(0.6, 0.4).sample(3, replace=False)


@pytest.mark.parametrize("how", ["sample", "argmax", "first"])
def test_an_empty_distribution_has_nothing_to_give(how):
    with pytest.raises(EmptyDistributionError, match="empty"):
        Distribution().select(how)
    assert Distribution().select("all") == []
    assert Distribution().entropy() == Distribution().effective_size() == Distribution().mass == 0


def test_selection_words_mean_what_they_say():
    d = make(0.2, 0.5, 0.3)
    assert d.select("argmax").text == "t1"
    assert d.select("first").text == "t0"
    assert [c.text for c in d.select("all")] == ["t1", "t2", "t0"]
    assert d.select("sample", seed=3) == d.sample(seed=3)
    with pytest.raises(ValueError, match="argmax"):
        d.select("best")


def test_without_replacement_no_answer_of_a_reply_comes_twice():
    d = DistributionParser().parse(
        "1. Furry (probability: 0.4)\n2. furry (probability: 0.4)\n3. Bite (probability: 0.2)"
    )
    assert sorted(c.text for c in d.sample(2, replace=False)) == ["Bite", "Furry"] and d.effective_size() < 2
    with pytest.raises(ValueError, match="3 of 2"):
        d.sample(3, replace=False)
