"""Settings, queries and schemas: what is taken, and what is refused with advice."""

from __future__ import annotations

import copy
import json
import math
import pickle
from dataclasses import replace

import pytest
from pydantic import BaseModel, Field

from verbalized_sampling import (
    Elicitation,
    ElicitationSettings,
    RefusalError,
    Reply,
    SettingsError,
    drive,
    verbalize,
)

from .said import FIVE


@pytest.mark.parametrize("settings", [{"k": 100_000_000}, {"total": 1001}, {"k": 501, "variant": "multi"}])
def test_above_a_thousand_candidates_the_number_of_calls_has_to_be_said(settings):
    with pytest.raises(SettingsError, match="max_calls="):
        Elicitation(**settings)
    assert sum(Elicitation(**settings, max_calls=3).turns()) <= 60


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


@pytest.mark.parametrize("variant", ["direct", "direct_cot", "sequence", "multi_turn"])
def test_a_threshold_needs_probabilities(variant):
    with pytest.raises(SettingsError, match="with variant=.* there are none"):
        Elicitation(variant=variant, tau=0.1)


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
