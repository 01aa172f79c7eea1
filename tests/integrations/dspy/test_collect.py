"""The distributions inside a program can be had from outside."""

from __future__ import annotations

import json
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPrediction, collect_distributions, verbalize

ITEMS = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]
REPLY = f"[[ ## candidates ## ]]\n{json.dumps(ITEMS)}\n\n[[ ## completed ## ]]"


class Twice(dspy.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = dspy.Predict("question -> answer")
        self.second = dspy.Predict("question -> answer")

    def forward(self, question: str) -> Any:
        self.first(question=question)
        return dspy.Prediction(total=self.second(question=question).answer)


@pytest.mark.parametrize("threads", [1, 4])
def test_each_predictors_distribution_comes_out(threads: int, scripted: Any) -> None:
    program = verbalize(Twice(), k=2)
    with dspy.context(lm=scripted(REPLY)), collect_distributions() as outer:
        with collect_distributions() as seen:
            program.batch(
                [dspy.Example(question=str(n)).with_inputs("question") for n in range(6)], num_threads=threads
            )
        program(question="after")
    assert (len(seen), len(outer)) == (12, 14)
    assert {each.inputs["question"] for each in seen} == {str(n) for n in range(6)}
    assert {id(each.predict) for each in seen} == {id(program.first), id(program.second)}
    for each in seen:
        assert isinstance(each.prediction, VerbalizedPrediction)
        assert [c.value for c in each.distribution] == ["red", "blue"]


async def test_from_tasks_too(scripted: Any) -> None:
    with dspy.context(lm=scripted(REPLY)), collect_distributions() as seen:
        await dspy.asyncify(verbalize(Twice(), k=2))(question="?")
    assert len(seen) == 2
