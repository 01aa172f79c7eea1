"""WeightedQueryBundle: an ordinary bundle to LlamaIndex, with weights for those who look."""

from __future__ import annotations

import pytest
from llama_index.core.schema import QueryBundle
from llama_index.retrievers.verbalized_sampling import WeightedQueryBundle
from llama_index.retrievers.verbalized_sampling.bundle import merged, weighted_queries


def test_it_survives_json() -> None:
    bundle = WeightedQueryBundle("q", custom_embedding_strs=["q", "a"], query_weights=[0.5, 0.5])
    assert WeightedQueryBundle.from_json(bundle.to_json()) == bundle


@pytest.mark.parametrize("weights", [[1.0], [0.5, 0.25, 0.25], [0.5, -0.5], [0.5, float("nan")], [1.0, float("inf")]])
def test_weights_that_cannot_be_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        WeightedQueryBundle("q", custom_embedding_strs=["q", "a"], query_weights=weights)


@pytest.mark.parametrize(
    ("bundle", "expected"),
    [
        (QueryBundle("q"), [("q", 1.0)]),
        (QueryBundle("", image_path="leaf.png"), [("", 1.0)]),
        (QueryBundle("q", custom_embedding_strs=["a", "b"]), [("a", 0.5), ("b", 0.5)]),
        (WeightedQueryBundle("q", custom_embedding_strs=["a", "b"]), [("a", 0.5), ("b", 0.5)]),
        (
            WeightedQueryBundle("q", custom_embedding_strs=["a", "b"], query_weights=[3.0, 1.0]),
            [("a", 0.75), ("b", 0.25)],
        ),
        (WeightedQueryBundle("q", custom_embedding_strs=["a", "b"], query_weights=[0, 0]), [("a", 0.5), ("b", 0.5)]),
        (WeightedQueryBundle("q", query_weights=[7.0]), [("q", 1.0)]),
    ],
)
def test_weights_sum_to_one_and_are_equal_where_nothing_is_said(
    bundle: QueryBundle, expected: list[tuple[str, float]]
) -> None:
    assert weighted_queries(bundle) == expected


def test_queries_that_differ_in_case_and_space_are_one() -> None:
    assert merged([("a", 0.25), ("b", 0.5), (" A ", 0.25)]) == [("a", 0.5), ("b", 0.5)]
