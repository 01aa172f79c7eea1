"""Laws of weights."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import Definition, Repair
from verbalized_sampling.values.weights import fraction_of, weigh

numbers = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=10)


@given(numbers, st.sampled_from(["verbalized", "uniform", "softmax"]))
def test_weights_sum_to_one_whatever_was_stated(verbalized, weighting):
    weights, _ = weigh(verbalized, verbalized, weighting=weighting)
    assert math.fsum(weights) == pytest.approx(1)
    assert all(0 <= w <= 1 for w in weights)


@given(numbers)
def test_a_missing_number_weighs_the_mean_of_the_stated_ones(verbalized):
    weights, repair = weigh(verbalized, verbalized)
    stated = [w for w, p in zip(weights, verbalized, strict=True) if p is not None]
    missing = [w for w, p in zip(weights, verbalized, strict=True) if p is None]
    if repair is Repair.MISSING_PROBABILITY:
        assert missing == [pytest.approx(math.fsum(stated) / len(stated))] * len(missing)
    elif repair is None:
        assert not missing
    else:
        assert len(set(weights)) == 1


@pytest.mark.parametrize("verbalized", [[None, None], [0.0, 0.0], [0.0, None]])
def test_nothing_to_go_by_is_uniform_and_said_so(verbalized):
    assert weigh(verbalized, verbalized) == ([0.5, 0.5], Repair.UNIFORM_WEIGHTS)


def test_proportions_are_kept():
    assert weigh([0.1, 0.3], [10, 30])[0] == pytest.approx([0.25, 0.75])
    assert weigh([0.1, 0.3], [10, 30], weighting="softmax")[0] == pytest.approx(
        [1 / (1 + math.e**0.2), 1 / (1 + math.e**-0.2)]
    )


def test_a_log_likelihood_so_low_that_its_probability_underflows_still_counts():
    stated = [900.0, 901.0]
    verbalized = [fraction_of(s, Definition.NLL) for s in stated]
    assert verbalized == [0.0, 0.0]
    weights, repair = weigh(verbalized, stated, definition=Definition.NLL)
    assert weights == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.e)])
    assert repair is None


def test_perplexities_weigh_by_their_inverse():
    stated = [2.0, 8.0]
    verbalized = [fraction_of(s, Definition.PERPLEXITY) for s in stated]
    assert weigh(verbalized, stated, definition=Definition.PERPLEXITY)[0] == pytest.approx([0.8, 0.2])


def test_a_cost_that_cannot_be_one_is_no_number():
    assert fraction_of(-1.0, Definition.NLL) is None
    assert fraction_of(0.5, Definition.PERPLEXITY) is None


def test_no_candidates_have_no_weights():
    assert weigh([], []) == ([], None)
