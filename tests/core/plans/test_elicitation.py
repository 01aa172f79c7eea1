"""Laws of plans: what they send, and what they make of the replies."""

from __future__ import annotations

import asyncio
import copy
import json
import math
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from verbalized_sampling import (
    DistributionParseError,
    Elicitation,
    ElicitationSettings,
    ModelError,
    RefusalError,
    Repair,
    Reply,
    SettingsError,
    Usage,
    adrive,
    drive,
    verbalize,
)


def reply(*pairs: tuple[str, float]) -> str:
    return json.dumps({"responses": [{"text": text, "probability": p} for text, p in pairs]})


FIVE = reply(("a", 0.3), ("b", 0.25), ("c", 0.2), ("d", 0.15), ("e", 0.1))


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


@pytest.mark.parametrize("settings", [{"k": 100_000_000}, {"total": 1001}, {"k": 501, "variant": "multi"}])
def test_above_a_thousand_candidates_the_number_of_calls_has_to_be_said(settings):
    with pytest.raises(SettingsError, match="max_calls="):
        Elicitation(**settings)
    assert sum(Elicitation(**settings, max_calls=3).turns()) <= 60


def test_no_plan_makes_more_calls_than_were_allowed(script):
    for settings in ({"k": 10**12}, {"total": 5000, "k": 2}, {"k": 2000, "variant": "direct"}, {"k": 3}):
        model = script(*(reply((f"{t}", 0.5)) for t in range(9)))
        d = drive(Elicitation(**settings, max_calls=2, max_extra_calls=5).plan("x"), model)
        assert len(model.requests) == 2 == len(d) and Repair.TOO_FEW in d.repairs


def test_a_models_own_error_passes_through(script):
    with pytest.raises(TimeoutError):
        drive(Elicitation().plan("x"), script(TimeoutError("slow")))


def test_an_answer_that_is_no_text_is_the_models_fault():
    with pytest.raises(ModelError, match="returned None;"):
        drive(Elicitation().plan("x"), lambda request: None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"k": 0}, "k must be"),
        ({"k": -1}, "k must be"),
        ({"k": 2.5}, "k must be"),
        ({"k": True}, "k must be"),
        ({"total": 0}, "total must be"),
        ({"words": 0}, "words must be"),
        ({"max_extra_calls": -1}, "max_extra_calls must be"),
        ({"tau": 0}, "tau must be"),
        ({"tau": 1.1}, "tau must be"),
        ({"tau": float("nan")}, "tau must be"),
        ({"tau": "0.1"}, "tau must be"),
        ({"tau": 0.1, "definition": "nll"}, "tau bounds probabilities"),
        ({"variant": "many"}, "standard, cot, multi"),
        ({"format": "yaml"}, "json, tags"),
        ({"definition": "odds"}, "explicit"),
        ({"select": "best"}, "sample, argmax"),
        ({"on_empty": "ignore"}, "raise, return"),
    ],
)
def test_a_setting_out_of_range_says_what_it_may_be(settings, message):
    with pytest.raises(SettingsError, match=message):
        Elicitation(**settings)


@pytest.mark.parametrize(
    "query", ["", "  \n", [], [{"role": "system", "content": "x"}], [{"role": "user", "content": ""}]]
)
def test_an_empty_query_is_refused_before_anything_is_sent(query):
    with pytest.raises(SettingsError, match="query"):
        Elicitation().plan(query)


PARTS = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
]


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        (None, "a text, or a conversation.*not None"),
        (7, "not int"),
        (b"tea", "not bytes"),
        ({"role": "user", "content": "x"}, "not dict"),
        (["one", "two"], "several calls"),
        ([{"content": "x"}], "role"),
        ([{"role": "user"}], "content of a message"),
        ([{"role": "user", "content": 7}], "content of a message.*not 7"),
        ([{"role": "user", "content": ["x"]}], "parts"),
        ([{"role": "user", "content": [{"type": "text"}]}], "parts"),
        ([{"role": "user", "content": [{"type": "text", "text": " "}]}], "empty"),
        ([{"role": "user", "content": []}], "empty"),
    ],
)
def test_a_query_of_another_shape_is_refused_with_advice(query, advice):
    with pytest.raises(SettingsError, match=advice):
        Elicitation().plan(query)
    with pytest.raises(SettingsError, match=advice):
        verbalize(query, model=lambda messages: FIVE)


@pytest.mark.parametrize("variant", ["standard", "multi_turn"])
def test_a_conversation_with_parts_reaches_the_model_as_it_is(variant):
    before = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
    query = {"role": "user", "content": PARTS, "name": "ada"}
    request = next(Elicitation(variant=variant).plan([before, query]))
    assert request.messages[-1] is query  # itself, so that adapters know it again
    assert request.messages[-2]["tool_calls"] == [{"id": "1"}]


def test_a_template_that_holds_the_query_keeps_its_images(tmp_path):
    (tmp_path / "own.jinja").write_text("Give {{ k }} answers to: {{ query }}")
    request = next(Elicitation(template=tmp_path / "own.jinja").plan([{"role": "user", "content": PARTS}]))
    said, image = request.messages[-1]["content"]
    assert said == {"type": "text", "text": "Give 5 answers to: What is this?"} and image == PARTS[1]


@pytest.mark.parametrize(
    ("keyword", "advice"),
    [("n", "did you mean k"), ("temprature", "did you mean temperature"), ("zzz", r"it takes k, (?!.*\bk\b)")],
)
def test_a_wrong_keyword_is_answered_by_the_function_that_was_called(keyword, advice):
    with pytest.raises(TypeError, match=rf"^verbalize\(\) takes no '{keyword}': {advice}"):
        verbalize("x", model=lambda messages: FIVE, **{keyword: 1})


def test_settings_can_be_replaced_one_by_one():
    base = Elicitation(k=7, tau=0.1)
    assert Elicitation.of(base, k=3) == Elicitation(k=3, tau=0.1)
    assert Elicitation.of(None) == Elicitation()
    with pytest.raises(TypeError, match="colour"):
        Elicitation.of(base, colour="red")


def test_the_keyword_settings_are_the_fields():
    fields = Elicitation.__dataclass_fields__
    assert set(ElicitationSettings.__annotations__) == set(fields)


class Joke(BaseModel):
    setup: str = Field(max_length=200)
    rating: int = Field(ge=1, le=5, default=3)


def test_portable_schemas_hold_nothing_that_strict_modes_refuse():
    schema = Elicitation(candidate=Joke).json_schema()
    item = schema["properties"]["responses"]["items"]
    assert item["required"] == ["setup", "rating", "probability"]
    for word in ("default", "minimum", "maximum", "maxLength", "minItems", "title"):
        assert f'"{word}"' not in json.dumps(schema)


def test_local_schemas_fix_the_count_and_list_the_numbers():
    schema = Elicitation(k=3).json_schema(local=True)["properties"]["responses"]
    assert schema["minItems"] == schema["maxItems"] == 3
    numbers = schema["items"]["properties"]["probability"]["enum"]
    assert numbers[0] == 0.01 and numbers[-1] == 0.99 and len(numbers) == 99


def test_typed_candidates_are_validated_one_by_one(script):
    text = json.dumps(
        {
            "responses": [
                {"setup": "Why?", "rating": 4, "probability": 0.3},
                {"setup": "How?", "rating": 9, "probability": 0.2},
            ]
        }
    )
    d = drive(Elicitation(candidate=Joke, k=2, max_extra_calls=0).plan("x"), script(text))
    assert [c.value for c in d] == [Joke(setup="Why?", rating=4)]
    assert len(d.dropped) == 1 and "How?" in d.dropped[0].text


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


@pytest.mark.parametrize("variant", ["direct", "direct_cot", "sequence", "multi_turn"])
def test_a_threshold_needs_probabilities(variant):
    with pytest.raises(SettingsError, match="with variant=.* there are none"):
        Elicitation(variant=variant, tau=0.1)


@pytest.mark.parametrize("variant", ["direct", "multi_turn"])
def test_single_answers_that_never_come_are_an_error_or_empty_as_asked(script, variant):
    with pytest.raises(DistributionParseError, match="empty"):
        drive(Elicitation(variant=variant, k=1).plan("x"), script("", ""))
    assert len(drive(Elicitation(variant=variant, k=1, on_empty="return").plan("x"), script("", ""))) == 0
    with pytest.raises(RefusalError) as caught:
        drive(Elicitation(variant=variant, k=2).plan("x"), script("Red", Reply("", refusal="No.")))
    assert [c.text for c in caught.value.salvaged] == ["Red"]


DEFINED = [
    ("explicit", '"probability": 0.2', 0.2, 0.2),
    ("implicit", '"probability": 0.2', 0.2, 0.2),
    ("relative", '"probability": 0.2', 0.2, 0.2),
    ("confidence", '"probability": 0.9', 0.9, 0.9),
    ("percentage", '"probability": 12', 12, 0.12),
    ("perplexity", '"probability": 4.0', 4.0, 0.25),
    ("nll", '"probability": 2.0', 2.0, math.exp(-2)),
]


@pytest.mark.parametrize(("definition", "number", "stated", "verbalized"), DEFINED)
def test_each_definition_of_a_number_becomes_a_weight(script, definition, number, stated, verbalized):
    other = number.replace(str(stated), str(stated * 2))
    text = f'{{"responses": [{{"text": "a", {number}}}, {{"text": "b", {other}}}]}}'
    if definition == "confidence":
        text = text.replace("1.8", "0.45")
    d = drive(Elicitation(k=2, definition=definition).plan("x"), script(text))
    a = next(c for c in d if c.text == "a")
    assert a.stated == stated and a.verbalized == pytest.approx(verbalized)
    assert (a is d[0]) == (definition in ("perplexity", "nll", "confidence"))


def test_one_reply_is_read_as_a_plan_reads_it():
    elicitation = Elicitation(k=1)
    text = '{"responses": [{"text": "Ada", "probability": 0.5}]}'
    assert elicitation.read(Reply(text)).argmax().text == "Ada"
    assert elicitation.read(Reply(text, finish_reason="length")).truncated
    for refusal in (Reply("", refusal="No."), Reply("I'm sorry, but I can't help with that.")):
        with pytest.raises(RefusalError):
            elicitation.read(refusal)


@pytest.mark.parametrize("name", ["n", "num_samples"])
def test_a_wrong_keyword_is_answered_with_what_was_meant(name):
    with pytest.raises(TypeError, match=rf"^Elicitation\(\) takes no '{name}': did you mean k\?$"):
        Elicitation(**{name: 3})
    elicitation = Elicitation(k=3)
    assert pickle.loads(pickle.dumps(elicitation)) == copy.deepcopy(elicitation) == replace(elicitation, k=3)
