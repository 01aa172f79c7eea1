"""Existing programs: a verbalized copy, with all that the program knew, and the program as it was."""

from __future__ import annotations

import json
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, verbalize

from verbalized_sampling import SettingsError

ITEMS = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]


class Pipeline(dspy.Module):
    def __init__(self) -> None:
        super().__init__()
        self.draft = dspy.Predict("question -> answer", temperature=0.5)
        self.again = {"same": self.draft}
        self.judge = dspy.ChainOfThought("question, answer -> verdict")

    def forward(self, question: str) -> Any:
        return self.again["same"](question=question)


def test_a_copy_is_verbalized_and_the_program_is_not(dummy: Any) -> None:
    program = Pipeline()
    program.draft.demos = [dspy.Example(question="a", answer="b")]
    copy = verbalize(program, k=3, seed=1)
    assert [type(p) for p in copy.predictors()] == [VerbalizedPredict] * 2
    assert [type(p) for p in program.predictors()] == [dspy.Predict] * 2
    assert copy.again["same"] is copy.draft
    assert copy.draft.config == {"temperature": 0.5}
    assert copy.draft.demos == program.draft.demos
    assert copy.draft.settings.elicitation.k == 3
    with dspy.context(lm=dummy(ITEMS)):
        assert copy(question="?").answer in ("red", "blue")


def test_only_what_is_named_is_verbalized() -> None:
    program = Pipeline()
    copy = verbalize(program, only="judge.predict", temperature=1.0)
    assert [type(p) for p in copy.predictors()] == [dspy.Predict, VerbalizedPredict]
    assert copy.judge.predict.config == {"temperature": 1.0}
    with pytest.raises(SettingsError, match="there are draft, judge.predict"):
        verbalize(program, only=["draft", "nobody"])


def test_a_predictor_by_itself_and_one_that_learned(dummy: Any) -> None:
    plain = dspy.Predict("question -> answer")
    plain.lm = dummy(ITEMS)
    copy = verbalize(plain, select="argmax")
    assert type(plain) is dspy.Predict
    assert copy(question="?").answer == "red"


def test_callbacks_come_along() -> None:
    from dspy.utils.callback import BaseCallback

    callback = BaseCallback()
    plain = dspy.Predict("question -> answer", callbacks=[callback])
    assert verbalize(plain).callbacks == [callback]


@pytest.mark.parametrize("schema", [True, False])
@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter])
def test_react_keeps_the_arguments_of_its_tools(adapter: Any, schema: bool, scripted: Any) -> None:
    called: list[dict[str, Any]] = []

    def search(query: str, limit: int = 1) -> str:
        """Searches."""
        called.append({"query": query, "limit": limit})
        return "found"

    steps = iter(["search", "finish"])

    def answer(messages: Any) -> str:
        extract = "next_tool_name" not in messages[0]["content"]
        if extract:
            items = [{"answer": "A", "probability": 0.9}]
        else:
            tool = next(steps)
            args = {"query": "ducks", "limit": 3} if tool == "search" else {}
            items = [{"next_thought": "t", "next_tool_name": tool, "next_tool_args": args, "probability": 0.9}]
        values: dict[str, Any] = {"reasoning": "r", "candidates": items} if extract else {"candidates": items}
        if adapter is dspy.JSONAdapter:
            return json.dumps(values)
        return "\n\n".join(f"[[ ## {k} ## ]]\n{v if k == 'reasoning' else json.dumps(v)}" for k, v in values.items())

    lm = scripted(answer, schema=schema)
    agent = verbalize(dspy.ReAct("question -> answer", tools=[search]), only=["react", "extract.predict"], k=1)
    with dspy.context(lm=lm, adapter=adapter()):
        assert agent(question="?").answer == "A"
    assert called == [{"query": "ducks", "limit": 3}]
    if adapter is dspy.JSONAdapter and schema:
        formats = [entry["kwargs"].get("response_format") for entry in lm.history]
        assert formats[:2] == [{"type": "json_object"}] * 2  # a strict schema would allow no arguments
        assert "candidates" in json.dumps(formats[2].model_json_schema())


def test_a_strict_schema_is_sent_where_it_says_everything(scripted: Any) -> None:
    lm = scripted(json.dumps({"candidates": ITEMS}), schema=True)
    with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
        VerbalizedPredict("question -> answer")(question="?")
    schema = lm.history[0]["kwargs"]["response_format"].model_json_schema()
    item = schema["properties"]["candidates"]["items"]
    assert item["required"] == ["answer", "probability"]
    assert item["additionalProperties"] is False


def test_a_signature_without_a_choice_is_left_alone() -> None:
    signature = dspy.Signature({"question": (str, dspy.InputField()), "calls": (dspy.ToolCalls, dspy.OutputField())})
    with pytest.raises(SettingsError, match="differ"):
        VerbalizedPredict(signature)
    with pytest.raises(SettingsError, match="the predictor cannot be verbalized: .* differ"):
        verbalize(dspy.Predict(signature))
    with pytest.raises(SettingsError, match="only is empty; there are draft, judge.predict"):
        verbalize(Pipeline(), only=[])


def test_a_program_of_nothing_but_steps_comes_back_as_it_was(caplog: Any) -> None:
    class Routing(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.route = dspy.Predict("question -> next_tool_name: Literal['search', 'finish']")

    copy = verbalize(Routing())
    assert type(copy.route) is dspy.Predict
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "verbalize leaves route as it is",
        "verbalize leaves Routing as it is",
    ]


def test_best_of_n_and_refine_ask_for_new_rollouts(scripted: Any) -> None:
    asked = iter(range(100))

    def answer(messages: Any) -> str:
        if "advice" in messages[0]["content"]:
            return '[[ ## discussion ## ]]\nd\n\n[[ ## advice ## ]]\n{"self": "be better"}\n\n[[ ## completed ## ]]'
        n = next(asked)
        return f'[[ ## candidates ## ]]\n[{{"answer": "{n}", "probability": 1.0}}]\n\n[[ ## completed ## ]]'

    lm = scripted(answer, cache=True)
    for kind in (dspy.BestOfN, dspy.Refine):
        module = kind(
            VerbalizedPredict("question -> answer"), N=3, reward_fn=lambda _, p: float(p.answer), threshold=99.0
        )
        with dspy.context(lm=lm):
            prediction = module(question=kind.__name__)
        assert prediction.answer == {"BestOfN": "2", "Refine": "5"}[kind.__name__]
        assert len(prediction.distribution) == 1


def test_refine_gives_its_advice_to_a_verbalized_predictor(scripted: Any) -> None:
    def answer(messages: Any) -> str:
        if "`advice`" in messages[0]["content"]:
            return '[[ ## discussion ## ]]\nd\n\n[[ ## advice ## ]]\n{"self": "be better"}\n\n[[ ## completed ## ]]'
        good = "be better" in messages[-1]["content"]
        items = [{"answer": "good" if good else "bad", "probability": 0.9}]
        return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"

    lm = scripted(answer)
    module = dspy.Refine(
        VerbalizedPredict("question -> answer"), N=2, reward_fn=lambda _, p: float(p.answer == "good"), threshold=1.0
    )
    with dspy.context(lm=lm):
        assert module(question="?").answer == "good"
    assert len(lm.script.requests) == 3
    assert "candidates" in lm.script.requests[-1][0]["content"]


def test_parts_that_cannot_be_copied_are_shared_and_the_rest_is_verbalized() -> None:
    import threading
    from functools import partial

    class Locked(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lock = threading.Lock()
            self.answer = dspy.Predict("question -> answer")
            self.steps = [{"held": self.answer}, (self.answer, threading.Lock())]
            self.inner = Inner()

    class Inner(dspy.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lock = threading.Lock()
            self.summary = dspy.ChainOfThought("text -> summary")
            self.run = partial(self.summary)

    program = Locked()
    copy = verbalize(program, k=3)
    assert {name: type(p) for name, p in copy.named_predictors()} == dict.fromkeys(
        ("answer", "inner.summary.predict"), VerbalizedPredict
    )
    assert copy.steps[0]["held"] is copy.steps[1][0] is copy.answer
    assert copy.inner.run.func is copy.inner.summary
    assert copy.lock is program.lock
    assert {type(p) for p in program.predictors()} == {dspy.Predict}


def test_models_and_callbacks_that_predictors_share_stay_shared() -> None:
    from dspy.utils.callback import BaseCallback

    program, lm, callback = Pipeline(), dspy.LM("openai/none"), BaseCallback()
    program.set_lm(lm)
    program.judge.callbacks = [callback]
    copy = verbalize(program)
    assert copy.draft.lm is copy.judge.predict.lm
    assert copy.judge.callbacks == [callback]
