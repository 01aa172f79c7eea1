"""A prediction holds the selected candidate; the distribution is behind it, and can be asked again for free."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPrediction, VerbalizedSampling, verbalized, weighted_majority

from verbalized_sampling import Distribution

JOKES = [
    {"setup": "a", "punchline": "The one.", "score": 1.5, "probability": 0.2},
    {"setup": "b", "punchline": "another", "score": 2.5, "probability": 0.35},
    {"setup": "c", "punchline": "the One", "score": 1.5, "probability": 0.25},
    {"setup": "d", "punchline": "third", "score": 3.5, "probability": 0.2},
]


@pytest.fixture
def prediction(dummy: Any) -> VerbalizedPrediction:
    with dspy.context(lm=dummy(JOKES)):
        return VerbalizedSampling("topic -> setup, punchline, score: float", k=4, select="first")(topic="ducks")


def test_the_fields_are_the_selected_candidates_and_nothing_else(prediction: VerbalizedPrediction) -> None:
    assert dict(prediction.items()) == {"setup": "a", "punchline": "The one.", "score": 1.5}
    assert prediction.completions.setup == ["a", "b", "c", "d"]
    assert prediction.weights == pytest.approx([0.2, 0.35, 0.25, 0.2])
    assert isinstance(prediction, dspy.Prediction)


def test_the_distribution_is_the_cores(prediction: VerbalizedPrediction) -> None:
    distribution = prediction.distribution
    assert isinstance(distribution, Distribution)
    assert distribution.argmax().value == {"setup": "b", "punchline": "another", "score": 2.5}
    assert distribution.mass == pytest.approx(1.0)
    assert Distribution.from_json(distribution.to_json()) == distribution


@pytest.mark.parametrize("select", ["sample", "argmax", "first"])
def test_select_decides_the_fields(select: Any, dummy: Any) -> None:
    predict = VerbalizedSampling("topic -> setup, punchline, score: float", k=4, select=select)
    with dspy.context(lm=dummy(*[JOKES] * 30)):
        drawn = Counter(predict(topic="ducks").setup for _ in range(30))
    if select == "sample":
        assert len(drawn) > 1
    else:
        assert drawn == {{"argmax": "b", "first": "a"}[select]: 30}


def test_drawing_again_selects_another_and_keeps_the_rest(prediction: VerbalizedPrediction) -> None:
    best = prediction.argmax()
    assert (best.setup, best.completions.setup) == ("b", ["b", "a", "c", "d"])
    assert best.weights == pytest.approx([0.35, 0.2, 0.25, 0.2])
    assert best.distribution == prediction.distribution
    assert prediction.setup == "a"
    assert [p.setup for p in prediction.sample(20, seed=1)] == [p.setup for p in prediction.sample(20, seed=1)]
    assert prediction.sample(seed=3).setup == prediction.sample(1, seed=3)[0].setup
    drawn = Counter(p.setup for p in prediction.sample(4000, seed=5))
    assert drawn["b"] / 4000 == pytest.approx(0.35, abs=0.03)


def test_the_weighted_majority_adds_up_weights(prediction: VerbalizedPrediction) -> None:
    winner = weighted_majority(prediction, "punchline")
    assert winner.setup == "c"  # "the one" has 0.45 together, and its most probable candidate is c
    assert winner.weights[0] == pytest.approx(0.45)
    assert len(winner.completions.setup) == 3
    assert dspy.majority(prediction, field="punchline").punchline == "The one."


def test_the_weighted_majority_takes_any_type(prediction: VerbalizedPrediction) -> None:
    assert weighted_majority(prediction).score == 1.5
    assert weighted_majority(prediction, "score", normalize=lambda s: s > 2).score == 2.5
    assert (
        weighted_majority(prediction, "punchline", normalize=lambda p: None if "one" in p.lower() else p).setup == "b"
    )
    assert weighted_majority(prediction, "setup", normalize=lambda _: None).setup == "b"


def test_the_weighted_majority_breaks_ties_by_rank(dummy: Any) -> None:
    even = [{"answer": {"a": i}, "probability": 0.25} for i in range(4)]
    with dspy.context(lm=dummy(even)):
        prediction = VerbalizedSampling("question -> answer: dict", select="first")(question="?")
    assert weighted_majority(prediction).answer == {"a": 0}


def test_the_weighted_majority_says_what_it_can_not_do(prediction: VerbalizedPrediction) -> None:
    with pytest.raises(ValueError, match="no output field; there are setup, punchline, score"):
        weighted_majority(prediction, "topic")
    with pytest.raises(ValueError, match="has none"):
        weighted_majority(VerbalizedPrediction(answer="x"))


OURS = ("distribution", "weights", "weight", "order", "sample", "argmax", "selecting", "within")


@pytest.mark.parametrize("name", [*OURS, "of", "base", "verbalized", "candidates", "probability"])
def test_a_field_is_the_users_whatever_its_name(name: str, dummy: Any) -> None:
    items = [{name: value, "probability_" if name == "probability" else "probability": 0.5} for value in ("a", "b")]
    key = "candidates_" if name == "candidates" else "candidates"
    lm = dspy.utils.DummyLM([{key: json.dumps(items)}] * 2)
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling(f"text -> {name}", k=2, select="first")(text="t")
    behind = verbalized(prediction)
    assert getattr(prediction, name) == prediction[name] == "a"
    assert (behind.distribution[0].value, behind.weights, behind.order) == ("a", [0.5, 0.5], (0, 1))
    other = behind.selecting(behind.distribution[1])
    assert (getattr(other, name), getattr(other.completions, name)) == ("b", ["b", "a"])
    assert getattr(prediction.completions[1], name) == "b"
    assert getattr(copy.deepcopy(prediction), name) == "a"


@pytest.mark.parametrize("name", OURS)
def test_a_field_that_a_program_adds_is_the_programs(name: str, prediction: VerbalizedPrediction) -> None:
    setattr(prediction, name, "mine")
    assert getattr(prediction, name) == prediction[name] == "mine"
    assert getattr(verbalized(prediction).argmax(), name) == "mine"
    assert verbalized(prediction).weights == pytest.approx([0.2, 0.35, 0.25, 0.2])


def test_each_completion_has_its_weight(prediction: VerbalizedPrediction) -> None:
    each = list(prediction.completions)
    assert [one.setup for one in each] == ["a", "b", "c", "d"]
    assert [one.weight for one in each] == pytest.approx([0.2, 0.35, 0.25, 0.2])
    assert each[2].completions.setup == ["c", "a", "b", "d"]
    with pytest.raises(IndexError):
        prediction.completions[4]


def test_what_no_predictor_made_has_nothing_behind_it() -> None:
    with pytest.raises(ValueError, match="collect_distributions"):
        verbalized(dspy.Prediction(answer="x"))


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize(
    ("kind", "value"),
    [("str", ""), ("str", "..."), ("str", " "), ("Literal['...', 'B', '']", "..."), ("Literal['...', 'B', '']", "")],
)
def test_what_validates_as_declared_is_an_answer(kind: str, value: str, adapter: Any, scripted: Any) -> None:
    items = json.dumps([{"answer": value, "probability": 0.9}, {"answer": "B", "probability": 0.1}])
    reply = {
        dspy.ChatAdapter: f"[[ ## candidates ## ]]\n{items}",
        dspy.JSONAdapter: f'{{"candidates": {items}}}',
        dspy.XMLAdapter: f"<candidates>{items}</candidates>",
    }[adapter]
    for written in (reply, reply.replace("0.9", '"90%"').replace("0.1", '"10%"')):
        with dspy.context(lm=scripted(written), adapter=adapter()):
            prediction = VerbalizedSampling(f"question -> answer: {kind}", k=2, select="argmax")(question="?")
        assert (prediction.answer, prediction.weight) == (value, pytest.approx(0.9))
