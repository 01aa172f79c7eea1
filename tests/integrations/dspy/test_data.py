"""A data tool: weighted examples, each once, in rounds that end when nothing new comes."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedSampling, diversify

from verbalized_sampling import SettingsError

SEEN = re.compile(r"\[\[ ## already_given ## \]\]\n(.*?)\n\n", re.DOTALL)


def listing(items: Any) -> str:
    return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"


def writer(known: int, *, k: int = 3, name: str = "question") -> Any:
    """Knows so many answers for each topic, says first what it was not told it had said, and then repeats itself."""

    def answer(messages: list[dict[str, Any]]) -> str:
        text = messages[-1]["content"]
        topic = re.findall(r"## topic ## \]\]\n(\w+)", text)[0]
        given = {item[name].casefold() for found in SEEN.findall(text) for item in json.loads(found)}
        own = [f"{topic} {n}" for n in range(known)]
        new = [each for each in own if each.casefold() not in given]
        items = [{name: each, "probability": 0.2} for each in (new or [own[0].upper()])[:k]]
        return listing(items)

    return answer


def test_rounds_give_as_many_as_wanted_each_once(scripted: Any) -> None:
    lm = scripted(writer(100), cache=False)
    with dspy.context(lm=lm):
        examples = diversify("topic -> question", {"topic": "tea"}, total=10, k=3)
    assert sorted(example.question for example in examples) == sorted(f"tea {n}" for n in range(10))
    assert len(lm.script.requests) == 4
    assert [set(example.inputs().keys()) for example in examples] == [{"topic"}] * 10
    assert [set(example.labels().keys()) for example in examples] == [{"question", "weight"}] * 10
    assert sum(example.weight for example in examples) == pytest.approx(1.0)


def test_it_stops_when_nothing_new_comes(scripted: Any) -> None:
    lm = scripted(writer(4))
    inputs = [{"topic": "tea"}, dspy.Example(topic="milk"), dspy.Example(topic="milk", x="").with_inputs("topic")]
    with dspy.context(lm=lm):
        examples = diversify("topic -> question", inputs[:2], total=50, k=3)
        assert len(lm.script.requests) == 8  # two rounds that bring something and two that bring nothing, for each
        assert len(diversify("topic -> question", inputs[2], total=50, k=3)) == 4
    assert [example.topic for example in examples] == ["tea"] * 4 + ["milk"] * 4
    for topic in ("tea", "milk"):
        assert sum(example.weight for example in examples if example.topic == topic) == pytest.approx(1.0)


def test_a_program_is_told_what_it_gave_and_a_cache_is_passed_by(scripted: Any) -> None:
    class Program(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.write = dspy.ChainOfThought("topic -> question")

        def forward(self, topic: str) -> Any:
            return self.write(topic=topic)

    program, calls = Program(), count()

    def answer(messages: list[dict[str, Any]]) -> str:
        next(calls)
        return "[[ ## reasoning ## ]]\nwell\n\n" + writer(100)(messages)

    with dspy.context(lm=scripted(answer)):
        examples = diversify(program, [{"topic": "tea"}], total=7, k=3)
    assert {example.question for example in examples} == {f"tea {n}" for n in range(7)}
    assert {example.reasoning for example in examples} == {"well"}
    assert next(calls) == 3
    assert type(program.write.predict) is dspy.Predict


def test_predictions_that_a_program_makes_itself_count_by_how_often_they_come(scripted: Any) -> None:
    class Program(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.write = VerbalizedSampling("topic -> draft", k=2)

        def forward(self, topic: str) -> Any:
            return dspy.Prediction(question=self.write(topic=topic).draft.upper())

    drafts = iter(["a", "b", "A", "c", "c", "c"])
    with dspy.context(lm=scripted(lambda _: listing([{"draft": next(drafts), "probability": 0.5}]))):
        examples = diversify(Program(), {"topic": "tea"}, total=9)
    assert {example.question: example.weight for example in examples} == pytest.approx(
        {"A": 2 / 6, "B": 1 / 6, "C": 3 / 6}
    )


def test_a_field_called_weight_stays_the_users(scripted: Any) -> None:
    items = [{"weight": 3.5, "probability": 0.5}, {"weight": 4.5, "probability": 0.25}]
    with dspy.context(lm=scripted(listing(items))):
        examples = diversify("animal -> weight: float", {"animal": "duck"}, total=2, k=2)
    assert [(example.weight, example.weight_) for example in examples] == [(3.5, 2 / 3), (4.5, 1 / 3)]


def test_a_reply_that_cannot_be_read_costs_only_itself(scripted: Any) -> None:
    replies = iter([listing([{"question": "a", "probability": 0.5}]), "", "", listing([])])
    with dspy.context(lm=scripted(lambda _: next(replies))):
        (example,) = diversify("topic -> question", {"topic": "tea"}, total=5)
    assert (example.question, example.weight) == ("a", 1.0)
    with dspy.context(lm=scripted("")), pytest.raises(AdapterParseError):
        diversify("topic -> question", {"topic": "tea"}, total=5)


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(SettingsError, match="total"):
        diversify("topic -> question", {"topic": "tea"}, total=0)
    with pytest.raises(SettingsError, match="no inputs"):
        diversify("topic -> question", [], total=1)
    with pytest.raises(SettingsError, match="'kk'"):
        diversify("topic -> question", {"topic": "tea"}, total=1, kk=3)
