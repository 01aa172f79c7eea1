"""Optimizers that train a model: every row asks as inference asks, and answers with all candidates."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedAdapter, verbalize

QUESTIONS = ["sky", "sea", "grass"]
TRAINSET = [dspy.Example(question=q).with_inputs("question") for q in QUESTIONS]


class Program(dspy.Module):
    """A plain step, one that reasons, and one that asks in another number."""

    def __init__(self) -> None:
        super().__init__()
        self.rewrite = dspy.Predict("question -> plain_question")
        self.answer = dspy.ChainOfThought("plain_question -> answer")
        self.title = dspy.Predict("answer -> title")

    def forward(self, question: str) -> Any:
        plain = self.rewrite(question=question).plain_question
        return self.title(answer=self.answer(plain_question=plain).answer)


def student() -> Any:
    program = verbalize(Program(), only="answer.predict", k=2, tau=0.7, seed=1)
    return verbalize(program, only="title", k=3, seed=1)


def model(messages: list[dict[str, Any]]) -> str:
    system, last = messages[0]["content"], messages[-1]["content"]
    if "`plain_question`" in system.partition("Your output fields are:")[2].partition("All inter")[0]:
        return f"[[ ## plain_question ## ]]\nWhich colour? {last[-9:]}\n\n[[ ## completed ## ]]"
    own = re.findall(r"^- `(\w+)` \(", system, re.MULTILINE)[0]
    items = [{own: f"{own} {n}", "probability": p} for n, p in enumerate((0.6, 0.3))]
    reasoning = "[[ ## reasoning ## ]]\nwell\n\n" if own == "answer" else ""
    return f"{reasoning}[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"


class Job:
    """A training job that keeps what it is given."""

    def __init__(self, lm: Any, rows: list[Any] | None = None) -> None:
        self.lm = lm
        self.rows = rows or []
        self.thread = SimpleNamespace(join=lambda: None)
        self.steps = 0

    def result(self) -> Any:
        return self.lm

    def get_status(self) -> dict[str, Any]:
        return {"pending_batch_ids": list(range(100))}

    def initialize(self, **_: Any) -> None: ...

    def step(self, train_data: Any, **_: Any) -> None:
        self.rows += [row for group in train_data for row in group["group"]]

    def terminate(self) -> None: ...


@pytest.fixture
def trained(scripted: Any, monkeypatch: Any) -> Any:
    lm = scripted(model)
    lm.job = Job(lm)
    kind = type(lm)

    def finetune(self: Any, train_data: Any, **_: Any) -> Job:
        self.job.rows += train_data
        return self.job

    monkeypatch.setattr(kind, "finetune", finetune, raising=False)
    monkeypatch.setattr(kind, "reinforce", lambda self, **_: self.job, raising=False)
    monkeypatch.setattr(kind, "kill", lambda self, **_: None, raising=False)
    monkeypatch.setattr(kind, "cache", False, raising=False)
    return lm


@pytest.mark.parametrize("where", ["given to the optimizer", "configured"])
def test_rows_of_bootstrap_finetune_are_what_inference_sends_and_reads(where: str, trained: Any) -> None:
    program = student()
    program.set_lm(trained)
    adapter = VerbalizedAdapter(program=program)
    given = adapter if where == "given to the optimizer" else None
    with dspy.context(adapter=None if given else adapter):
        dspy.BootstrapFinetune(adapter=given, num_threads=1).compile(program, trainset=TRAINSET)
    rows, asked = trained.job.rows, trained.script.requests
    assert len(rows) == 9
    assert sorted(map(str, (row["messages"][:-1] for row in rows))) == sorted(map(str, asked))
    answers = [row["messages"][-1]["content"] for row in rows]
    assert sum("candidates" in text for text in answers) == 6
    assert sum("plain_question" in text for text in answers) == 3
    for text in answers:
        if "candidates" in text:
            assert re.findall(r'"probability": ([\d.]+)', text) == ["0.6", "0.3"]
    assert {len(re.findall("list of two|list of three", str(row["messages"][0]))) for row in rows} == {0, 1}


def test_rows_are_in_the_format_of_the_inner_adapter(trained: Any) -> None:
    program = student()
    program.set_lm(trained)
    adapter = VerbalizedAdapter(dspy.JSONAdapter(), program=program)
    with dspy.context(lm=trained, trace=[]):
        program(question="sky")
        trace = list(dspy.settings.trace)
    for predict, inputs, outputs in trace[1:]:
        row = adapter.format_finetune_data(predict.signature, predict.demos, inputs, outputs)
        assert len(json.loads(row["messages"][-1]["content"])["candidates"]) == 2


def test_without_the_adapter_rows_are_plain_and_a_model_trained_on_them_is_read(trained: Any, scripted: Any) -> None:
    program = student()
    program.set_lm(trained)
    dspy.BootstrapFinetune(num_threads=1).compile(program, trainset=TRAINSET)
    plain = [row["messages"][-1]["content"] for row in trained.job.rows]
    assert not any("candidates" in text for text in plain)
    text = next(text for text in plain if "## title ##" in text)
    with dspy.context(lm=scripted(text)):
        program.title.lm = None
        (candidate,) = program.title(answer="blue").distribution
    assert candidate.value in text
    assert candidate.verbalized is None


def test_rows_of_grpo_are_what_inference_sends(trained: Any) -> None:
    grpo = pytest.importorskip("dspy.teleprompt.grpo").GRPO
    program = student()
    program.set_lm(trained)
    optimizer = grpo(
        metric=lambda *_: 1.0,
        adapter=VerbalizedAdapter(program=program),
        exclude_demos=True,
        num_threads=1,
        num_train_steps=1,
        num_dspy_examples_per_grpo_step=2,
        num_rollouts_per_grpo_step=2,
    )
    optimizer.compile(program, trainset=TRAINSET)
    rows = trained.job.rows
    assert rows
    assert {str(row["messages"]) for row in rows} <= {str(messages) for messages in trained.script.requests}
    completions = [row["completion"]["content"] for row in rows]
    assert any("plain_question" in text for text in completions)
    assert any('"probability": 0.6' in text for text in completions)


def test_a_teacher_with_other_words_is_written_down_as_the_student_asks() -> None:
    program = student()
    signature = program.title.signature.with_instructions("Another wording.")
    adapter = VerbalizedAdapter(program=program)
    assert "list of three" in adapter.format(signature, [], {"answer": "?"})[0]["content"]
    plain = program.rewrite.signature
    assert adapter.format(plain, [], {"question": "?"}) == dspy.ChatAdapter().format(plain, [], {"question": "?"})
