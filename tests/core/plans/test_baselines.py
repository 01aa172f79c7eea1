"""The baselines: one answer a call, and lists without probabilities."""

from __future__ import annotations

import json

import pytest

from verbalized_sampling import (
    DistributionParseError,
    Elicitation,
    RefusalError,
    Repair,
    Reply,
    drive,
)


def test_direct_takes_each_reply_as_a_candidate_of_a_conversation_of_its_own(script):
    model = script("Red", " Blue ", "", "Red", "Green")
    d = drive(Elicitation(variant="direct", k=3).plan("Name a colour"), model)
    assert [(c.text, c.count, c.verbalized) for c in d] == [("Red", 2, None), ("Blue", 1, None)]
    assert [c.probability for c in d] == pytest.approx([2 / 3, 1 / 3]) and Repair.TOO_FEW not in d.repairs
    assert len(model.requests) == 4  # one was empty
    assert all(r.messages == ({"role": "user", "content": "Name a colour"},) for r in model.requests)
    assert model.requests[0].schema is None


def test_direct_cot_keeps_the_thoughts_apart_from_the_answer(script):
    model = script("<reasoning>Something rare.</reasoning>\nTeal", "<think>Hm.</think>Ochre")
    d = drive(Elicitation(variant="direct_cot", k=2).plan("Name a colour"), model)
    assert [c.text for c in d] == ["Teal", "Ochre"]
    assert "Something rare." in d.reasoning
    assert "step by step" in model.requests[0].messages[0]["content"]


def test_sequence_asks_for_a_list_without_probabilities(script):
    model = script('{"responses": [{"text": "Red"}, {"text": "Blue"}]}')
    d = drive(Elicitation(variant="sequence", k=2).plan("Name a colour"), model)
    assert [(c.text, c.probability, c.verbalized) for c in d] == [("Red", 0.5, None), ("Blue", 0.5, None)]
    assert "probab" not in model.requests[0].messages[0]["content"]
    assert "probability" not in json.dumps(model.requests[0].schema)


def test_multi_turn_asks_for_one_different_answer_after_the_other(script):
    model = script("Red", "red", "Blue")
    d = drive(Elicitation(variant="multi_turn", k=2).plan("Name a colour"), model)
    assert [c.text for c in d] == ["Red", "Blue"] and [x.reason for x in d.dropped] == [Repair.DUPLICATE]
    assert [m["role"] for m in model.requests[-1].messages] == ["user", "assistant", "user", "assistant", "user"]


@pytest.mark.parametrize("variant", ["direct", "multi_turn"])
def test_single_answers_that_never_come_are_an_error_or_empty_as_asked(script, variant):
    with pytest.raises(DistributionParseError, match="empty"):
        drive(Elicitation(variant=variant, k=1).plan("x"), script("", ""))
    assert len(drive(Elicitation(variant=variant, k=1, on_empty="return").plan("x"), script("", ""))) == 0
    with pytest.raises(RefusalError) as caught:
        drive(Elicitation(variant=variant, k=2).plan("x"), script("Red", Reply("", refusal="No.")))
    assert [c.text for c in caught.value.salvaged] == ["Red"]
