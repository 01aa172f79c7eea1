"""Plans that ask for lists: turns, top-ups, repairs, and what is made of the replies."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import (
    DistributionParseError,
    Elicitation,
    Repair,
    Reply,
    Usage,
    adrive,
    drive,
)

from .said import FIVE, reply


def test_one_clean_reply_takes_one_call(script):
    model = script(FIVE)
    d = drive(Elicitation().plan("x"), model)
    assert [(c.text, c.verbalized) for c in d] == [("a", 0.3), ("b", 0.25), ("c", 0.2), ("d", 0.15), ("e", 0.1)]
    assert d.repairs == () and not d.truncated
    assert len(model.requests) == 1


async def test_async_gives_the_same_as_sync(script):
    replies = ("nothing here", FIVE)
    assert await adrive(Elicitation().plan("x"), script(*replies).acall) == drive(
        Elicitation().plan("x"), script(*replies)
    )


def test_multi_asks_in_turns_until_the_total_is_reached(script):
    model = script(reply(("a", 0.4), ("b", 0.2)), reply(("c", 0.3), ("d", 0.1)), reply(("e", 0.5)))
    d = drive(Elicitation(variant="multi", k=2, total=5).plan("x"), model)
    assert [r.k for r in model.requests] == [2, 2, 1]
    assert [m["role"] for m in model.requests[-1].messages] == [
        "system", "user", "assistant", "user", "assistant", "user",
    ]  # fmt: skip
    assert [c.text for c in d] == ["e", "a", "c", "b", "d"]
    assert d[0].probability == pytest.approx(0.5 / 1.5)
    assert sorted(c.index for c in d) == [0, 1, 2, 3, 4]


def test_multi_takes_two_turns_by_default(script):
    model = script(reply(("a", 0.5)), reply(("b", 0.5)))
    assert len(drive(Elicitation(variant="multi", k=1).plan("x"), model)) == 2


def test_a_duplicate_of_an_earlier_turn_is_dropped_and_recorded(script):
    model = script(reply(("Yes", 0.4), ("no", 0.2)), reply(("yes ", 0.9), ("maybe", 0.2)))
    d = drive(Elicitation(variant="multi", k=2, max_extra_calls=0).plan("x"), model)
    assert sorted(c.text for c in d) == ["Yes", "maybe", "no"]
    assert [(x.text, x.reason) for x in d.dropped] == [("yes", Repair.DUPLICATE)] or d.dropped[0].text.strip() == "yes"
    assert Repair.DUPLICATE in d.repairs and Repair.TOO_FEW in d.repairs


def test_what_is_missing_is_asked_for_once_more(script):
    model = script(reply(("a", 0.5), ("b", 0.3)), reply(("c", 0.1)))
    d = drive(Elicitation(k=3).plan("x"), model)
    assert [r.k for r in model.requests] == [3, 1]
    assert len(d) == 3 and Repair.TOO_FEW not in d.repairs


def test_an_unreadable_reply_is_asked_for_once_more(script):
    model = script("Sure! What would you like to know?", FIVE)
    d = drive(Elicitation().plan("x"), model)
    assert len(d) == 5 and Repair.UNREADABLE_REPLY in d.repairs
    assert model.requests[1].messages[-2]["content"] == "Sure! What would you like to know?"
    assert "could be read" in model.requests[1].messages[-1]["content"]


def test_after_an_empty_reply_the_same_is_sent_again(script):
    model = script(" ", FIVE)
    drive(Elicitation().plan("x"), model)
    assert model.requests[0].messages == model.requests[1].messages


@pytest.mark.parametrize("extra", [0, 1, 3])
def test_extra_calls_are_bounded(script, extra):
    model = script(*["nothing here"] * 10)
    with pytest.raises(DistributionParseError):
        drive(Elicitation(max_extra_calls=extra).plan("x"), model)
    assert len(model.requests) == 1 + extra


@given(
    k=st.integers(1, 30),
    total=st.none() | st.integers(1, 60),
    extra=st.integers(0, 3),
    given_back=st.lists(st.integers(0, 4), min_size=80, max_size=80),
)
def test_every_plan_ends_within_its_turns_and_extra_calls(script, k, total, extra, given_back):
    elicitation = Elicitation(k=k, total=total, max_extra_calls=extra, on_empty="return")
    model = script(*(reply(*((f"{turn}-{i}", 0.1) for i in range(n))) for turn, n in enumerate(given_back)))
    d = drive(elicitation.plan("x"), model)
    a_turn = math.ceil(k / math.ceil(k / 20))
    assert len(model.requests) <= math.ceil((total or k) / a_turn) + extra
    assert len(d) == sum(given_back[: len(model.requests)])
    assert (Repair.TOO_FEW in d.repairs) == (len(d) < (total or k))


def test_more_than_twenty_are_asked_for_in_turns(script):
    model = script(*(reply(*((f"{t}-{i}", 0.1) for i in range(15))) for t in range(2)))
    assert len(drive(Elicitation(k=30).plan("x"), model)) == 30
    assert [r.k for r in model.requests] == [15, 15]


def test_more_than_were_asked_for_are_all_kept(script):
    assert len(drive(Elicitation(k=2).plan("x"), script(FIVE))) == 5


def test_tau_is_asked_for_and_not_enforced(script):
    d = drive(Elicitation(tau=0.2).plan("x"), script(FIVE))
    assert len(d) == 5
    assert [c.text for c in d if Repair.ABOVE_TAU in c.repairs] == ["a", "b", "c"]


def test_usage_adds_up_over_all_calls(script):
    cut = Reply(reply(("a", 0.5)), usage=Usage(1, 10, 20))
    d = drive(Elicitation(k=2).plan("x"), script(cut, Reply(reply(("b", 0.5)), usage=Usage(1, 40, 5))))
    assert d.usage == Usage(2, 50, 25)


def test_the_thoughts_of_cot_are_kept_and_asked_for_once(script):
    first = json.dumps({"reasoning": "Angles differ.", "responses": [{"text": "a", "probability": 0.5}]})
    model = script(first, reply(("b", 0.5)))
    d = drive(Elicitation(variant="cot", k=2).plan("x"), model)
    assert d.reasoning == "Angles differ."
    assert list(model.requests[0].schema["properties"]) == ["reasoning", "responses"]
    assert list(model.requests[1].schema["properties"]) == ["responses"]


def test_a_reply_cut_by_its_limit_keeps_its_whole_candidates(script):
    cut = Reply('{"responses": [{"text": "a", "probability": 0.5}, {"text": "b', finish_reason="length")
    d = drive(Elicitation(max_extra_calls=0).plan("x"), script(cut))
    assert [c.text for c in d] == ["a"] and d.truncated and Repair.TOO_FEW in d.repairs


def test_a_reply_cut_before_its_first_candidate_says_what_to_raise(script):
    cut = Reply('{"responses": [{"text": "a story that', finish_reason="length")
    with pytest.raises(DistributionParseError, match="max_tokens"):
        drive(Elicitation(max_extra_calls=0).plan("x"), script(cut))


def test_a_reply_with_no_candidates_is_an_error_or_empty_as_asked(script):
    with pytest.raises(DistributionParseError) as caught:
        drive(Elicitation(max_extra_calls=0).plan("x"), script("Coffee is a drink."))
    assert caught.value.text == "Coffee is a drink."
    d = drive(Elicitation(max_extra_calls=0, on_empty="return").plan("x"), script("Coffee is a drink."))
    assert len(d) == 0 and Repair.UNREADABLE_REPLY in d.repairs
    assert [(x.text, x.reason) for x in d.dropped] == [("Coffee is a drink.", Repair.UNREADABLE_REPLY)]
    cut = Reply('{"responses": [{"text": "a st', finish_reason="length")
    assert drive(Elicitation(max_extra_calls=0, on_empty="return").plan("x"), script(cut)).truncated


def test_turns_that_bring_nothing_new_twice_in_a_row_are_the_last(script):
    same = reply(("heads", 0.5), ("tails", 0.5))
    model = script(*[same] * 50)
    d = drive(Elicitation(variant="multi", k=5, total=200).plan("Flip a coin"), model)
    assert len(model.requests) == 3 and len(d) == 2 and Repair.TOO_FEW in d.repairs
    model = script(same, same, reply(("edge", 0.1)), same, same, *[same] * 9)
    assert len(drive(Elicitation(variant="multi", k=2, total=20).plan("x"), model)) == 3 and len(model.requests) == 5
    model = script("Red", *["red"] * 50)
    drive(Elicitation(variant="multi_turn", k=30).plan("x"), model)
    assert len(model.requests) == 3


def test_no_plan_makes_more_calls_than_were_allowed(script):
    for settings in ({"k": 10**12}, {"total": 5000, "k": 2}, {"k": 2000, "variant": "direct"}, {"k": 3}):
        model = script(*(reply((f"{t}", 0.5)) for t in range(9)))
        d = drive(Elicitation(**settings, max_calls=2, max_extra_calls=5).plan("x"), model)
        assert len(model.requests) == 2 == len(d) and Repair.TOO_FEW in d.repairs
