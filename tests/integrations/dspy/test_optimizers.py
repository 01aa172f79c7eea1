"""Optimizers run for real and change the program: its demos, its instructions, its score."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import DiversityMetric, VerbalizedSampling, verbalize

QUESTIONS = ["sky", "sea", "grass", "sun", "snow", "coal"]
COLOURS = dict(zip(QUESTIONS, ["blue", "green", "green", "gold", "white", "black"], strict=True))
TRAINSET = [dspy.Example(question=q, answer=c).with_inputs("question") for q, c in COLOURS.items()]
WORDING = "A list of two possible outputs"
BETTER = "Name the colour carefully."


def chat(**fields: str) -> str:
    return "\n\n".join(f"[[ ## {name} ## ]]\n{text}" for name, text in (*fields.items(), ("completed", "")))


def proposed(last: str) -> str:
    """The same advice in whatever fields an optimizer asks for."""
    _, found, wanted = last[-400:].rpartition("Respond with ")
    if not found:
        return f"```\n{BETTER}\n```"
    if wanted.startswith("a JSON object"):
        return json.dumps(dict.fromkeys(re.findall(r"`(\w+)`", wanted), BETTER))
    return chat(**dict.fromkeys([name for name in re.findall(r"## (\w+) ##", wanted) if name != "completed"], BETTER))


def painter(messages: list[dict[str, Any]]) -> str:
    """Knows the colours once it is told to be careful, and only two of them before; proposes to be careful."""
    system, last = messages[0]["content"], messages[-1]["content"]
    if "`candidates`" not in system:
        return proposed(last)
    question = re.findall(r"\[\[ ## question ## \]\]\n(\w+)", last)[-1]
    knows = BETTER in system or question in ("sky", "sea")
    if not knows and question == "coal":
        return "I would rather not say."
    right = COLOURS[question] if knows else "mauve"
    items = [{"answer": right, "probability": 0.6}, {"answer": "pink", "probability": 0.2}]
    return chat(candidates=json.dumps(items))


def right(example: Any, prediction: Any, *_: Any) -> bool:
    return bool(example.answer == prediction.argmax().answer)


def score(program: Any) -> float:
    found = 0
    for example in TRAINSET:
        try:
            found += right(example, program(**example.inputs()))
        except AdapterParseError:
            continue
    return found / len(TRAINSET)


@pytest.fixture
def lm(scripted: Any) -> Any:
    return scripted(painter)


def program() -> VerbalizedSampling:
    return VerbalizedSampling("question -> answer", k=2, seed=1)


def test_bootstrap_few_shot_makes_demos_that_keep_all_candidates(lm: Any) -> None:
    with dspy.context(lm=lm):
        compiled = dspy.BootstrapFewShot(metric=right, max_bootstrapped_demos=2, max_labeled_demos=3).compile(
            program(), trainset=TRAINSET
        )
        made = [demo for demo in compiled.predict.demos if demo.get("augmented")]
        labelled = [demo for demo in compiled.predict.demos if not demo.get("augmented")]
        assert [json.loads(demo.candidates)[0]["answer"] for demo in made] == ["blue", "green"]
        assert [len(json.loads(demo.candidates)) for demo in made] == [2, 2]
        assert labelled
        compiled(question="snow")
    system, *shown = lm.history[-1]["messages"]
    assert WORDING in system["content"]
    assert [m["role"] for m in shown] == ["user", "assistant", "user", "assistant", "user"]
    assert '"pink", "probability": 0.2' in shown[1]["content"]
    assert labelled[0].question in system["content"]


def test_mipro_finds_the_instructions_and_raises_the_score(lm: Any) -> None:
    pytest.importorskip("optuna")
    with dspy.context(lm=lm):
        before = program()
        optimizer = dspy.MIPROv2(
            metric=right,
            prompt_model=lm,
            task_model=lm,
            auto=None,
            num_candidates=3,
            max_bootstrapped_demos=1,
            max_labeled_demos=1,
            num_threads=1,
            seed=1,
            max_errors=50,
        )
        run = {
            "trainset": TRAINSET,
            "valset": TRAINSET,
            "num_trials": 6,
            "minibatch": False,
            "program_aware_proposer": False,
        }
        if "requires_permission_to_run" in inspect.signature(optimizer.compile).parameters:
            run["requires_permission_to_run"] = False
        compiled = optimizer.compile(before.deepcopy(), **run)
        assert score(before) == pytest.approx(2 / 6)
        assert score(compiled) == 1.0
    assert BETTER in compiled.predict.signature.instructions
    assert WORDING in lm.history[-1]["messages"][0]["content"]
    assert compiled.predict.settings == before.predict.settings


def test_gepa_learns_from_feedback_and_from_replies_that_cannot_be_read(lm: Any, scripted: Any) -> None:
    reflection = scripted(painter)
    metric = DiversityMetric(lambda example, prediction: float(example.answer == prediction.answer), least_quality=0.6)
    with dspy.context(lm=lm):
        optimizer = dspy.GEPA(
            metric=metric,
            reflection_lm=reflection,
            max_metric_calls=40,
            num_threads=1,
            seed=1,
            reflection_minibatch_size=6,
            add_format_failure_as_feedback=True,
        )
        compiled = optimizer.compile(program(), trainset=TRAINSET, valset=TRAINSET)
        assert score(compiled) == 1.0
    assert compiled.predict.signature.instructions == BETTER
    assert WORDING in lm.history[-1]["messages"][0]["content"]
    told = json.dumps(reflection.script.requests)
    assert "expected quality" in told
    assert "I would rather not say." in told
    assert "mauve" in told


def test_an_optimized_program_of_several_predictors_keeps_its_wording(lm: Any) -> None:
    class Twice(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = dspy.Predict("question -> answer")
            self.second = dspy.Predict("question -> answer")

        def forward(self, question: str) -> Any:
            self.first(question=question)
            return self.second(question=question)

    twice = verbalize(Twice(), only="second", k=2)
    with dspy.context(lm=lm):
        compiled = dspy.BootstrapFewShot(metric=right, max_bootstrapped_demos=1, max_labeled_demos=0).compile(
            twice, trainset=TRAINSET
        )
    assert "candidates" not in compiled.first.demos[0]
    assert len(json.loads(compiled.second.demos[0].candidates)) == 2


def test_simba_adds_a_rule_and_the_wording_stays(scripted: Any) -> None:
    def answer(messages: list[dict[str, Any]]) -> str:
        system, last = messages[0]["content"], messages[-1]["content"]
        if "`candidates`" not in system:
            return chat(discussion="It guesses.", module_advice=json.dumps({"predict": BETTER}))
        question = re.findall(r"\[\[ ## question ## \]\]\n(\w+)", last)[-1]
        likely = 1.0 if BETTER in system else 0.5
        items = [{"answer": COLOURS[question], "probability": likely}, {"answer": "pink", "probability": 1.0 - likely}]
        return chat(candidates=json.dumps(items))

    lm = scripted(answer)
    with dspy.context(lm=lm):
        optimizer = dspy.SIMBA(
            metric=lambda example, prediction: float(example.answer == prediction.answer),
            bsize=6,
            num_candidates=3,
            max_steps=3,
            max_demos=0,
            num_threads=1,
        )
        compiled = optimizer.compile(program(), trainset=TRAINSET, seed=1)
        assert score(compiled) == 1.0
        assert compiled(question="sky").answer == "blue"
    assert BETTER in compiled.predict.signature.instructions
    assert WORDING in lm.history[-1]["messages"][0]["content"]
