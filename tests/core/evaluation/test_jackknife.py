"""How much chance of the calls there is in a number."""

from __future__ import annotations

import math
import random
from itertools import combinations
from statistics import mean, stdev

import pytest

from verbalized_sampling.evaluation.jackknife import jackknife


def unlike(values):
    """The mean over pairs of whether they differ, as diversity is."""
    return lambda kept: mean(values[a] != values[b] for a, b in combinations(kept, 2))


@pytest.mark.parametrize("n", [2, 3, 4, 12, 20, 21, 30])
def test_of_a_mean_it_is_the_textbooks_standard_error(n):
    values = [random.Random(n).gauss(0, 1) for _ in range(n)]
    error, freedom = jackknife(lambda kept: mean(values[i] for i in kept), range(n))
    assert error == pytest.approx(stdev(values) / math.sqrt(n)) and freedom == n - 1


def test_of_a_mean_over_pairs_it_is_not_too_small_and_not_twice_too_large():
    """Of a fair coin the share of unlike pairs has a known variance, and no part that one toss alone decides."""
    n, rng = 10, random.Random(1)
    squares = [jackknife(unlike([rng.random() < 0.5 for _ in range(n)]), range(n))[0] ** 2 for _ in range(500)]
    known = 0.25 / math.comb(n, 2)
    once = 2 * known * (n - 1) / (n - 2)  # on average, of calls that are left out one at a time only
    assert known < mean(squares) < 0.85 * once


def test_one_call_shows_no_chance_and_equal_calls_none():
    assert math.isnan(jackknife(unlike([1, 2]), [0, 0])[0])
    assert jackknife(unlike([1] * 6), range(6)) == (0.0, 5.0)
