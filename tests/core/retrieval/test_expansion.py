"""Query expansion: which queries are searched for, and how much each of them counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import Candidate, Distribution, SettingsError
from verbalized_sampling.adapters import ExpandedQuery, QueryExpansion


def distribution(*pairs):
    return Distribution(
        [Candidate(text, weight, weight, weight, text, index) for index, (text, weight) in enumerate(pairs)]
    )


GOOD = distribution(("trees in autumn", 0.6), ("leaf fall", 0.3), ("Trees  in AUTUMN", 0.1))


@pytest.mark.parametrize(
    ("settings", "queries"),
    [
        ({}, {"q": 0.4, "trees in autumn": 0.42, "leaf fall": 0.18}),
        ({"dedupe": False}, {"q": 0.4, "trees in autumn": 0.36, "leaf fall": 0.18, "Trees  in AUTUMN": 0.06}),
        ({"include_original": False}, {"trees in autumn": 0.7, "leaf fall": 0.3}),
        ({"original_weight": 0.2}, {"q": 0.2, "trees in autumn": 0.56, "leaf fall": 0.24}),
        ({"original_weight": 0.0}, {"trees in autumn": 0.7, "leaf fall": 0.3}),
        ({"original_weight": 1.0}, {"q": 1.0}),
        ({"min_weight": 0.5}, {"q": 0.4, "trees in autumn": 0.6}),
        ({"min_weight": 0.9}, {"q": 1.0}),
        ({"min_weight": 0.9, "include_original": False}, {"q": 1.0}),
        ({"n": 1}, {"q": 0.4, "trees in autumn": 0.6}),
        ({"select": "argmax"}, {"q": 0.4, "trees in autumn": 0.6}),
        ({"select": "argmax", "n": 2}, {"q": 0.4, "trees in autumn": 0.42, "leaf fall": 0.18}),
        ({"select": "first", "n": 9}, {"q": 0.4, "trees in autumn": 0.42, "leaf fall": 0.18}),
    ],
)
def test_settings_say_which_queries_count_and_how_much(settings, queries):
    assert dict(QueryExpansion(**settings).of("q", GOOD).queries) == pytest.approx(queries)


def test_an_expansion_equal_to_the_original_adds_its_weight_to_it():
    expanded = QueryExpansion(original_weight=0.5).of("leaves", distribution(("Leaves", 0.5), ("trees", 0.5)))
    assert expanded.queries == [("leaves", 0.75), ("trees", 0.25)]


def test_draws_follow_the_weights_and_what_is_drawn_twice_weighs_twice():
    drawing = QueryExpansion(select="sample", n=400, include_original=False, seed=1)
    drawn = drawing.of("q", distribution(("a", 0.8), ("b", 0.2)))
    assert dict(drawn.queries)["a"] == pytest.approx(0.8, abs=0.06)
    assert drawing.of("q", distribution(("a", 0.8), ("b", 0.2))) == drawn


TEXTS = st.lists(st.tuples(st.sampled_from(["q", "Q ", "a", "b", "A", "c d"]), st.floats(0, 1)), max_size=5)


@given(TEXTS, st.none() | st.floats(0, 1), st.booleans(), st.floats(0, 1))
def test_weights_sum_to_1_whatever_the_settings(pairs, original_weight, dedupe, min_weight):
    settings = {"original_weight": original_weight, "dedupe": dedupe, "min_weight": min_weight}
    for include in (True, False):
        expanded = QueryExpansion(include_original=include, **settings).of("q", distribution(*pairs))
        queries = expanded.queries
        assert sum(weight for _, weight in queries) == pytest.approx(1)
        assert all(weight > 0 for _, weight in queries)


def test_reweighting_keeps_the_originals_share_until_nothing_is_left_beside_it():
    expanded = ExpandedQuery("q", (("a", 0.5), ("b", 0.5)), 0.4)
    assert dict(expanded.reweighted([1, 0]).queries) == pytest.approx({"q": 0.4, "a": 0.6})
    assert expanded.reweighted([0, 0]).queries == [("q", 1.0)]
    alone = ExpandedQuery(None, (("a", 1.0),), 0.0)
    assert alone.reweighted([0]) == alone


@pytest.mark.parametrize(
    "settings",
    [{"select": "best"}, {"n": 0}, {"original_weight": 1.5}, {"original_weight": float("nan")}, {"min_weight": -1}],
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(SettingsError):
        QueryExpansion(**settings)
