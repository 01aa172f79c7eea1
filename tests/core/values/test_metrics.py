"""Coverage of what was drawn."""

from __future__ import annotations

import random

import pytest

from verbalized_sampling import Candidate, Distribution, unseen_mass


def test_the_estimate_is_the_share_of_draws_that_came_once():
    assert unseen_mass(["a", "A ", "b", "c"]) == 0.5
    assert unseen_mass(["a", "a"]) == 0
    assert unseen_mass([1, 2, 3]) == 1
    with pytest.raises(ValueError, match="no draws"):
        unseen_mass([])


def test_a_distribution_over_several_calls_counts_what_came_as_often_as_it_came():
    once, twice = (Distribution((Candidate(text, 1.0, None, None, text, 0),)) for text in "ab")
    assert unseen_mass(Distribution.mixture([once, twice, twice])) == pytest.approx(1 / 3)


def test_it_estimates_the_mass_that_is_really_missing():
    rng = random.Random(1)
    weights = [1 / (i + 1) for i in range(200)]
    total = sum(weights)
    d = Distribution(tuple(Candidate(str(i), w / total, None, None, str(i), i) for i, w in enumerate(weights)))
    errors = []
    for _ in range(50):
        draws = d.sample(100, seed=rng.random().hex())
        seen = {c.index for c in draws}
        missing = sum(c.probability for c in d if c.index not in seen)
        errors.append(unseen_mass(draws) - missing)
    assert abs(sum(errors) / len(errors)) < 0.02  # unbiased up to 1/N, and the noise of 50 rounds
