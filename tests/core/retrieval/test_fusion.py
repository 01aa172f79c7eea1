"""Laws of rank fusion."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling.adapters import RankedList, Vectors, fuse
from verbalized_sampling.retrieval.fusion import agree, list_weights, weighted_text


@given(
    st.lists(st.tuples(st.floats(0.1, 10), st.lists(st.integers(0, 9), max_size=8)), max_size=5), st.floats(0.5, 100)
)
def test_every_item_of_lists_without_scores_comes_back_once_by_its_ranks(lists, c):
    given_lists = [RankedList(weight, items) for weight, items in lists]
    fused = dict(fuse(given_lists, mode="reciprocal_rerank", c=c))
    total = sum(weight for weight, _ in lists)
    for item in {item for _, items in lists for item in items}:
        expected = sum(
            w * (1 + c) / (list(dict.fromkeys(items)).index(item) + 1 + c) for w, items in lists if item in items
        )
        assert fused.pop(item) == pytest.approx(expected / total)
    assert not fused


def test_items_are_compared_by_key_and_the_first_is_kept():
    fused = fuse([RankedList(1, ["A", "b"]), RankedList(1, ["a"])], key=str.lower)
    assert [item for item, _ in fused] == ["A", "b"]


# One list of many, where their scores are known


WORDS = st.text("abcde", min_size=1, max_size=2)
SCORES = st.none() | st.floats(-5, 50)
LISTS = st.lists(
    st.tuples(st.floats(0, 5), st.lists(st.tuples(WORDS, SCORES), max_size=6), st.booleans()).map(
        lambda drawn: RankedList(
            drawn[0], [name for name, _ in drawn[1]], [score for _, score in drawn[1]] if drawn[2] else None
        )
    ),
    max_size=4,
)
MODES = ["relative_score", "dist_based_score", "reciprocal_rerank", "simple"]


@given(LISTS, st.sampled_from(MODES))
def test_fused_scores_lie_within_0_and_1_and_fall(lists, mode):
    fused = fuse(lists, mode=mode)
    scores = [score for _, score in fused]
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert len({name for name, _ in fused}) == len(fused)


@given(LISTS, st.sampled_from(MODES), st.floats(0.01, 100))
def test_the_scale_of_all_weights_changes_nothing(lists, mode, scale):
    if any(0 < ranked.weight < 1e-3 for ranked in lists):
        return
    scaled = [RankedList(ranked.weight * scale, ranked.items, ranked.scores) for ranked in lists]
    assert dict(fuse(scaled, mode=mode)) == {name: pytest.approx(score) for name, score in fuse(lists, mode=mode)}


def test_an_item_scores_the_weighted_mean_of_what_each_list_gives_it():
    first, second = RankedList(3, "abc", [9.0, 6.0, 3.0]), RankedList(1, "bd", [0.8, 0.2])
    # In each list the best has 1, and the last one step above what was not found.
    assert dict(fuse([first, second])) == pytest.approx({"a": 0.75, "b": 0.75 * 2 / 3 + 0.25, "c": 0.25, "d": 0.125})


def test_a_score_of_0_beside_positive_ones_was_not_found():
    assert [name for name, _ in fuse([RankedList(1, "abc", [2.0, 0.0, 0.0])])] == ["a"]
    assert [name for name, _ in fuse([RankedList(1, "abc", [0.0, -1.0, -2.0])])] == ["a", "b", "c"]
    assert len(fuse([RankedList(1, "ab", [0.0, 0.0])])) == 2


def test_a_single_list_keeps_scores_that_are_within_0_and_1():
    assert fuse([RankedList(0.3, "ab", [0.9, 0.4])]) == [("a", 0.9), ("b", 0.4)]
    assert fuse([RankedList(0.3, "ab", [8.0, 4.0])]) == [("a", 1.0), ("b", 0.5)]


@pytest.mark.parametrize("depth", [2, 10, 100])
def test_by_rank_the_first_counts_about_twice_the_last_at_any_depth(depth):
    scores = [score for _, score in fuse([RankedList(1, range(depth)), RankedList(1, range(depth))])]
    assert scores[0] == pytest.approx(1.0)
    assert 0.5 < scores[-1] <= 0.76


def test_what_cannot_be_fused_is_refused():
    with pytest.raises(ValueError, match="mode"):
        fuse([], mode="best")
    with pytest.raises(ValueError, match="above -1"):
        fuse([], c=math.nan)
    with pytest.raises(ValueError, match="finite"):
        fuse([RankedList(math.inf, "a")])


# Agreement


def test_expansions_that_share_none_of_ten_results_have_drifted_and_fewer_say_nothing():
    ten, others = list(range(10)), list(range(100, 110))
    assert not agree(ten, others)
    assert agree(ten, [*others[:9], 3])
    assert not agree(ten, [*others, 3])  # beyond the first ten
    assert agree(ten[:9], others)
    assert agree(ten, [])


def test_a_list_that_shares_nothing_with_the_originals_counts_nothing():
    ten, one_shared, none = list(range(10)), [0, *range(20, 29)], list(range(30, 40))
    assert list_weights([1, 0.6, 0.4], [ten, one_shared, none]) == pytest.approx([0.5, 0.5, 0])
    assert list_weights([1, 0.6, 0.4], [ten, none, none]) == [1, 0, 0]
    assert list_weights([1, 0.6, 0.4], [[], none, ten]) == pytest.approx([0.375, 0.375, 0.25])
    assert list_weights([1, 0.6, 0.4], [ten[:9], none, none]) == pytest.approx([0.375, 0.375, 0.25])
    assert list_weights([1, 0.6, 0.4], [ten, ten, ten], 0.2) == pytest.approx([0.2, 0.48, 0.32])
    assert list_weights([1], [ten]) == [1]


# One weighted query


@given(st.lists(st.text("ab c", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=5), st.data())
def test_a_text_has_its_weights_share_of_the_characters(texts, data):
    weights = data.draw(st.lists(st.floats(0.2, 1), min_size=len(texts), max_size=len(texts)))
    query = weighted_text(["x" * len(texts[0]), *texts[1:]], weights)
    lengths = [weight / len(text) for weight, text in zip(weights, texts, strict=True)]
    expected = round(10 * lengths[0] / max(lengths))
    assert query.count("x" * len(texts[0])) <= max(expected, 1)
    assert ("x" in query) == (expected > 0)


def test_repeats_are_as_few_as_say_the_same():
    assert weighted_text(["aa", "bb"], [0.5, 0.5]) == "aa bb"
    assert weighted_text(["aa", "bb"], [1.0, 0.5]) == "aa aa bb"
    assert weighted_text(["aaaa", "bb"], [0.5, 0.5]) == "aaaa bb bb"
    assert weighted_text(["a", "b"], [0, 0]) == "a b"


def test_the_mean_of_vectors_is_of_their_directions():
    vectors = Vectors({"long": [3.0, 0.0], "short": [0.0, 1.0], "nothing": [0.0, 0.0]})
    assert vectors.weighted_mean(["long", "short"], [0.5, 0.5]) == pytest.approx([math.sqrt(2), math.sqrt(2)])
    assert vectors.weighted_mean(["nothing", "short"], [0.5, 0.5])[0] == 0
    assert vectors.weighted_mean(["long"], [0.2]) == [3.0, 0.0]


def test_vectors_are_as_near_as_their_directions_and_never_less_than_not_at_all():
    vectors = Vectors({"one": [2, 0], "same": [1, 0], "half": [1, 1], "opposite": [-1, 0], "nothing": [0, 0]})
    found = [vectors.similarity("one", other) for other in ("same", "half", "opposite", "nothing")]
    assert found == pytest.approx([1, math.sqrt(0.5), 0, 0])
