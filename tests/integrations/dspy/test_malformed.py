"""Replies that are not what was asked for: a defined result, what happened on record, and one call."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedPredict, VerbalizedSampling, verbalize

from verbalized_sampling import Repair

SIGNATURE = dspy.Signature("question -> verdict: Literal['yes', 'no']")
GOOD = '{"verdict": "yes", "probability": 0.6}'
OTHER = '{"verdict": "no", "probability": 0.2}'

# The list of candidates as written, how many of them are valid, and what has to be on record.
LISTS: dict[str, tuple[str, int, Repair | None]] = {
    "percent string": (
        '[{"verdict": "yes", "probability": "60%"}, {"verdict": "no", "probability": "20%"}]',
        2,
        Repair.PERCENT,
    ),
    "percent number": (
        '[{"verdict": "yes", "probability": 60}, {"verdict": "no", "probability": 20}]',
        2,
        Repair.PERCENT,
    ),
    "bad literal": (f'[{GOOD}, {{"verdict": "maybe", "probability": 0.2}}]', 1, Repair.INVALID),
    "missing probability": (f'[{GOOD}, {{"verdict": "no"}}]', 2, Repair.MISSING_PROBABILITY),
    "no probability at all": ('[{"verdict": "yes"}, {"verdict": "no"}]', 2, Repair.UNIFORM_WEIGHTS),
    "missing field": (f'[{GOOD}, {{"probability": 0.2}}]', 1, Repair.INVALID),
    "truncated": (f'[{GOOD}, {{"verdict": "no", "proba', 1, Repair.CUT_OFF),
    "NaN": (f'[{GOOD}, {{"verdict": "no", "probability": NaN}}]', 2, Repair.NOT_A_NUMBER),
    "out of range": (f'[{GOOD}, {{"verdict": "no", "probability": 5.58}}]', 2, Repair.OUT_OF_RANGE),
    "not a list": (GOOD, 1, Repair.OTHER_SHAPE),
    "single quotes": (
        "[{'verdict': 'yes', 'probability': 0.6}, {'verdict': 'no', 'probability': 0.2}]",
        2,
        Repair.QUOTES,
    ),
    "trailing comma": (f"[{GOOD}, {OTHER},]", 2, Repair.COMMAS),
    "a word in between": (f'[{GOOD}, "or", {OTHER}]', 2, Repair.INVALID),
}


def replies(listing: str) -> dict[Any, str]:
    return {
        dspy.ChatAdapter: f"[[ ## candidates ## ]]\n{listing}"
        + ("\n\n[[ ## completed ## ]]" if listing[-1] in "]}" else ""),
        dspy.JSONAdapter: f'{{"candidates": {listing}' + ("}" if listing[-1] in "]}" else ""),
        dspy.XMLAdapter: f"<candidates>\n{listing}\n</candidates>",
    }


def on_record(distribution: Any) -> set[Repair]:
    return {*distribution.repairs, *(r for c in distribution for r in c.repairs)}


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize("name", LISTS)
def test_what_can_be_read_is_read_in_one_call(name: str, adapter: Any, scripted: Any) -> None:
    listing, valid, repair = LISTS[name]
    lm = scripted(replies(listing)[adapter])
    with dspy.context(lm=lm, adapter=adapter()):
        prediction = VerbalizedSampling(SIGNATURE, k=2)(question="?")
    assert sorted(prediction.completions.verdict) == sorted(["yes", "no"][:valid])
    assert repair in on_record(prediction.distribution), on_record(prediction.distribution)
    assert sum(prediction.weights) == pytest.approx(1.0)
    assert len(lm.script.requests) == 1


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I can not decide that.",
        "[[ ## candidates ## ]]\n[]",
        '{"candidates": []}',
        "{",
        "<candidates></candidates>",
    ],
)
@pytest.mark.parametrize("call", ["sync", "async"])
def test_nothing_to_read_raises_with_the_signature_of_the_user(
    reply: str, adapter: Any, call: str, scripted: Any
) -> None:
    lm = scripted(reply)
    predict = VerbalizedPredict(SIGNATURE, k=2)
    with dspy.context(lm=lm, adapter=adapter()), pytest.raises(AdapterParseError) as caught:
        predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
    assert caught.value.signature is predict.signature
    assert len(lm.script.requests) == 1


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
def test_a_reasoning_that_is_missing_leaves_the_list_as_it_is(adapter: Any, scripted: Any) -> None:
    lm = scripted(replies(f"[{GOOD}, {OTHER}]")[adapter])
    with dspy.context(lm=lm, adapter=adapter()):
        prediction = verbalize(dspy.ChainOfThought(SIGNATURE), k=2)(question="?")
    assert sorted(prediction.completions.verdict) == ["no", "yes"]
    assert prediction.reasoning is None
    assert not on_record(prediction.distribution)
    assert len(lm.script.requests) == 1


def test_a_chat_header_that_is_missing_costs_nothing(scripted: Any) -> None:
    lm = scripted(f"Sure! Here you are:\n```json\n[{GOOD}, {OTHER}]\n```")
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling(SIGNATURE, k=2)(question="?")
    assert sorted(prediction.completions.verdict) == ["no", "yes"]
    assert {Repair.FENCE, Repair.PROSE} <= on_record(prediction.distribution)


def test_invalid_candidates_can_be_an_error(scripted: Any) -> None:
    lm = scripted(replies(LISTS["bad literal"][0])[dspy.ChatAdapter])
    with dspy.context(lm=lm):
        with pytest.raises(AdapterParseError, match="maybe"):
            VerbalizedSampling(SIGNATURE, k=2, on_invalid="raise")(question="?")
        with pytest.raises(AdapterParseError, match="min_valid is 2"):
            VerbalizedSampling(SIGNATURE, k=2, min_valid=2)(question="?")


def test_what_was_dropped_says_where_it_stood(scripted: Any) -> None:
    for adapter, reply in replies(LISTS["bad literal"][0]).items():
        with dspy.context(lm=scripted(reply), adapter=adapter()):
            (dropped,) = VerbalizedSampling(SIGNATURE, k=2)(question="?").distribution.dropped
        at = reply.index('{"verdict": "maybe"')
        assert adapter is dspy.XMLAdapter or dropped.position == at


def test_an_extra_call_tops_up_with_what_was_given(scripted: Any) -> None:
    answers = iter([f"[{GOOD}]", f"[{OTHER}]"])
    lm = scripted(lambda _: f"[[ ## candidates ## ]]\n{next(answers)}\n\n[[ ## completed ## ]]", cache=True)
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling(SIGNATURE, k=2, max_extra_calls=1)(question="top up")
    assert sorted(prediction.completions.verdict) == ["no", "yes"]
    assert len(lm.script.requests) == 2
    assert '"verdict": "yes", "probability": 0.6' in lm.script.requests[1][-1]["content"]
    assert prediction.distribution.usage.calls == 2


def test_an_extra_call_repairs_and_is_not_the_cached_one(scripted: Any) -> None:
    answers = iter(["nothing", f"[{GOOD}, {OTHER}]"])
    lm = scripted(lambda _: f"[[ ## candidates ## ]]\n{next(answers)}\n\n[[ ## completed ## ]]", cache=True)
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling(SIGNATURE, k=2, max_extra_calls=1)(question="repair")
    assert len(prediction.distribution) == 2
    assert Repair.UNREADABLE_REPLY in prediction.distribution.repairs
    assert "Keep to the format" in lm.script.requests[1][0]["content"]


def test_later_turns_are_told_what_was_given(scripted: Any) -> None:
    turn = iter(range(3))

    def answer(_: Any) -> str:
        n = next(turn)
        items = [{"answer": f"{n}{i}" if i else "same", "probability": 0.1} for i in range(2)]
        return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"

    lm = scripted(answer)
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling("question -> answer", k=2, variant="multi", total=6)(question="?")
    assert sorted(prediction.completions.answer) == ["01", "11", "21", "same"]
    assert prediction.weights == pytest.approx([0.25] * 4)
    assert [d.reason for d in prediction.distribution.dropped] == [Repair.DUPLICATE] * 2
    assert "already_given" not in lm.script.requests[0][-1]["content"]
    assert "01" in lm.script.requests[1][-1]["content"]
    assert "11" in lm.script.requests[2][-1]["content"]
    assert prediction.distribution.usage.calls == 3


def test_types_are_read_as_dspy_reads_them(scripted: Any) -> None:
    signature = dspy.Signature("question -> verdict: Literal['yes', 'no'], n: int, text: str")
    items = [
        {"verdict": "'yes'", "n": "2", "text": 3, "probability": 0.6},
        {"verdict": "Literal[no]", "n": 1.0, "text": ["a"], "probability": 0.3},
        {"verdict": "no", "n": 1, "text": None, "probability": 0.1},
    ]
    with dspy.context(lm=scripted(f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]")):
        completions = VerbalizedSampling(signature, k=2, select="first")(question="?").completions
    assert completions.verdict == ["yes", "no"]
    assert completions.n == [2, 1]
    assert completions.text == ["3", '["a"]']
