"""Diversity as a metric: it rises with difference and spread, and never pays for bad answers."""

from __future__ import annotations

import json
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import DiversityMetric, VerbalizedSampling, diversity


def predicted(items: list[tuple[Any, float]], kind: str = "str") -> Any:
    reply = json.dumps([{"answer": answer, "probability": p} for answer, p in items])
    lm = dspy.utils.DummyLM([{"candidates": reply}])
    with dspy.context(lm=lm):
        return VerbalizedSampling(f"question -> answer: {kind}", select="first")(question="?")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([("red", 0.5), ("Red!", 0.5)], 0.0),
        ([("red", 0.5), ("blue", 0.5)], 0.5),
        ([("red", 1.0)], 0.0),
        ([("red", 1.0), ("blue", 0.0)], 0.0),
        ([("red", 0.25), ("blue", 0.25), ("green", 0.25), ("black", 0.25)], 0.75),
        ([("dark red", 0.5), ("dark blue", 0.5)], 0.5 * 2 / 3),
    ],
)
def test_diversity_is_the_expected_distance_of_two_draws(items: list[tuple[str, float]], expected: float) -> None:
    assert diversity(predicted(items)) == pytest.approx(expected)


def test_other_values_differ_or_are_equal_and_any_similarity_can_stand_in() -> None:
    numbers = predicted([(1, 0.5), (2, 0.5)], "int")
    assert diversity(numbers) == pytest.approx(0.5)
    assert diversity(numbers, "answer", lambda a, b: 1 - abs(a - b) / 4) == pytest.approx(0.125)


def quality(example: Any, prediction: Any) -> float:
    return float(len(prediction.answer) <= 5)


def test_no_diversity_makes_up_for_bad_answers() -> None:
    metric = DiversityMetric(quality, share=0.5, least_quality=0.8)
    same = predicted([("red", 0.5), ("red", 0.5)])
    varied = predicted([("red", 0.5), ("blue", 0.5)])
    varied_and_bad = predicted([("vermilion", 0.5), ("ultramarine", 0.5)])
    scores = [metric(None, p) for p in (varied_and_bad, same, varied)]
    assert scores == pytest.approx([0.0, 0.5, 0.75])


def test_each_optimizer_gets_what_it_asks_for() -> None:
    metric = DiversityMetric(quality, least_quality=0.8)
    varied = predicted([("red", 0.5), ("blue", 0.5)])
    assert metric(None, varied) == metric.reward({"question": "?"}, varied) == pytest.approx(0.7 + 0.15)
    assert metric(None, varied, trace=[]) is True
    assert metric(None, predicted([("vermilion", 1.0)]), trace=[]) is False
    told = metric(None, varied, None, "predict", None)
    assert told.score == metric(None, varied)
    assert '["red", "blue"]' in told.feedback
    with pytest.raises(ValueError, match="from 0 to 1"):
        DiversityMetric(quality, share=2)


@pytest.mark.parametrize("kind", [dspy.BestOfN, dspy.Refine])
def test_best_of_n_and_refine_prefer_the_diverse_among_the_good(kind: Any, scripted: Any) -> None:
    rounds = iter([["red", "Red"], ["vermilion", "ultramarine"], ["red", "blue"]])

    def answer(messages: Any) -> str:
        if "`advice`" in messages[0]["content"]:
            return '[[ ## discussion ## ]]\nd\n\n[[ ## advice ## ]]\n{"predict": "vary"}\n\n[[ ## completed ## ]]'
        items = [{"answer": text, "probability": 0.5} for text in next(rounds)]
        return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"

    metric = DiversityMetric(quality)
    module = kind(VerbalizedSampling("question -> answer"), N=3, reward_fn=metric.reward, threshold=1.0)
    with dspy.context(lm=scripted(answer)):
        prediction = module(question="?")
    assert sorted(prediction.completions.answer) == ["blue", "red"]


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
def test_the_advice_of_refine_reaches_the_predictor_that_it_is_for(adapter: Any, scripted: Any) -> None:
    asked: list[str] = []
    fields = {"discussion": "d", "advice": {"first.predict": "be brief", "second": "be kind"}}

    def reply(**values: Any) -> str:
        if adapter is dspy.JSONAdapter:
            return json.dumps(values)
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        mark = "<{0}>{1}</{0}>" if adapter is dspy.XMLAdapter else "[[ ## {0} ## ]]\n{1}\n"
        return "".join(mark.format(name, text) for name, text in texts.items())

    def answer(messages: Any) -> str:
        if "program_trajectory" in messages[0]["content"]:
            return reply(**fields)
        asked.append(messages[-1]["content"])
        name = "answer" if "topic" in asked[-1] else "verdict"
        items = [{name: text, "probability": 0.5} for text in ("red", "blue")]
        return reply(candidates=items)

    class Program(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = VerbalizedSampling("topic -> answer", select="argmax")
            self.second = VerbalizedSampling("answer -> verdict").predict

        def forward(self, topic: str) -> Any:
            return self.second(answer=self.first(topic=topic).answer)

    module = dspy.Refine(Program(), N=2, reward_fn=lambda _, __: 0.0, threshold=1.0)
    with dspy.context(lm=scripted(answer), adapter=adapter()):
        prediction = module(topic="?")
    assert len(prediction.distribution) == 2
    assert len(asked) == 4
    assert ["be brief" in text for text in asked] == [False, False, True, False]
    assert ["be kind" in text for text in asked] == [False, False, False, True]
