"""What is said of a signature is made once, and is never out of date."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedPredict
from dspy_verbalized_sampling.said import Said
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel


class City(BaseModel):
    name: str
    people: int


ADAPTERS = [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter]
ITEMS = [{"answer": "a", "probability": 0.5}]


def signature(kind: Any = str) -> Any:
    inputs = {"question": (str, dspy.InputField(desc="asked by a child"))}
    return dspy.Signature({**inputs, "answer": (kind, dspy.OutputField(desc="short"))}, "Answer it.")


def sent(predict: Any, adapter: Any, lm: Any) -> list[dict[str, Any]]:
    with dspy.context(lm=lm, adapter=adapter):
        predict(question="?")
    return copy.deepcopy(lm.history[-1]["messages"])


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_saying_it_once_says_the_same(adapter: Any, dummy: Any) -> None:
    again = type(adapter.__name__, (adapter,), {})  # any other class than DSPy's own is asked in each call
    for kind, value in ((str, "a"), (City, {"name": "Lyon", "people": 5})):
        predict = VerbalizedPredict(signature(kind))
        said = [
            sent(predict, one(), dummy([{"answer": value, "probability": 0.5}], adapter=adapter()))
            for one in (adapter, adapter, again)
        ]
        assert said[0] == said[1] == said[2]
        assert "asked by a child" in said[0][0]["content"]


TEXT = st.text(max_size=8) | st.sampled_from(["", " a", "a\n", "<a>&amp;", "{a}", "\\1", "[[ ## b ## ]]", "\x02<&"])
VALUE = TEXT | st.integers() | st.none() | st.lists(TEXT, max_size=2)


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(asked=st.lists(st.dictionaries(st.sampled_from(["first", "second", "other"]), VALUE), max_size=4))
def test_inputs_are_put_where_the_adapter_puts_them(adapter: Any, asked: list[dict[str, Any]]) -> None:
    both = dspy.Signature("first, second -> answer")
    said, plain = Said(both), adapter()
    for inputs in asked:
        for main in (True, False):
            expected = plain.format_user_message_content(both, inputs, "", "", main)
            assert said.of_inputs(plain.format_user_message_content, both, inputs, "", "", main) == expected


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_whatever_is_changed_takes_effect_at_once(adapter: Any, dummy: Any) -> None:
    predict = VerbalizedPredict(signature())

    def system() -> str:
        return str(sent(predict, adapter(), dummy(ITEMS, adapter=adapter()))[0]["content"])

    assert "asked by a child" in system() and "short" in system()
    predict.signature.input_fields["question"].json_schema_extra["desc"] = "asked by a king"
    assert "asked by a king" in system()
    predict.signature.output_fields["answer"].json_schema_extra["desc"] = "very long"
    assert "very long" in system()
    predict.signature.instructions = "Do not answer it."
    assert "Do not answer it." in system()
    predict.signature = predict.signature.with_updated_fields("answer", desc="of three words")
    assert "of three words" in system() and "very long" not in system()
    elicitation = dataclasses.replace(predict.settings.elicitation, k=9)
    predict.settings = dataclasses.replace(predict.settings, elicitation=elicitation)
    assert "list of nine" in system()
    predict.demos = [dspy.Example(question="Sky?", answer="blue")]
    assert "Sky?" in system()


def test_an_adapter_of_ones_own_is_asked_each_time(dummy: Any) -> None:
    class Counting(dspy.ChatAdapter):
        calls = 0

        def format_system_message(self, signature: Any) -> str:
            Counting.calls += 1
            return f"{Counting.calls}. {super().format_system_message(signature)}"

    predict, patched = VerbalizedPredict(signature()), dspy.ChatAdapter()
    assert [sent(predict, Counting(), dummy(ITEMS))[0]["content"][:2] for _ in range(3)] == ["1.", "2.", "3."]
    for words in ("one", "two"):
        patched.format_system_message = lambda _, words=words: words
        assert sent(predict, patched, dummy(ITEMS))[0]["content"] == words
    assert json.dumps(sent(predict, dspy.ChatAdapter(), dummy(ITEMS))).count("asked by a child") == 1


def test_an_adapter_with_a_call_of_its_own_sees_the_users_signature(dummy: Any) -> None:
    predict, seen = VerbalizedPredict(signature()), []

    class Wrapping(dspy.ChatAdapter):
        def __call__(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
            seen.append((signature, lm.model))
            hinted = signature.append("hint", dspy.InputField())
            return super().__call__(lm, lm_kwargs, hinted, demos, {**inputs, "hint": "be brief"})

    for k in (2, 3):
        predict.settings = VerbalizedPredict(signature(), k=k).settings
        asked = sent(predict, Wrapping(), dummy(ITEMS))
        assert "be brief" in asked[-1]["content"]
        assert "candidates" in asked[0]["content"]
    assert seen == [(predict.signature, "dummy")] * 2


@pytest.mark.parametrize("call", ["sync", "async"])
def test_an_adapter_that_passes_on_to_another_is_run_once(call: str, scripted: Any) -> None:
    predict, inner, seen = VerbalizedPredict(signature(), k=2), dspy.JSONAdapter(), []

    class Wrapping:
        def __call__(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
            seen.append(signature)
            hinted = signature.append("hint", dspy.InputField())
            return inner(lm, lm_kwargs, hinted, demos, {**inputs, "hint": "be brief"})

        async def acall(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
            seen.append(signature)
            hinted = signature.append("hint", dspy.InputField())
            return await inner.acall(lm, lm_kwargs, hinted, demos, {**inputs, "hint": "be brief"})

    lm = scripted(json.dumps({"candidates": ITEMS}))
    with dspy.context(lm=lm, adapter=Wrapping()):
        prediction = predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
    assert len(prediction.distribution) == len(ITEMS)
    assert seen == [predict.signature]
    (asked,) = lm.script.requests
    assert "be brief" in asked[-1]["content"]
    assert "candidates" in asked[0]["content"]


def test_what_an_adapter_keeps_in_itself_stays_there(dummy: Any) -> None:
    class Counting(dspy.ChatAdapter):
        def __init__(self) -> None:
            super().__init__()
            self.count = 0

        def format(self, signature: Any, demos: Any, inputs: Any) -> Any:
            self.count += 1
            self.last = super().format(signature, demos, inputs)
            return self.last

    predict, adapter = VerbalizedPredict(signature()), Counting()
    asked = [sent(predict, adapter, dummy(ITEMS)) for _ in range(2)]
    assert adapter.count == 2
    assert adapter.last == asked[-1]
    assert type(adapter) is Counting


@pytest.mark.parametrize("call_of_its_own", [True, False])
def test_a_wrapping_adapter_asks_no_second_time(call_of_its_own: bool, scripted: Any) -> None:
    class Wrapping(dspy.ChatAdapter):
        if call_of_its_own:

            def __call__(self, *args: Any, **kwargs: Any) -> Any:
                return super().__call__(*args, **kwargs)

    lm = scripted("no idea")
    with dspy.context(lm=lm, adapter=Wrapping()), pytest.raises(AdapterParseError):
        VerbalizedPredict(signature(), on_empty="raise")(question="?")
    assert len(lm.script.requests) == 1
