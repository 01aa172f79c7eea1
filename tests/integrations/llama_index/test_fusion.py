"""fuse(): weights count in every mode, and every score that retrievers return has a meaning."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.retrievers.verbalized_sampling.fusion import Names
from llama_index.retrievers.verbalized_sampling.fusion import ranked as ranked_list

from verbalized_sampling import adapters

MODES = ["reciprocal_rerank", "relative_score", "dist_based_score"]


def fuse(lists: list[tuple[float, list[NodeWithScore]]], mode: str) -> list[NodeWithScore]:
    found = adapters.fuse([ranked_list(nodes, weight) for weight, nodes in lists], mode=mode, key=Names())
    return [NodeWithScore(node=node.node, score=score) for node, score in found]


def ranked(*scored: tuple[str, float | None]) -> list[NodeWithScore]:
    return [
        NodeWithScore(node=TextNode(text=text, id_=f"{text}-{number}"), score=s)
        for number, (text, s) in enumerate(scored)
    ]


def texts(nodes: list[NodeWithScore]) -> list[str]:
    return [node.text for node in nodes]


def test_rrf_by_hand() -> None:
    fused = fuse([(0.75, ranked(("a", 0.9), ("b", 0.8))), (0.25, ranked(("b", 7), ("c", 6)))], "reciprocal_rerank")
    assert texts(fused) == ["b", "a", "c"]
    assert [node.score for node in fused] == pytest.approx([0.75 * 3 / 4 + 0.25, 0.75, 0.25 * 3 / 4])


def test_relative_score_by_hand() -> None:
    lists = [(0.75, ranked(("a", 0.9), ("b", 0.8), ("c", 0.4))), (0.25, ranked(("c", 7.0), ("d", 6.0)))]
    fused = fuse(lists, "relative_score")
    assert texts(fused) == ["a", "b", "c", "d"]
    assert [node.score for node in fused] == pytest.approx([0.75, 0.65, 0.5, 0.125])


def test_dist_based_by_hand() -> None:
    lists = [(0.5, ranked(("a", 3.0), ("b", 1.0))), (0.5, ranked(("c", 1.0)))]
    fused = fuse(lists, "dist_based_score")  # mean 2, deviation 1: from -1 to 5
    assert [node.score for node in fused] == pytest.approx([0.5, 0.5 * 4 / 6, 0.5 * 2 / 6])


@pytest.mark.parametrize("mode", MODES)
def test_permuting_weights_changes_the_ranking(mode: str) -> None:
    lists = [ranked(("a", 0.9), ("b", 0.2)), ranked(("b", 0.9), ("c", 0.2)), ranked(("c", 0.9), ("a", 0.2))]
    orders = {
        tuple(texts(fuse(list(zip(weights, lists, strict=True)), mode)))
        for weights in itertools.permutations([0.6, 0.3, 0.1])
    }
    assert len(orders) >= 3


@pytest.mark.parametrize("mode", MODES)
def test_a_list_that_weighs_nothing_adds_nothing(mode: str) -> None:
    assert texts(fuse([(1.0, ranked(("a", 1.0))), (0.0, ranked(("b", 1.0)))], mode)) == ["a"]


@pytest.mark.parametrize("mode", MODES)
def test_a_search_made_twice_at_half_the_weight_changes_nothing(mode: str) -> None:
    one, other = ranked(("a", 0.9), ("b", 0.5)), ranked(("b", 0.9), ("c", 0.5))
    once = fuse([(0.6, one), (0.4, other)], mode)
    twice = fuse([(0.3, one), (0.4, other), (0.3, one)], mode)
    assert texts(once) == texts(twice)
    assert [n.score for n in once] == pytest.approx([n.score for n in twice])


@pytest.mark.parametrize("mode", MODES)
def test_a_node_that_stands_twice_in_a_list_counts_once(mode: str) -> None:
    once = fuse([(1.0, ranked(("a", 0.9), ("b", 0.1)))], mode)
    twice = fuse([(1.0, ranked(("a", 0.9), ("a", 0.8), ("b", 0.1)))], mode)
    assert [(n.text, n.score) for n in once] == [(n.text, n.score) for n in twice]


@pytest.mark.parametrize("mode", MODES)
def test_a_node_is_known_by_its_id_or_by_its_content(mode: str) -> None:
    node = TextNode(id_="1", text="a")
    changed = TextNode(id_="1", text="a", metadata={"came": "back"})
    rebuilt = TextNode(id_="2", text="a")
    other = TextNode(id_="3", text="b")
    lists = [[node, other], [rebuilt], [changed, other]]
    fused = fuse([(1 / 3, [NodeWithScore(node=n, score=2.0 - i) for i, n in enumerate(each)]) for each in lists], mode)
    assert [n.node_id for n in fused] == ["1", "3"]


@pytest.mark.parametrize("mode", MODES)
def test_ties_stay_in_order_of_appearance(mode: str) -> None:
    lists = [(0.5, ranked((name, 1.0))) for name in "badc"]
    assert texts(fuse(lists, mode)) == list("badc")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_node_without_a_score_ranks_last_in_its_list(mode: str, missing: float | None) -> None:
    fused = fuse([(1.0, ranked(("x", missing), ("a", 0.9), ("b", 0.5)))], mode)
    assert texts(fused) == ["a", "b", "x"]
    assert all(math.isfinite(node.score) for node in fused)


@pytest.mark.parametrize("mode", MODES)
def test_lists_without_any_score_keep_their_order(mode: str) -> None:
    assert texts(fuse([(1.0, ranked(("b", None), ("a", None)))], mode)) == ["b", "a"]


def test_equal_scores_count_in_full_and_zeros_for_nothing() -> None:
    fused = fuse([(0.5, ranked(("a", 0.3), ("b", 0.3))), (0.5, ranked(("c", 0.0)))], "relative_score")
    assert [(n.text, n.score) for n in fused] == [("a", 0.5), ("b", 0.5), ("c", 0.0)]


@given(
    st.sampled_from(MODES),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.floats(-1e100, 1e100)), max_size=5),
        ),
        max_size=4,
    ),
)
def test_whatever_comes_each_node_is_there_once_with_a_finite_score(mode: str, lists: list[object]) -> None:
    fused = fuse([(weight, ranked(*scored)) for weight, scored in lists], mode)
    expected = {text for weight, scored in lists if weight for text, _ in scored}
    assert len(set(texts(fused))) == len(fused)
    assert set(texts(fused)) <= expected
    assert all(math.isfinite(node.score) for node in fused)
    assert [n.score for n in fused] == sorted((n.score for n in fused), reverse=True)
