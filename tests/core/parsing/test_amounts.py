"""Amounts: the same however they are written, shares, parts of a whole."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verbalized_sampling import DistributionParser
from verbalized_sampling.parsing.numbers.amounts import is_share, may_be_parts, same, sum_to

PERCENTS = st.integers(1, 100)


@given(PERCENTS)
def test_a_fraction_and_its_percentage_are_the_same(percent: int) -> None:
    assert same(percent / 100, percent)
    assert same(percent, percent / 100)
    assert same(percent / 100 + 0.004, percent)


@given(PERCENTS, PERCENTS)
def test_two_fractions_are_the_same_only_if_they_are_equal(one: int, other: int) -> None:
    assume(100 not in (one / other, other / one))  # 0.5 may be the percentage of 0.005
    assert same(one / 200, other / 200) == (one == other)


@pytest.mark.parametrize(("low", "high"), [(0.001, 0.2), (0.004, 0.5), (0.0, 0.5), (0.01, 2.0)])
def test_small_fractions_are_not_taken_for_one_another(low: float, high: float) -> None:
    assert not same(low, high)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=20))
def test_shares_of_a_whole_sum_to_it(parts: list[int]) -> None:
    shares = [part / sum(parts) for part in parts]
    assert sum_to(shares)
    assert sum_to([share * 100 for share in shares], 100.0)
    assert all(map(is_share, shares))
    assert may_be_parts([share * 100 for share in shares])


NESTED = ["[0.5]", '{"value": 0.5}', '["0.5"]', "[[0.5]]", "[]", "[null]", "[0.5, 0.2]", "{}"]


@pytest.mark.parametrize("number", NESTED)
def test_a_number_within_brackets_is_read_or_its_candidate_is_on_record(number: str) -> None:
    reply = f'[{{"text": "a", "probability": {number}}}, {{"text": "b", "probability": 0.2}}]'
    d = DistributionParser().parse(reply)
    found = {c.text: c.verbalized for c in d}
    assert found["b"] == 0.2 and (found["a"] == 0.5 if number in NESTED[:2] else "a" in found or d.dropped)
