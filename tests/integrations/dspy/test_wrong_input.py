"""What a new user gets wrong, and models that do not answer: an error that says what to do, and one call at most."""

from __future__ import annotations

from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedAdapter, VerbalizedPredict, VerbalizedSampling, diversify, verbalize
from pydantic import BaseModel

from verbalized_sampling import SettingsError


class NoSignature(BaseModel):
    answer: str


@pytest.mark.parametrize("signature", [3, None, NoSignature, "question -> "])
def test_what_is_no_signature_with_outputs_is_refused(signature: Any) -> None:
    with pytest.raises(SettingsError, match="signature"):
        VerbalizedSampling(signature)


@pytest.mark.parametrize("adapter", ["json", dspy.JSONAdapter, 3])
def test_what_is_no_adapter_is_refused(adapter: Any, dummy: Any) -> None:
    predict = VerbalizedPredict("question -> answer")
    with dspy.context(lm=dummy([]), adapter=adapter), pytest.raises(SettingsError, match=r"such as dspy.JSONAdapter"):
        predict(question="?")


def test_what_is_no_program_and_no_inputs_is_refused() -> None:
    for program in ("question -> answer", dspy.Predict, None):
        with pytest.raises(SettingsError, match="program must be a module"):
            verbalize(program)
    with pytest.raises(SettingsError, match="program must be a module"):
        VerbalizedAdapter(program="question -> answer")
    for total in ("3", 2.5, 0):
        with pytest.raises(SettingsError, match="total must be a whole number"):
            diversify("question -> answer", {"question": "?"}, total=total)
    for inputs in ("?", ["?"], [["question", "?"]]):
        with pytest.raises(SettingsError, match="by name"):
            diversify("question -> answer", inputs, total=3)


def test_a_call_without_a_model_says_how_to_configure_one() -> None:
    with pytest.raises(ValueError, match=r"dspy.configure"):
        VerbalizedSampling("question -> answer")(question="?")


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I'm sorry, but I can't help with that.", "declined to answer"),
        ("Paris or Lyon, I would say.", "no candidates found"),
        ("", "empty"),
    ],
)
def test_a_model_that_gives_no_candidates_is_asked_once_and_told_of(
    reply: str, reason: str, adapter: Any, scripted: Any
) -> None:
    lm = scripted(reply)
    predict = VerbalizedPredict("question -> answer", on_empty="raise")
    with dspy.context(lm=lm, adapter=adapter()), pytest.raises(AdapterParseError) as caught:
        predict(question="?")
    assert reason in str(caught.value)
    assert str(caught.value).count("Expected to find output fields") == 1
    assert caught.value.signature is predict.signature
    assert len(lm.script.requests) == 1


class NoReplies(dspy.BaseLM):
    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("silent/silent")
        self.error = error

    def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> list[str]:
        if self.error:
            raise self.error
        return []


def test_no_reply_at_all_is_like_an_empty_one() -> None:
    with pytest.raises(AdapterParseError, match="0 valid candidates"):
        VerbalizedPredict("question -> answer")(question="?", lm=NoReplies())


def test_an_error_of_the_model_is_passed_on_as_it_is() -> None:
    error = ConnectionError("no route")
    with pytest.raises(ConnectionError) as caught:
        VerbalizedPredict("question -> answer", max_extra_calls=3)(question="?", lm=NoReplies(error))
    assert caught.value is error


def test_the_text_of_an_unreadable_reply_is_kept_when_a_later_one_is_read(scripted: Any) -> None:
    replies = iter(["no idea", '[[ ## candidates ## ]]\n[{"answer": "a", "probability": 0.5}]'])
    with dspy.context(lm=scripted(lambda _: next(replies))):
        found = VerbalizedPredict("question -> answer", k=1, max_extra_calls=1)(question="?").distribution
    assert [dropped.text for dropped in found.dropped] == ["no idea"]
    assert [repair.value for repair in found.repairs] == ["unreadable_reply"]
