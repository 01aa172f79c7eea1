"""What is saved comes back, to the byte of the prompt."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import cloudpickle
import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, VerbalizedSampling, verbalize

from verbalized_sampling import Elicitation, SettingsError

ITEMS = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]
SETTINGS: dict[str, Any] = {"k": 7, "tau": 0.2, "select": "first", "min_valid": 2, "on_invalid": "raise", "seed": "s"}
SETTINGS |= {
    "labeled_demos": "skip",
    "definition": "percentage",
    "weighting": "softmax",
    "max_extra_calls": 2,
    "words": 9,
}


class Program(dspy.Module):
    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.first = VerbalizedSampling("question -> answer", **settings)
        self.rest = [dspy.ChainOfThought("answer -> verdict")]

    def forward(self, question: str) -> Any:
        return self.first(question=question)


def taught(dummy: Any) -> Program:
    program = Program(**SETTINGS)
    program.first.predict.signature = program.first.predict.signature.with_instructions("Name a colour.")
    with dspy.context(lm=dummy(ITEMS), trace=[]):
        VerbalizedPredict("question -> answer", k=2)(question="Colour?")
        ((_, inputs, traced),) = dspy.settings.trace
    program.first.predict.demos = [
        dspy.Example(augmented=True, **inputs, **traced),
        dspy.Example(question="Sky?", answer="blue"),
    ]
    return program


def sent(program: Any, dummy: Any) -> bytes:
    lm = dummy(ITEMS)
    with dspy.context(lm=lm):
        program(question="What?")
    return json.dumps(lm.history[-1]["messages"], ensure_ascii=False).encode()


@pytest.mark.parametrize("suffix", [".json", ".pkl"])
def test_a_saved_state_gives_the_same_prompt(suffix: str, dummy: Any, tmp_path: Path) -> None:
    program = taught(dummy)
    program.save(tmp_path / f"state{suffix}")
    loaded = Program()
    loaded.load(tmp_path / f"state{suffix}", allow_pickle=True)
    assert loaded.first.predict.settings == program.first.predict.settings
    assert sent(loaded, dummy) == sent(program, dummy)
    loaded.save(tmp_path / f"again{suffix}")
    assert suffix == ".pkl" or (tmp_path / "again.json").read_bytes() == (tmp_path / "state.json").read_bytes()


def test_a_saved_program_gives_the_same_prompt(dummy: Any, tmp_path: Path) -> None:
    program = VerbalizedSampling("question -> answer", **SETTINGS)
    program.predict.demos = taught(dummy).first.predict.demos
    program.save(tmp_path / "program", save_program=True)
    loaded = dspy.load(str(tmp_path / "program"), allow_pickle=True)
    assert sent(loaded, dummy) == sent(program, dummy)


def test_copies_keep_the_settings_and_a_reset_forgets_only_demos(dummy: Any) -> None:
    program = taught(dummy)
    for copied in (program.deepcopy(), copy.deepcopy(program)):
        assert copied.first.predict.settings == program.first.predict.settings
        assert sent(copied, dummy) == sent(program, dummy)
    reset = program.reset_copy()
    assert reset.first.predict.settings == program.first.predict.settings
    assert reset.first.predict.demos == []
    assert len(program.first.predict.demos) == 2


def test_states_move_between_plain_and_verbalized_predictors() -> None:
    plain, ours = dspy.Predict("question -> answer"), VerbalizedPredict("question -> answer", k=3)
    ours.load_state(plain.dump_state())
    assert ours.settings.elicitation.k == 3
    plain.load_state(VerbalizedPredict("question -> answer", k=4).dump_state())
    assert verbalize(plain, k=6).settings.elicitation.k == 6


@pytest.mark.parametrize(
    "state",
    [
        {"k": 0},
        {"elicitation": {"k": 0}},
        {"elicitation": {"template": "/etc/hostname"}},
        {"odd": 1},
        {"seed": 1, "select": "all"},
    ],
)
def test_a_state_that_was_tampered_with_is_refused(state: dict[str, Any]) -> None:
    predict = VerbalizedPredict("question -> answer")
    with pytest.raises(SettingsError):
        predict.load_state({**predict.dump_state(), "verbalized_sampling": state})
    assert predict.settings == VerbalizedPredict("question -> answer").settings


def test_predictions_survive_pickling_and_copying(dummy: Any) -> None:
    with dspy.context(lm=dummy(ITEMS)):
        prediction = VerbalizedSampling("question -> answer", select="first")(question="?")
    for copied in (cloudpickle.loads(cloudpickle.dumps(prediction)), copy.deepcopy(prediction), prediction.copy()):
        assert copied == prediction
        assert copied.distribution == prediction.distribution
        assert copied.completions.answer == ["red", "blue"]
        assert copied.weights == prediction.weights


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0},
        {"tau": 2},
        {"select": "all"},
        {"min_valid": 0},
        {"on_invalid": "x"},
        {"labeled_demos": "x"},
        {"format": "tags"},
        {"candidate": int},
        {"on_empty": "return"},
        {"variant": "x"},
        {"variant": "direct"},
    ],
)
def test_settings_out_of_range_fail_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        VerbalizedSampling("question -> answer", **wrong)


def test_an_elicitation_can_be_given_as_a_whole() -> None:
    predict = VerbalizedPredict("question -> answer", elicitation=Elicitation(k=9, words=5), tau=0.5, temperature=0.9)
    assert predict.settings.elicitation == Elicitation(k=9, words=5, tau=0.5)
    assert predict.config == {"temperature": 0.9}
    assert VerbalizedPredict("question -> answer").settings.elicitation == Elicitation(max_extra_calls=0)
