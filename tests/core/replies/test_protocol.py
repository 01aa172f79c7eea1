"""Replies and requests."""

from __future__ import annotations

import pytest

from verbalized_sampling import Candidate, Distribution, DistributionParseError, Repair, Reply, Usage
from verbalized_sampling.values.pooling import pool
from verbalized_sampling.values.weights import Definition


@pytest.mark.parametrize(("reason", "cut"), [("length", True), ("max_tokens", True), ("stop", False), (None, False)])
def test_a_length_limit_is_known_by_any_of_its_names(reason, cut):
    assert Reply("x", finish_reason=reason).is_cut is cut


def test_usage_adds_up():
    assert Usage(1, 2, 3) + Usage(1, 0, 4) == Usage(2, 2, 7)


def test_one_reply_by_itself_stays_as_it_is():
    d = Distribution((Candidate("a", 1.0, 0.5, 0.5, "a", 0), Candidate("A", 1.0, 0.5, 0.5, "A", 1)))
    assert pool([d], definition=Definition.EXPLICIT) is d


def test_pooled_turns_are_weighed_once_by_what_was_stated():
    first = Distribution((Candidate("a", 1.0, 0.1, 0.1, "a", 0),), reasoning="one")
    second = Distribution((Candidate("b", 1.0, 0.3, 30.0, "b", 0),), truncated=True)
    pooled = pool([first, second], definition=Definition.EXPLICIT)
    assert [(c.text, c.index) for c in pooled] == [("b", 1), ("a", 0)]
    assert pooled[0].probability == pytest.approx(0.75)
    assert pooled.truncated and pooled.reasoning == "one"


def test_a_parse_error_points_at_the_place():
    error = DistributionParseError("no candidates found", "one\ntwo three", 8, ("json", "tags"))
    assert (error.line, error.column, error.excerpt) == (2, 5, "three")
    assert str(error) == "no candidates found (line 2, column 5: 'three'; tried json, tags)"


def test_errors_survive_pickling():
    import pickle

    from verbalized_sampling import RefusalError

    error = pickle.loads(pickle.dumps(DistributionParseError("r", "text", 2, ("json",), None)))
    assert (error.reason, error.position, error.tried) == ("r", 2, ("json",))
    assert pickle.loads(pickle.dumps(RefusalError("No."))).text == "No."


def test_every_repair_has_a_documented_meaning():
    import ast
    import inspect
    import itertools

    from verbalized_sampling.values import repairs

    body = next(n for n in ast.parse(inspect.getsource(repairs)).body if isinstance(n, ast.ClassDef)).body
    described = {
        node.targets[0].id
        for node, after in itertools.pairwise(body)
        if isinstance(node, ast.Assign) and isinstance(after, ast.Expr)
    }
    assert described == set(Repair.__members__)
