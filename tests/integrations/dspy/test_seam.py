"""The adapter is one of DSPy's: it formats, parses, calls, and writes training rows that inference agrees with."""

from __future__ import annotations

import asyncio
import json
import pickle
from functools import partial
from typing import Any

import dspy
import pytest
from dspy.teleprompt.bootstrap_finetune import build_call_data_from_trace
from dspy_verbalized_sampling import (
    VerbalizedAdapter,
    VerbalizedPredict,
    diversity,
    verbalize,
    verbalized,
    weighted_majority,
)

from verbalized_sampling import SettingsError

ITEMS = [{"answer": "red", "probability": 0.6}, {"answer": "blue", "probability": 0.4}]
REPLIES = {
    dspy.ChatAdapter: f"[[ ## candidates ## ]]\n{json.dumps(ITEMS)}\n\n[[ ## completed ## ]]",
    dspy.JSONAdapter: json.dumps({"candidates": ITEMS}),
    dspy.XMLAdapter: f"<candidates>{json.dumps(ITEMS)}</candidates>",
}


@pytest.mark.parametrize("call", ["sync", "async"])
@pytest.mark.parametrize("kind", REPLIES)
def test_it_can_be_configured_for_plain_predictors(kind: Any, call: str, scripted: Any) -> None:
    predict = dspy.Predict("question -> answer")
    lm = scripted(REPLIES[kind])
    with dspy.context(lm=lm, adapter=VerbalizedAdapter(kind(), k=2, select="argmax")):
        prediction = predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
    assert (prediction.answer, prediction.completions.answer) == ("red", ["red", "blue"])
    assert len(lm.script.requests) == 1


@pytest.mark.parametrize(
    "adapter", [VerbalizedAdapter(k=2, select="argmax"), dspy.ChatAdapter()], ids=["ours", "plain"]
)
def test_a_plain_prediction_has_what_is_behind_it_and_no_other_field(adapter: Any, scripted: Any) -> None:
    predict, trace = dspy.ChainOfThought("question -> answer"), []
    ours = isinstance(adapter, VerbalizedAdapter)
    reply = "[[ ## reasoning ## ]]\nwell\n\n" + (REPLIES[dspy.ChatAdapter] if ours else "[[ ## answer ## ]]\nred")
    with dspy.context(lm=scripted(reply), adapter=adapter, trace=trace):
        prediction, again = predict(question="?"), predict(question="?")
    assert dict(prediction.items()) == {"reasoning": "well", "answer": "red"}
    assert prediction == again and hash(prediction) == hash(again)
    if not ours:
        with pytest.raises(ValueError, match="VerbalizedAdapter"):
            verbalized(prediction)
        return
    assert verbalized(prediction).weights == pytest.approx([0.6, 0.4])
    assert [verbalized(prediction.completions[n]).weight for n in range(2)] == pytest.approx([0.6, 0.4])
    assert {each.answer for each in verbalized(prediction).sample(20, seed=1)} == {"red", "blue"}
    assert weighted_majority(prediction).answer == weighted_majority(prediction.completions[1]).answer == "red"
    assert diversity(prediction) == pytest.approx(0.48)
    assert verbalized(pickle.loads(pickle.dumps(prediction.completions[1]))).weight == pytest.approx(0.4)
    assert json.loads(json.dumps(prediction.toDict()))["answer"] == "red"
    demo = dspy.Example(augmented=True, question="?", **prediction)
    assert set(demo.keys()) == {"augmented", "question", "reasoning", "answer"}
    row = build_call_data_from_trace(trace, 0, adapter)
    assert REPLIES[dspy.ChatAdapter].splitlines()[1] in row["messages"][-1]["content"]


@pytest.mark.parametrize("kind", REPLIES)
def test_format_is_what_a_predictor_sends_and_parse_reads_the_reply(kind: Any, scripted: Any) -> None:
    predict, lm = VerbalizedPredict("question -> answer", k=2, select="argmax"), scripted(REPLIES[kind])
    with dspy.context(lm=lm, adapter=kind()):
        predict(question="?")
    adapter = VerbalizedAdapter(kind(), settings=predict.settings)
    assert adapter.format(predict.signature, [], {"question": "?"}) == lm.script.requests[0]
    assert adapter.parse(predict.signature, REPLIES[kind]) == {"answer": "red"}


@pytest.mark.parametrize("program", [dspy.Predict("question -> answer"), dspy.ChainOfThought("question -> answer")])
@pytest.mark.parametrize("kind", REPLIES)
def test_a_model_that_answers_as_trained_is_read(kind: Any, program: Any, scripted: Any) -> None:
    reply = REPLIES[kind]
    if isinstance(program, dspy.ChainOfThought):
        reply = {
            dspy.ChatAdapter: f"[[ ## reasoning ## ]]\nwell\n\n{reply}",
            dspy.JSONAdapter: json.dumps({"reasoning": "well", "candidates": ITEMS}),
            dspy.XMLAdapter: f"<reasoning>well</reasoning>{reply}",
        }[kind]
    student, lm = verbalize(program, k=2, seed=1), scripted(reply)
    trace: list[Any] = []
    with dspy.context(lm=lm, adapter=kind(), trace=trace):
        taught = student(question="?")
    (predict,) = student.predictors()
    row = build_call_data_from_trace(trace, 0, VerbalizedAdapter(kind(), settings=predict.settings))
    *asked, answer = row["messages"]
    assert asked == lm.script.requests[0]
    assert answer["role"] == "assistant"
    with dspy.context(lm=scripted(answer["content"]), adapter=kind()):
        again = student(question="?")
    assert again.distribution.candidates == taught.distribution.candidates
    assert again == taught


def test_a_single_answer_is_no_certainty_in_a_row() -> None:
    adapter = VerbalizedAdapter(k=2)
    row = adapter.format_finetune_data(dspy.Signature("q -> answer"), [], {"q": "?"}, dspy.Prediction(answer="red"))
    assert '"answer": "red"' in row["messages"][-1]["content"]
    assert "probability" not in row["messages"][-1]["content"]


def test_optimizers_that_train_take_it() -> None:
    from dspy.clients.utils_finetune import infer_data_format

    assert isinstance(VerbalizedAdapter(), dspy.Adapter)
    assert infer_data_format(VerbalizedAdapter())


@pytest.mark.parametrize("kind", REPLIES)
@pytest.mark.parametrize("whose", ["instance", "subclass"])
def test_a_parse_of_ones_own_is_honoured(kind: Any, whose: str, scripted: Any) -> None:
    seen: list[str] = []

    def parse(self: Any, signature: Any, completion: str) -> Any:
        seen.append(completion)
        return kind.parse(self, signature, completion.replace("azul", "blue"))

    inner = kind() if whose == "instance" else type("Own", (kind,), {"parse": parse})()
    if whose == "instance":
        inner.parse = partial(parse, inner)
    before = dict(vars(inner))
    reply = REPLIES[kind].replace("blue", "azul")
    with dspy.context(lm=scripted(reply), adapter=inner):
        prediction = VerbalizedPredict("question -> answer", k=2, select="first")(question="?")
    assert prediction.completions.answer == ["red", "blue"]
    assert prediction.distribution.repairs == ()
    assert seen == [reply]
    assert vars(inner) == before


def test_a_signature_without_a_choice_goes_to_the_inner_adapter() -> None:
    signature = dspy.Signature({"q": (str, dspy.InputField()), "calls": (dspy.ToolCalls, dspy.OutputField())})
    asked = VerbalizedAdapter().format(signature, [], {"q": "?"})
    assert asked == dspy.ChatAdapter().format(signature, [], {"q": "?"})


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(SettingsError, match="'kk'"):
        VerbalizedAdapter(kk=3)
    with pytest.raises(SettingsError, match="adapter must be"):
        VerbalizedAdapter(dspy.JSONAdapter)
