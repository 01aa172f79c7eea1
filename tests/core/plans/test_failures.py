"""Refusals and errors within a plan, and what had been read before them."""

from __future__ import annotations

import asyncio

import pytest

from verbalized_sampling import (
    Elicitation,
    ModelError,
    RefusalError,
    Repair,
    Reply,
    adrive,
    drive,
)

from .said import FIVE, reply


@pytest.mark.parametrize(
    "refused",
    [
        Reply("", refusal="I can't help with that."),
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "As an AI language model, I am unable to write this.",
        "Lo siento, no puedo ayudar con eso.",
        "抱歉，我无法协助完成这个请求。",
    ],
)
def test_a_refusal_is_raised_and_not_asked_again(script, refused):
    model = script(refused, FIVE)
    with pytest.raises(RefusalError, match="refused"):
        drive(Elicitation().plan("x"), model)
    assert len(model.requests) == 1


def test_words_of_regret_in_an_answer_are_no_refusal(script):
    d = drive(Elicitation(k=1).plan("x"), script(reply(("I'm sorry, I can't come to the party.", 0.4))))
    assert d[0].text.startswith("I'm sorry")


def test_what_earlier_turns_gave_is_not_lost(script):
    for ending in (Reply("", refusal="No."), ModelError("gone")):
        with pytest.raises((RefusalError, ModelError)) as caught:
            drive(Elicitation(variant="multi", k=1).plan("x"), script(reply(("a", 0.5)), ending))
        assert [c.text for c in caught.value.salvaged] == ["a"]


class SlottedError(Exception):
    __slots__ = ()

    def __setattr__(self, name, value):
        raise AttributeError(name)


@pytest.mark.parametrize(
    "error",
    [ModelError("gone", status=429), TimeoutError("slow"), ValueError("bad"), KeyboardInterrupt(), RefusalError("No.")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_any_class_carries_what_was_read_before_it(script, error):
    model = script(*(reply((f"{t}a", 0.5), (f"{t}b", 0.3)) for t in range(2)))

    def call(request):
        if len(model.requests) == 2:
            raise error
        return model(request)

    with pytest.raises(type(error)) as caught:
        drive(Elicitation(variant="multi", k=2, total=6).plan("x"), call)
    assert caught.value is error and [c.text for c in error.salvaged] == ["0a", "1a", "0b", "1b"]
    assert "salvaged" in error.__notes__[0]


async def test_a_cancelled_run_carries_what_was_read_before_it():
    async def call(request):
        if len(request.messages) > 2:
            raise asyncio.CancelledError
        return reply(("a", 0.5))

    with pytest.raises(asyncio.CancelledError) as caught:
        await adrive(Elicitation(variant="multi", k=1).plan("x"), call)
    assert [c.text for c in caught.value.salvaged] == ["a"]


def test_an_error_that_takes_no_attributes_comes_out_as_it_is(script):
    with pytest.raises(SlottedError):
        drive(Elicitation(variant="multi", k=1).plan("x"), script(reply(("a", 0.5)), SlottedError()))


@pytest.mark.parametrize("error", [ModelError("busy", status=429), TimeoutError("slow"), RefusalError("No.")])
def test_an_extra_call_that_fails_costs_nothing_of_what_there_is(script, error, caplog):
    d = drive(Elicitation(k=5).plan("x"), script(reply(("a", 0.5), ("b", 0.3)), error))
    assert [c.text for c in d] == ["a", "b"] and d.usage.calls == 1
    assert set(d.repairs) == {Repair.FAILED_CALL, Repair.TOO_FEW}
    assert str(error) in caplog.text
    d = drive(Elicitation(variant="multi_turn", k=2).plan("x"), script("Red", "red", error))
    assert [c.text for c in d] == ["Red"] and Repair.FAILED_CALL in d.repairs


def test_a_bug_in_an_extra_call_is_no_failed_call(script):
    with pytest.raises(TypeError) as caught:
        drive(Elicitation(k=2).plan("x"), script(reply(("a", 0.5)), TypeError("bug")))
    assert [c.text for c in caught.value.salvaged] == ["a"]


def test_a_repair_that_fails_with_nothing_read_is_an_error(script):
    with pytest.raises(ModelError, match="busy"):
        drive(Elicitation().plan("x"), script("nothing here", ModelError("busy")))


def test_a_models_own_error_passes_through(script):
    with pytest.raises(TimeoutError):
        drive(Elicitation().plan("x"), script(TimeoutError("slow")))


def test_an_answer_that_is_no_text_is_the_models_fault():
    with pytest.raises(ModelError, match="returned None;"):
        drive(Elicitation().plan("x"), lambda request: None)
