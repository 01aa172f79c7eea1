"""A reply without candidates is what plain DSPy would have made of it, on record, or an error on request."""

from __future__ import annotations

import json
import re
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedAdapter, VerbalizedPredict, verbalize

from verbalized_sampling import Repair, SettingsError

PLAIN = {
    dspy.ChatAdapter: "[[ ## reasoning ## ]]\nwell\n\n[[ ## answer ## ]]\n{}\n\n[[ ## completed ## ]]",
    dspy.JSONAdapter: '{{"reasoning": "well", "answer": "{}"}}',
    dspy.XMLAdapter: "<reasoning>well</reasoning>\n<answer>{}</answer>",
}


@pytest.mark.parametrize("adapter", PLAIN)
@pytest.mark.parametrize(
    ("kind", "text", "value"), [("str", "red", "red"), ("float", "4.5", 4.5), ("bool", "True", True)]
)
def test_the_plain_format_is_one_candidate(kind: str, text: str, value: Any, adapter: Any, scripted: Any) -> None:
    program = dspy.ChainOfThought(f"question -> answer: {kind}")
    lm = scripted(PLAIN[adapter].format(text))
    with dspy.context(lm=lm, adapter=adapter()):
        as_before, prediction = program(question="?"), verbalize(program)(question="?")
        assert (prediction.answer, prediction.reasoning) == (as_before.answer, as_before.reasoning) == (value, "well")
        assert prediction.weights == [1.0]
    assert len(lm.script.requests) == 2


@pytest.mark.parametrize("adapter", PLAIN)
def test_prose_is_the_answer_where_there_is_one_output(adapter: Any, scripted: Any) -> None:
    with dspy.context(lm=scripted("Red, I think."), adapter=adapter()):
        prediction = VerbalizedPredict("question -> answer")(question="?")
        assert prediction.answer == "Red, I think."
        (candidate,) = prediction.distribution
        assert candidate.verbalized is None
        assert {Repair.OTHER_FORMAT, Repair.MISSING_PROBABILITY} <= {
            *candidate.repairs,
            *prediction.distribution.repairs,
        }
        with pytest.raises(AdapterParseError):
            VerbalizedPredict("question -> answer", on_empty="raise")(question="?")
        with pytest.raises(AdapterParseError):
            VerbalizedPredict("question -> answer: float")(question="?")
        with pytest.raises(AdapterParseError):
            VerbalizedPredict("question -> answer, other")(question="?")


@pytest.mark.parametrize(
    "reply",
    ["", "{", "[]", "I'm sorry, but I can't help with that.", '{"candidates": []}', "[[ ## candidates ## ]]\n[]"],
)
def test_nothing_is_made_of_nothing(reply: str, scripted: Any) -> None:
    with dspy.context(lm=scripted(reply)), pytest.raises(AdapterParseError):
        VerbalizedPredict("question -> answer")(question="?")


ITEMS = [{"answer": "red", "probability": 0.6}, {"answer": "blue", "probability": 0.4}]
REPLIES = {
    dspy.ChatAdapter: f"[[ ## candidates ## ]]\n{json.dumps(ITEMS)}\n\n[[ ## completed ## ]]",
    dspy.JSONAdapter: json.dumps({"candidates": ITEMS}),
    dspy.XMLAdapter: f"<candidates>{json.dumps(ITEMS)}</candidates>",
}


def reply(k: int) -> str:
    items = [{"answer": str(n), "probability": 0.1} for n in range(k)]
    return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"


async def test_settings_at_call_time_are_ours_and_never_the_providers(scripted: Any) -> None:
    predict, lm = VerbalizedPredict("question -> answer", k=2), scripted(reply(2))
    with dspy.context(lm=lm):
        predict(question="?", config={"k": 7, "tau": 0.2, "temperature": 0.9})
        await predict.acall(question="?", config={"k": 8})
        predict.update_config(k=9, tau=0.3, temperature=0.8)
        predict(question="?")
        predict(question="?", config={"tau": None})
    asked = [messages[0]["content"] for messages in lm.script.requests]
    assert [re.search(r"list of (\w+) ", text)[1] for text in asked] == ["seven", "eight", "nine", "nine"]
    assert ["0.2" in asked[0], "0.3" in asked[2], "0.3" in asked[3]] == [True, True, False]
    sent = [entry["kwargs"] for entry in lm.history]
    assert not any({"k", "tau"} & kwargs.keys() for kwargs in sent)
    assert [kwargs.get("temperature") for kwargs in sent] == [0.9, None, 0.8, 0.8]
    assert repr(predict).endswith("k=9, tau=0.3)")


async def test_so_are_those_of_a_plain_predictor_under_the_adapter(scripted: Any) -> None:
    predict, lm = dspy.Predict("question -> answer"), scripted(reply(7))
    with dspy.context(lm=lm, adapter=VerbalizedAdapter(k=2)):
        predict(question="?", config={"k": 7, "tau": 0.2, "temperature": 0.9, "seed": 3})
        await predict.acall(question="?", config={"k": 8})
    assert [re.search(r"list of (\w+) ", each[0]["content"])[1] for each in lm.script.requests] == ["seven", "eight"]
    sent = [entry["kwargs"] for entry in lm.history]
    assert not any({"k", "tau"} & kwargs.keys() for kwargs in sent)
    assert [kwargs.get("seed") for kwargs in sent] == [3, None]  # it is the model's there


@pytest.mark.parametrize(
    ("wrong", "meant"), [("kk", "k"), ("K", "k"), ("taus", "tau"), ("selct", "select"), ("min_vald", "min_valid")]
)
def test_a_misspelt_setting_is_refused_with_a_suggestion(wrong: str, meant: str, scripted: Any) -> None:
    predict = VerbalizedPredict("question -> answer")
    with dspy.context(lm=scripted(reply(2))):
        for ask in (
            lambda: VerbalizedPredict("question -> answer", **{wrong: 3}),
            lambda: predict(question="?", config={wrong: 3}),
            lambda: predict.update_config(**{wrong: 3}),
            lambda: verbalize(dspy.Predict("question -> answer"), **{wrong: 3}),
        ):
            with pytest.raises(SettingsError, match=f"did you mean '{meant}'"):
                ask()


OF_THE_MODEL = """n top_k top_p temperature max_tokens max_completion_tokens stop logprobs top_logprobs response_format
rollout_id timeout tools tool_choice user metadata extra_body extra_headers reasoning_effort presence_penalty logit_bias
cache prediction stream api_key api_base num_retries model service_tier store modalities min_p verbosity thinking"""


@pytest.mark.parametrize("name", OF_THE_MODEL.split())
def test_what_models_take_is_theirs(name: str) -> None:
    assert VerbalizedPredict("question -> answer", **{name: 1}).config == {name: 1}


def test_what_is_verbalized_already_takes_the_new_settings() -> None:
    once = verbalize(dspy.ChainOfThought("question -> answer"), k=3, tau=0.2, seed=1)
    again = verbalize(once, k=7)
    assert (again.predict.settings.elicitation.k, again.predict.settings.elicitation.tau) == (7, 0.2)
    assert (once.predict.settings.elicitation.k, again.predict.settings.seed) == (3, 1)


@pytest.mark.parametrize("adapter", REPLIES)
def test_several_replies_merge_and_count(adapter: Any) -> None:
    class Several(dspy.BaseLM):
        def __call__(self, prompt: Any = None, messages: Any = None, **kwargs: Any) -> list[str]:
            return [REPLIES[adapter]] * kwargs["n"]

    with dspy.context(lm=Several("several"), adapter=adapter()):
        prediction = VerbalizedPredict("question -> answer", k=2, n=3)(question="?")
    assert [(c.value, c.count) for c in prediction.distribution] == [("red", 3), ("blue", 3)]
    assert prediction.distribution[0].probability == pytest.approx(0.6)


class Keeping(dspy.BaseLM):
    """A model that returns these outputs, and keeps in its history why they ended."""

    def __init__(self, *outputs: tuple[str, str]) -> None:
        super().__init__("openai/none")
        self.returned = outputs

    def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> list[str]:
        texts = [text for text, _ in self.returned]
        choices = [{"finish_reason": reason, "message": {"content": text}} for text, reason in self.returned]
        self.history.append({"outputs": texts, "response": {"choices": choices}})
        return texts


@pytest.mark.parametrize("outputs", [[None], [""], [{"text": None}], []])
@pytest.mark.parametrize("adapter", PLAIN)
def test_a_model_that_returns_no_text_has_not_answered(adapter: Any, outputs: list[Any]) -> None:
    class Mute(dspy.BaseLM):
        def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> list[Any]:
            return outputs

    with dspy.context(lm=Mute("openai/none"), adapter=adapter()), pytest.raises(AdapterParseError, match="0 valid"):
        VerbalizedPredict("question -> answer")(question="?")


def test_an_empty_reply_among_several_costs_itself_only() -> None:
    whole = REPLIES[dspy.ChatAdapter]
    with dspy.context(lm=Keeping((whole, "stop"), ("", "content_filter"), (whole, "length"))):
        distribution = VerbalizedPredict("question -> answer", k=2, n=3)(question="?").distribution
    assert [(c.value, c.count) for c in distribution] == [("red", 2), ("blue", 2)]
    assert distribution.truncated
    assert Repair.UNREADABLE_REPLY in distribution.repairs


def test_prose_that_was_cut_says_so_and_what_was_blocked_is_no_answer() -> None:
    with dspy.context(lm=Keeping(("Red, I th", "length"))):
        distribution = VerbalizedPredict("question -> answer")(question="?").distribution
        assert distribution.truncated and distribution[0].value == "Red, I th"
        with pytest.raises(AdapterParseError, match="raise max_tokens"):
            VerbalizedPredict("question -> answer", on_empty="raise")(question="?")
    with (
        dspy.context(lm=Keeping(("Red, I th", "content_filter"))),
        pytest.raises(AdapterParseError, match="declined to answer: Red, I th"),
    ):
        VerbalizedPredict("question -> answer")(question="?")
