"""Demonstrations: all candidates are shown, and one answer is never shown as a certainty."""

from __future__ import annotations

import copy
import json
from typing import Any

import cloudpickle
import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, verbalized

ITEMS = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]
LABELED = dspy.Example(question="Sky?", answer="blue")


def prompt(predict: VerbalizedPredict, lm: Any, adapter: Any = None) -> str:
    with dspy.context(lm=lm, adapter=adapter):
        predict(question="?")
    return json.dumps(lm.history[-1]["messages"], ensure_ascii=False)


def traced_demo(lm: Any) -> dspy.Example:
    with dspy.context(lm=lm, trace=[]):
        prediction = VerbalizedPredict("question -> answer", k=2)(question="Colour?")
        ((_, inputs, traced),) = dspy.settings.trace
    assert "candidates" not in prediction
    hash(prediction), hash(traced)
    return dspy.Example(augmented=True, **inputs, **traced)  # as BootstrapFewShot makes them


@pytest.mark.parametrize(
    "adapter", [dspy.ChatAdapter(), dspy.JSONAdapter(), dspy.XMLAdapter()], ids=lambda a: type(a).__name__
)
def test_bootstrapped_demos_show_all_candidates(adapter: Any, dummy: Any) -> None:
    demo = traced_demo(dummy(ITEMS))
    predict = VerbalizedPredict("question -> answer", k=2)
    predict.demos = [demo]
    lm = dummy(ITEMS, adapter=adapter)
    with dspy.context(lm=lm, adapter=adapter):
        predict(question="?")
    messages = lm.history[-1]["messages"]
    shown = messages[2]["content"]
    assert messages[1]["role"] == "user"
    assert "Colour?" in messages[1]["content"]
    assert messages[2]["role"] == "assistant"
    for item in ITEMS:
        assert item["answer"] in shown
        assert str(item["probability"]) in shown
    assert "not supplied" not in json.dumps(messages).lower()


COPIES = {
    "pickled": lambda traced: cloudpickle.loads(cloudpickle.dumps(traced)),  # as DSPy does
    "deep": copy.deepcopy,
    "shallow": copy.copy,
    "its own": lambda traced: traced.copy(),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_what_is_traced_stays_what_it_is_wherever_it_goes(copied: Any, dummy: Any) -> None:
    with dspy.context(lm=dummy(ITEMS), trace=[]):
        prediction = VerbalizedPredict("question -> answer", k=2)(question="Colour?")
        ((_, _, traced),) = dspy.settings.trace
    prediction.answer = "what the program makes of it"
    other = copied(traced)
    assert other == traced
    assert json.loads(other.candidates) == ITEMS
    assert other.answer in {"red", "blue"}
    assert verbalized(other).distribution == verbalized(prediction).distribution


def test_what_is_traced_is_what_the_model_said_though_the_program_changes_its_values(dummy: Any) -> None:
    items = [{"steps": ["mix", "bake"], "probability": 0.5}]
    with dspy.context(lm=dummy(items), trace=[]):
        VerbalizedPredict("dish -> steps: list[str]", k=1)(dish="Bread").steps.pop()
        ((_, _, traced),) = dspy.settings.trace
    assert json.loads(traced.candidates) == items


def test_labelled_demos_are_examples_of_the_task(dummy: Any) -> None:
    predict = VerbalizedPredict("question -> answer", k=2)
    predict.demos = [LABELED]
    lm = dummy(ITEMS, ITEMS)
    text = prompt(predict, lm)
    assert len(lm.history[-1]["messages"]) == 2
    assert "Sky?" in text
    assert "blue" in text
    assert "1.0" not in text.replace("from 0.0 to 1.0", "")
    predict.settings = VerbalizedPredict("question -> answer", k=2, labeled_demos="skip").settings
    assert "Sky?" not in prompt(predict, lm)


def test_the_wording_of_the_task_is_the_users(dummy: Any) -> None:
    predict = VerbalizedPredict(dspy.Signature("question -> answer", "Name a {{ colour }}."), k=2)
    predict.demos = [dspy.Example(question="{{ k }}", answer="{% raise %}")]
    text = prompt(predict, dummy(ITEMS))
    assert "Name a {{ colour }}." in text
    assert "{{ k }}" in text


def test_default_instructions_speak_of_what_is_asked_for(dummy: Any) -> None:
    text = prompt(VerbalizedPredict("question -> answer", k=2), dummy(ITEMS))
    assert "produce the fields `candidates`" in text
    assert "produce the fields `answer`" not in text
    chained = dspy.ChainOfThought("question -> answer").predict.signature
    assert "produce the fields `reasoning`, `candidates`" in prompt(
        VerbalizedPredict(chained), dummy(ITEMS, reasoning="r")
    )


def test_settings_reach_the_prompt_through_the_field(dummy: Any) -> None:
    text = prompt(VerbalizedPredict("question -> answer", k=3, tau=0.1, words=40), dummy(ITEMS))
    assert "A list of three possible outputs" in text
    assert "less than 0.10" in text
    assert "about 40 words" in text
    text = prompt(VerbalizedPredict("question -> answer", definition="percentage", tau=0.1), dummy(ITEMS))
    assert "as a percentage from 0 to 100" in text
    assert "less than 10 %" in text


def test_descriptions_and_types_of_fields_reach_the_prompt(dummy: Any) -> None:
    signature = dspy.Signature(
        {
            "question": (str, dspy.InputField()),
            "answer": (str, dspy.OutputField(desc="a colour of {{ k }} letters", max_length=9)),
        }
    )
    text = prompt(VerbalizedPredict(signature), dummy(ITEMS))
    assert "`answer` (str): a colour of {{ k }} letters; constraints: maximum length: 9" in text


def test_a_folder_of_templates_gives_other_words(dummy: Any, tmp_path: Any) -> None:
    (tmp_path / "candidates.jinja").write_text("{{ k }} Antworten, mit `{{ probability }}`.", encoding="utf-8")
    text = prompt(VerbalizedPredict("question -> answer", k=2, template=tmp_path), dummy(ITEMS))
    assert "2 Antworten, mit `probability`." in text
