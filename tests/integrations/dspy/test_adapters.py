"""Any adapter, any type, sync or async: the candidates are typed, and the model is asked once."""

from __future__ import annotations

import asyncio
import json
import random
from enum import Enum
from typing import Any, Literal, Optional

import dspy
import pytest
from dspy.utils import DummyLM
from dspy_verbalized_sampling import VerbalizedPredict, VerbalizedSampling
from dspy_verbalized_sampling.fields import fields_of
from pydantic import BaseModel

from verbalized_sampling import DistributionParser, Repair
from verbalized_sampling.parsing import probability_field


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class City(BaseModel):
    name: str
    people: int


ADAPTERS = [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter]
VALUES: list[tuple[Any, list[Any], list[Any]]] = [
    (str, ["Paris & more", "<b>Lyon</b>\nor 3"], ["Paris & more", "<b>Lyon</b>\nor 3"]),
    (float, [1.5, 2], [1.5, 2.0]),
    (bool, [True, False], [True, False]),
    (Literal["yes", "no"], ["yes", "no"], ["yes", "no"]),
    (Mood, ["good", "bad"], [Mood.GOOD, Mood.BAD]),
    (Optional[int], [3, None], [3, None]),  # noqa: UP045 - both ways of writing it are met
    (
        City,
        [{"name": "Lyon", "people": 5}, {"name": "Paris", "people": 7}],
        [City(name="Lyon", people=5), City(name="Paris", people=7)],
    ),
    (dict[str, Any], [{"a": 1}, {"b": [2, 3]}], [{"a": 1}, {"b": [2, 3]}]),
    (list[str], [["a"], ["b", "c"]], [["a"], ["b", "c"]]),
]


def signature(kind: Any) -> Any:
    return dspy.Signature({"question": (str, dspy.InputField()), "answer": (kind, dspy.OutputField())})


@pytest.mark.parametrize("call", ["sync", "async"])
@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize(("kind", "written", "values"), VALUES, ids=[str(v[0]) for v in VALUES])
def test_candidates_are_typed_in_every_format(
    adapter: Any, kind: Any, written: list[Any], values: list[Any], call: str, dummy: Any
) -> None:
    items = [{"answer": w, "probability": p} for w, p in zip(written, (0.6, 0.2), strict=True)]
    lm = dummy(items, adapter=adapter())
    predict = VerbalizedSampling(signature(kind), k=2, select="argmax")
    with dspy.context(lm=lm, adapter=adapter()):
        ask = predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
    assert ask.completions.answer == values
    assert ask.answer == values[0]
    assert [c.verbalized for c in ask.distribution] == [0.6, 0.2]
    assert ask.weights == pytest.approx([0.75, 0.25])
    assert len(lm.history) == 1


NESTED = """<candidates>
<item><answer><name>Lyon &amp; more</name><people>5</people></answer><probability>0.6</probability></item>
<item><answer><name>Paris</name><people>many</people></answer><probability>0.3</probability></item>
<item><answer><name>Nice</name><people>1</people></answer><probability>20%</probability></item>
</candidates>"""


@pytest.mark.skipif(not hasattr(dspy.XMLAdapter, "_uses_nested_xml"), reason="this DSPy asks for JSON inside of XML")
@pytest.mark.parametrize("broken", ["", " & <b>"])
def test_nested_xml_is_read_also_when_it_is_no_xml(broken: str, scripted: Any) -> None:
    lm = scripted(NESTED.replace("Nice", "Nice" + broken))
    with dspy.context(lm=lm, adapter=dspy.XMLAdapter()):
        if broken:
            prediction = VerbalizedSampling("question -> answer", k=3, select="first")(question="?")
            assert len(prediction.distribution) == 3
        else:
            prediction = VerbalizedSampling(signature(City), k=3, select="first")(question="?")
            assert prediction.completions.answer == [City(name="Lyon & more", people=5), City(name="Nice", people=1)]
            assert [d.reason for d in prediction.distribution.dropped] == [Repair.INVALID]
            # Everything in tags is a text: a number is as asked for, a percentage is not.
            assert [c.repairs for c in prediction.distribution] == [(), ()]
            assert Repair.PERCENT in prediction.distribution.repairs
            assert prediction.weights == pytest.approx([0.75, 0.25])
    assert len(lm.script.requests) == 1


FLAT = [
    "<item><answer>red &amp; blue</answer><probability>0.6</probability></item>",
    "<item><answer>a <b>bold</b> one</answer><probability>30%</probability></item>",
    "<item><probability>0.1</probability><answer/></item>",
    "<item><answer>one</answer><answer>two</answer><probability>0.1</probability></item>",
    "<item>words</item>",
    "<answer>alone</answer><probability>0.5</probability>",
    "<candidate><answer>named</answer></candidate>",
]


@pytest.mark.skipif(not hasattr(dspy.XMLAdapter, "_uses_nested_xml"), reason="this DSPy asks for JSON inside of XML")
@pytest.mark.parametrize("before", ["<!-- the likely ones -->", "The likely ones: ", "\n<!-- one -->\n<!-- two -->"])
def test_what_stands_before_the_first_candidate_changes_nothing(before: str, scripted: Any) -> None:
    lm = scripted(NESTED.replace("<candidates>", f"<candidates>{before}"))
    with dspy.context(lm=lm, adapter=dspy.XMLAdapter()):
        prediction = VerbalizedSampling(signature(City), k=3, select="first")(question="?")
    assert prediction.completions.answer == [City(name="Lyon & more", people=5), City(name="Nice", people=1)]


@pytest.mark.skipif(not hasattr(dspy.XMLAdapter, "_uses_nested_xml"), reason="this DSPy asks for JSON inside of XML")
@pytest.mark.parametrize("number", range(60))
def test_tags_in_tags_are_read_as_the_adapter_reads_them(number: int) -> None:
    choose = random.Random(number)
    content = "\n".join(choose.choices(FLAT, k=choose.randint(1, 3)))
    fields = fields_of(dspy.Signature("question -> answer"))
    read = [
        dspy.XMLAdapter().parse(
            dspy.Signature({"candidates": (kind, dspy.OutputField())}), f"<candidates>{content}</candidates>"
        )
        for kind in (fields.items, list[fields.item])
    ]
    assert read[0] == read[1]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_fields_may_have_the_names_that_the_wire_would_use(adapter: Any, dummy: Any) -> None:
    names = dspy.Signature(
        "candidates, already_given -> reasoning, probability: float, confidence: float, score: int, answer"
    )
    own = {"probability": 0.5, "confidence": 0.9, "score": 3}
    items = [{**own, "answer": "a", "candidate_probability": 0.7}, {**own, "answer": "b", "candidate_probability": 0.1}]
    with_name = DummyLM(
        [{"reasoning": "since", "candidates_": json.dumps(items) if adapter is dspy.ChatAdapter else items}],
        adapter=adapter(),
    )
    with dspy.context(lm=with_name, adapter=adapter()):
        prediction = VerbalizedPredict(names, k=2, select="argmax")(candidates="in", already_given="given")
    assert "in" in with_name.history[0]["messages"][-1]["content"]
    assert dict(prediction.items()) == {"reasoning": "since", **own, "answer": "a"}
    assert prediction.completions.answer == ["a", "b"]
    assert prediction.weights == pytest.approx([0.875, 0.125])
    assert prediction.distribution.reasoning == "since"


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_field_called_reasoning_alone_is_what_candidates_differ_in(adapter: Any, dummy: Any) -> None:
    lm = dummy([{"reasoning": "a", "probability": 0.5}, {"reasoning": "b", "probability": 0.5}], adapter=adapter())
    with dspy.context(lm=lm, adapter=adapter()):
        prediction = VerbalizedSampling("question -> reasoning", k=2)(question="?")
    assert sorted(prediction.completions.reasoning) == ["a", "b"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_payload_gives_the_distribution_that_the_core_gives(adapter: Any, dummy: Any) -> None:
    items = [
        {"text": "a", "probability": "60%"},
        {"text": "b", "probability": 5.58},
        {"text": "c"},
    ]
    core = DistributionParser(k=3).parse(json.dumps({"responses": items}))
    with dspy.context(lm=dummy(items, adapter=adapter()), adapter=adapter()):
        ours = VerbalizedSampling("question -> text", k=3)(question="?").distribution
    assert [(c.text, c.value, c.verbalized, c.probability, c.index) for c in ours] == [
        (c.text, c.value, c.verbalized, c.probability, c.index) for c in core
    ]
    assert ours.repairs == core.repairs and not ours.dropped


def test_reasoning_comes_once_and_first() -> None:
    lm = DummyLM([{"reasoning": "let me see", "candidates": json.dumps([{"answer": "a", "probability": 1.0}])}] * 2)
    with dspy.context(lm=lm):
        predictions = [
            VerbalizedSampling(dspy.ChainOfThought("question -> answer").predict.signature)(question="?"),
            VerbalizedSampling("question -> answer", variant="cot")(question="?"),
        ]
    assert predictions[0].reasoning == "let me see"
    assert "reasoning" not in predictions[1]
    for entry, prediction in zip(lm.history, predictions, strict=True):
        system = entry["messages"][0]["content"]
        assert system.index("[[ ## reasoning ## ]]") < system.index("[[ ## candidates ## ]]")
        assert prediction.distribution.reasoning == "let me see"
        assert prediction.distribution[0].value == "a"


def test_a_probability_field_is_named_as_in_the_core() -> None:
    class Odd(BaseModel):
        probability: float

    wire = VerbalizedPredict(signature(Odd))
    assert wire.signature.output_fields.keys() == {"answer"}
    assert probability_field(Odd) == "candidate_probability"


@pytest.mark.parametrize("call", ["sync", "async"])
def test_baml_tells_of_the_fields_of_a_candidate(call: str, scripted: Any) -> None:
    from dspy.adapters.baml_adapter import BAMLAdapter

    signature = dspy.Signature("question -> city").with_updated_fields("city", type_=City)
    items = [{"city": {"name": "Lyon", "people": 5}, "probability": 0.6}]
    lm, predict = scripted(json.dumps({"candidates": items})), VerbalizedPredict(signature)
    with dspy.context(lm=lm, adapter=BAMLAdapter()):
        prediction = predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
    assert prediction.city == City(name="Lyon", people=5)
    told = lm.script.requests[0][0]["content"]
    assert "people: int," in told and "probability: float," in told


def test_two_steps_ask_each_model_once(scripted: Any) -> None:
    items = [{"answer": "red", "probability": 0.6}, {"answer": "blue", "probability": 0.3}]
    extracting = scripted(f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]")
    if not isinstance(extracting, dspy.LM):
        pytest.skip("this DSPy takes no other model for the second step, and has no engines to script")
    lm, predict = scripted("Red, with 60 %, or blue."), VerbalizedPredict("question -> answer", k=2, select="first")
    with dspy.context(lm=lm, adapter=dspy.TwoStepAdapter(extracting)):
        assert predict(question="?").completions.answer == ["red", "blue"]
        assert asyncio.run(predict.acall(question="?")).completions.answer == ["red", "blue"]
    assert len(lm.script.requests) == len(extracting.script.requests) == 2
