"""Laws of a retrieval's plan: what is searched for, and what the results come to, whatever the framework."""

from __future__ import annotations

from itertools import pairwise

import pytest

from verbalized_sampling import RefusalError, Repair, Reply
from verbalized_sampling.adapters import Embedded, ExpandedQuery, RankedList, Retrieval, Searcher, plain_answer

EXPANDED = ExpandedQuery("q", (("x", 0.75), ("y", 0.25)), 0.4)
KNOWN = {"m": {"q": [1.0, 0.0], "x": [0.8, 0.6], "y": [0.6, 0.8]}}


def asked(retrieval):
    return [
        (search.retriever, search.text, search.compared, search.vector is not None) for search in retrieval.searches
    ]


def test_one_query_where_it_can_be_taken_and_each_by_itself_elsewhere():
    searchers = [Searcher("v", "embedding", model="m"), Searcher("t", "terms"), Searcher("l", "lists")]
    retrieval = Retrieval(EXPANDED, searchers, KNOWN)
    assert [(r, compared, by_vector) for r, _, compared, by_vector in asked(retrieval)] == [
        ("v", False, True), ("v", True, True), ("v", True, True),
        ("t", False, False), ("t", True, False), ("t", True, False),
        ("l", False, False), ("l", False, False), ("l", False, False),
    ]  # fmt: skip
    assert [text for _, text, _, _ in asked(retrieval)][6:] == ["q", "x", "y"]
    assert len(Retrieval(EXPANDED, searchers, KNOWN, agreement=False).searches) == 1 + 1 + 3
    weights = [weight for _, weight in retrieval.expanded.expansions]
    assert weights[0] > 0.75  # x is nearer to the original than y


@pytest.mark.parametrize("known", [{}, {"m": {}}, {"m": {"x": [1.0, 0.0]}}])
def test_without_a_vector_for_the_original_the_retriever_embeds_it_itself(known):
    retrieval = Retrieval(EXPANDED, [Searcher("v", "embedding", model="m")], known)
    assert asked(retrieval) == [("v", "q", False, False)]


def test_an_expansion_without_a_vector_is_not_searched_for():
    (alone,) = Retrieval(EXPANDED, [Searcher("v", "embedding", model="m")], {"m": {"q": [1.0, 0.0]}}).searches
    assert alone.vector == [1.0, 0.0]
    whole, original, expansions = Retrieval(
        EXPANDED, [Searcher("v", "embedding", model="m")], {"m": {"q": [1.0, 0.0], "y": [0.0, 1.0]}}
    ).searches
    assert (original.vector, expansions.vector) == ([1.0, 0.0], [0.0, 1.0])
    assert whole.vector[1] > 0


def test_expansions_that_find_nothing_of_the_originals_leave_it_two_parts_of_three():
    ten, others = [f"a{n}" for n in range(10)], [f"b{n}" for n in range(10)]
    retrieval = Retrieval(EXPANDED, [Searcher("t", "terms", depth=3)], {})
    drifted = retrieval.fused([RankedList(1, others), RankedList(1, ten), RankedList(1, others)], key=str)
    assert not drifted.agreed
    assert [name for name, _ in drifted.items[:3]] == ["a0", "a1", "a2"]
    assert not {"a3", "a9"} & {name for name, _ in drifted.items}  # found to compare, and deeper than was asked
    agreed = retrieval.fused([RankedList(1, others), RankedList(1, ten), RankedList(1, [*others[:9], "a5"])], key=str)
    assert agreed.agreed
    assert [name for name, _ in agreed.items] == others
    assert all(a >= b for (_, a), (_, b) in pairwise(agreed.items))


def test_a_search_that_failed_leaves_the_others():
    retrieval = Retrieval(EXPANDED, [Searcher("t", "terms", 0.5), Searcher("l", "lists", 0.5)], {})
    nothing = RankedList(1, [])
    found = retrieval.fused([nothing] * 3 + [RankedList(1, ["a"]), nothing, nothing], key=str)
    assert [name for name, _ in found.items] == ["a"]


def test_vectors_before_an_error_are_kept_and_an_interrupt_is_none():
    embedded, error = Embedded(), OSError("down")
    assert embedded.add("m", ["q", "x", "y"], [[1.0], error]) is error
    assert (embedded.vectors, embedded.errors) == ({"m": {"q": [1.0]}}, [error])
    with pytest.raises(KeyboardInterrupt):
        embedded.add("m", ["q"], [KeyboardInterrupt()])


@pytest.mark.parametrize(
    "text", ["Weekly.", "[1] says so.", 'The "probability" of rain is high.', "I'm sorry, I can't say."]
)
def test_a_reply_in_plain_words_is_one_candidate(text):
    found = plain_answer(Reply(f"<think>Hm.</think> {text} "))
    assert [(c.text, c.probability, c.repairs) for c in found] == [(text, 1.0, (Repair.MISSING_PROBABILITY,))]
    assert (found.reasoning, found.repairs) == ("Hm.", (Repair.OTHER_FORMAT, Repair.TOO_FEW))


@pytest.mark.parametrize(
    "text", ["", '{"responses": [', '```json\n{"a"', "<response><text>", 'Reply: {"probability": 0.', "[{"]
)
def test_what_bears_the_marks_of_the_format_is_no_plain_answer(text):
    assert not plain_answer(Reply(text))


def test_a_marked_refusal_is_no_answer():
    with pytest.raises(RefusalError):
        plain_answer(Reply("No.", refusal="No."))
