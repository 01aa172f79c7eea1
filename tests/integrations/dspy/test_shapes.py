"""Every shape of program, verbalized, gives out the fields that the plain one gives out."""

from __future__ import annotations

import inspect
import json
import re
import warnings
from collections.abc import Callable
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, collect_distributions, verbalize

from verbalized_sampling import SettingsError


def search(query: str) -> str:
    """Finds."""
    return f"found {query}"


class Own(dspy.Module):
    """Makes a prediction of its own of two predictors."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = dspy.Predict("question -> draft")
        self.polish = dspy.ChainOfThought("draft -> answer")

    def forward(self, question: str) -> dspy.Prediction:
        draft = self.draft(question=question).draft
        return dspy.Prediction(answer=self.polish(draft=draft).answer, draft=draft, notes=["own"])


class Interpreter:
    """Runs code as a test wants it: any code prints 4."""

    def __init__(self) -> None:
        self.tools: dict[str, Any] = {}

    def start(self) -> None: ...

    def execute(self, code: str, variables: Any = None, **_: Any) -> str:
        return "4"

    __call__ = execute

    def shutdown(self) -> None: ...


def old(make: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return make()


def program_of_thought() -> Any:
    return old(lambda: dspy.ProgramOfThought("question -> answer", **interpreting(dspy.ProgramOfThought)))


def code_act() -> Any:
    return old(lambda: dspy.CodeAct("question -> answer", tools=[search], **interpreting(dspy.CodeAct)))


def interpreting(kind: Any) -> dict[str, Any]:
    names = inspect.signature(kind.__init__).parameters
    return {"interpreter_factory": Interpreter} if "interpreter_factory" in names else {"interpreter": Interpreter()}


def chosen(kind: Any) -> Any:
    return kind(dspy.ChainOfThought("question -> answer"), N=2, reward_fn=lambda _, p: len(p.answer) / 9, threshold=9.0)


COMPLETIONS = [{"reasoning": "r", "answer": str(n)} for n in range(3)]
SHAPES: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "Predict": (lambda: dspy.Predict("question -> answer"), {"question": "?"}),
    "ChainOfThought": (lambda: dspy.ChainOfThought("question -> answer"), {"question": "?"}),
    "ReAct": (lambda: dspy.ReAct("question -> answer", tools=[search]), {"question": "?"}),
    "ProgramOfThought": (program_of_thought, {"question": "?"}),
    "CodeAct": (code_act, {"question": "?"}),
    "MultiChainComparison": (
        lambda: old(lambda: dspy.MultiChainComparison("question -> answer", M=3)),
        {"completions": COMPLETIONS, "question": "?"},
    ),
    "BestOfN": (lambda: chosen(dspy.BestOfN), {"question": "?"}),
    "Refine": (lambda: chosen(dspy.Refine), {"question": "?"}),
    "a prediction of its own": (Own, {"question": "?"}),
}
if hasattr(dspy, "RLM"):
    SHAPES["RLM"] = (lambda: dspy.RLM("question -> answer", max_iters=1, **interpreting(dspy.RLM)), {"question": "?"})
ANSWERS = {
    "next_tool_args": {"query": "ducks"},
    "next_tool_name": "finish",
    "finished": True,
    "generated_code": "```python\nprint(2 + 2)\n```",
    "advice": {"self": "longer", "predict": "longer"},
}


def model(messages: list[dict[str, Any]]) -> str:
    """Answers whatever is asked for in DSPy's chat format: plainly, or with two candidates of each field."""
    system = messages[0]["content"]
    told = system.partition("Your output fields are:")[2].partition("All inter")[0]
    outputs = re.findall(r"^\d+\. `(\w+)`", told, re.MULTILINE)
    values: dict[str, Any] = {name: ANSWERS.get(name, f"some {name}") for name in outputs}
    if "candidates" in values:
        own = re.findall(r"^- `(\w+)` \(", system, re.MULTILINE)
        items = [{n: ANSWERS.get(n, f"some {n} {i}") for n in own if n != "probability"} for i in range(2)]
        values["candidates"] = [{**item, "probability": p} for item, p in zip(items, (0.6, 0.4), strict=True)]
    text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    return "\n\n".join(f"[[ ## {name} ## ]]\n{value}" for name, value in (*text.items(), ("completed", "")))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_fields_are_those_of_the_plain_program(shape: str, scripted: Any) -> None:
    make, inputs = SHAPES[shape]
    program = make()
    with dspy.context(lm=scripted(model)):
        plain = program(**inputs)
        with collect_distributions() as seen:
            ours = verbalize(program, k=2)(**inputs)
    assert list(ours.keys()) == list(plain.keys())
    assert {name: type(value) for name, value in ours.items()} == {name: type(value) for name, value in plain.items()}
    assert ours.answer.startswith("some answer")
    assert seen and all(len(each.distribution) == 2 for each in seen)


GIVEN = {
    "signature": "question -> answer",
    "tools": [search],
    "module": dspy.ChainOfThought("question -> answer"),
    "N": 2,
    "M": 3,
    "reward_fn": lambda _, __: 1.0,
    "threshold": 2.0,
}
CLASSES = [each for each in vars(dspy).values() if isinstance(each, type) and issubclass(each, dspy.Module)]


@pytest.mark.parametrize("kind", [each for each in CLASSES if each is not dspy.Module], ids=lambda kind: kind.__name__)
def test_every_class_of_programs_that_dspy_has_can_be_verbalized(kind: Any) -> None:
    takes = inspect.signature(kind.__init__).parameters
    program = old(lambda: kind(**{name: value for name, value in GIVEN.items() if name in takes}))
    copy = verbalize(program, k=3)
    assert type(copy) is (VerbalizedPredict if kind is dspy.Predict else kind)
    for name, predict in copy.named_predictors():
        outputs = set(predict.signature.output_fields)
        steering = outputs & {"next_tool_name", "tool_calls", "generated_code", "code"}
        assert isinstance(predict, VerbalizedPredict) is not bool(steering), (name, outputs)


def test_a_tool_choice_is_not_drawn_unless_it_is_named(scripted: Any, caplog: Any) -> None:
    ran: list[str] = []

    def lookup(query: str) -> str:
        ran.append(query)
        return "found"

    def answer(messages: list[dict[str, Any]]) -> str:
        text = messages[-1]["content"]
        if "next_tool_name" not in messages[0]["content"]:
            return model(messages)
        name = "lookup" if "observation_1" not in text else "finish"
        args = {"query": "q"} if name == "lookup" else {}
        step = {"next_thought": "t", "next_tool_name": name, "next_tool_args": args}
        other = {**step, "next_tool_name": "finish", "next_tool_args": {}}
        if "`candidates`" in messages[0]["content"]:
            items = [{**step, "probability": 0.6}, {**other, "probability": 0.4}]
            return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in step.items()}
        return "\n\n".join(f"[[ ## {name} ## ]]\n{value}" for name, value in fields.items())

    agent = dspy.ReAct("question -> answer", tools=[lookup])
    varied = verbalize(agent, k=2, seed=1)
    assert "leaves react as it is" in caplog.text
    assert [type(each) for each in varied.predictors()] == [dspy.Predict, VerbalizedPredict]
    with dspy.context(lm=scripted(answer)):
        for n in range(12):
            varied(question=f"q{n}")
        assert len(ran) == 24
        drawn = verbalize(agent, only=["react"], k=2, seed=1)
        assert type(drawn.react) is VerbalizedPredict
        for n in range(12):
            drawn(question=f"q{n}")
    assert len(ran) < 48


STEERING = {
    "question -> tool_name, tool_args: dict[str, str]": True,
    "question -> next_action: Literal['search', 'answer']": True,
    "state -> move: Literal['left', 'right', 'finish']": True,
    "notes -> finished: bool": True,
    "task -> generated_code": True,
    "question -> answer": False,
    "text -> genre: Literal['joke', 'poem']": False,
    "scene -> action": False,
    "ticket -> status: Literal['open', 'done']": False,
    "ticket -> urgent: bool, team": False,
    "text -> toolbox_review": False,
}


@pytest.mark.parametrize("signature", STEERING)
def test_what_steers_is_told_by_its_outputs(signature: str) -> None:
    class Program(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.step = dspy.Predict(signature)
            self.other = dspy.Predict("a -> b")

    kinds = [type(each) for each in verbalize(Program()).predictors()]
    assert kinds == [dspy.Predict if STEERING[signature] else VerbalizedPredict, VerbalizedPredict]
    # A predictor by itself has nothing to steer, and one that is named is wanted.
    assert type(verbalize(dspy.Predict(signature))) is VerbalizedPredict
    assert type(verbalize(Program(), only="step").step) is VerbalizedPredict


def test_several_replies_become_one_call_for_as_many_candidates(scripted: Any, caplog: Any) -> None:
    items = [{"answer": str(n), "probability": 0.1} for n in range(5)]
    lm = scripted(f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]")
    varied = verbalize(dspy.Predict("question -> answer", n=5, temperature=0.8))
    assert "one call asks for k=5" in caplog.text
    assert "k=5" in repr(varied) and varied.config == {"temperature": 0.8}
    with dspy.context(lm=lm):
        assert len(varied(question="?").completions.answer) == 5
    assert len(lm.script.requests) == 1
    assert "five possible" in lm.script.requests[0][0]["content"]
    assert verbalize(dspy.Predict("question -> answer", n=5), k=3).settings.elicitation.k == 3
    assert verbalize(dspy.Predict("question -> answer"), n=3).config == {"n": 3}


def test_outputs_with_a_distribution_of_their_own_are_left_alone(caplog: Any) -> None:
    decisions = pytest.importorskip("dspy.adapters.types.decision")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        poor, good = "poor", "good"
        kinds = [
            decisions.Choice[("billing", "Payment"), ("login", "Access")],
            decisions.Noul,
            list[decisions.Score[poor, good]],
        ]

    class Program(dspy.Module):
        def __init__(self, kind: Any) -> None:
            super().__init__()
            self.decide = dspy.Predict(dspy.Signature("ticket -> answer").append("kind", dspy.OutputField(), kind))
            self.reply = dspy.Predict("ticket -> reply")

    for kind in kinds:
        copy = verbalize(Program(kind))
        assert [type(each) for each in copy.predictors()] == [dspy.Predict, VerbalizedPredict]
        assert "distribution of its own" in caplog.text
        with pytest.raises(SettingsError, match="distribution of its own"):
            VerbalizedPredict(copy.decide.signature)
