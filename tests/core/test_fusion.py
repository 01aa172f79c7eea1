"""Laws of rank fusion."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import reciprocal_rank_fusion, share_with_original

rankings = st.lists(st.tuples(st.floats(0, 10), st.lists(st.integers(0, 9), max_size=8)), max_size=5)


def test_scores_are_those_of_the_formula():
    fused = reciprocal_rank_fusion([(0.7, ["a", "b"]), (0.3, ["b", "c"])])
    assert fused == [
        ("b", pytest.approx(0.7 / 62 + 0.3 / 61)),
        ("a", pytest.approx(0.7 / 61)),
        ("c", pytest.approx(0.3 / 62)),
    ]


def test_a_duplicate_in_a_list_counts_once_at_its_better_rank():
    assert reciprocal_rank_fusion([(1, ["a", "a", "b"])]) == reciprocal_rank_fusion([(1, ["a", "b"])])


def test_ties_stay_in_order_of_appearance():
    assert [item for item, _ in reciprocal_rank_fusion([(1, ["x"]), (1, ["y"])])] == ["x", "y"]


@given(rankings)
def test_every_item_of_a_weighing_list_comes_back_once(lists):
    fused = [item for item, _ in reciprocal_rank_fusion(lists)]
    assert sorted(fused) == sorted({item for weight, ranked in lists if weight for item in ranked})


@given(rankings, st.floats(0.001, 1000))
def test_the_scale_of_the_weights_does_not_change_the_order(lists, scale):
    weights = [weight for weight, _ in lists]
    if all(weight == 0 or weight > 1e-3 for weight in weights):
        plain = dict(reciprocal_rank_fusion(lists))
        scaled = dict(reciprocal_rank_fusion([(weight * scale, ranked) for weight, ranked in lists]))
        assert scaled == {item: pytest.approx(score * scale) for item, score in plain.items()}


def test_items_are_compared_by_key_and_the_first_is_kept():
    fused = reciprocal_rank_fusion([(1, ["A", "b"]), (1, ["a"])], key=str.lower)
    assert [item for item, _ in fused] == ["A", "b"]


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf])
def test_unusable_weights_are_refused(weight):
    with pytest.raises(ValueError, match="finite"):
        reciprocal_rank_fusion([(weight, ["a"])])
    with pytest.raises(ValueError, match="finite"):
        share_with_original([weight])


def test_the_original_query_keeps_its_share():
    assert share_with_original([3, 1], 0.5) == pytest.approx([0.5, 0.375, 0.125])
    assert share_with_original([0, 0], 0.2) == pytest.approx([0.2, 0.4, 0.4])
    assert share_with_original([], 0.5) == [1.0]
    with pytest.raises(ValueError, match="share"):
        share_with_original([1], 1.5)
    with pytest.raises(ValueError, match="above -1"):
        reciprocal_rank_fusion([(1, ["a"])], c=-1)
