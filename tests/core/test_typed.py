"""Typed candidates: any type that pydantic validates."""

from __future__ import annotations

import json
import pickle
from enum import Enum, StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from verbalized_sampling import Distribution, DistributionParseError, DistributionParser, Elicitation, drive, verbalize


class Mood(Enum):
    DRY = "dry"
    SILLY = "silly"


class Author(BaseModel):
    name: str
    born: int | None = None


class Pun(BaseModel):
    kind: Literal["pun"] = "pun"
    text: str


class Story(BaseModel):
    kind: Literal["story"] = "story"
    text: str
    author: Author
    mood: Mood = Mood.DRY
    tags: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list, max_length=3)


class Rated(BaseModel):
    text: str
    probability: Literal["low", "high"]


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


def elicit(candidate, *items, **settings):
    text = json.dumps({"responses": list(items)})
    elicitation = Elicitation(candidate=candidate, k=len(items), max_extra_calls=0, **settings)
    return drive(elicitation.plan("x"), lambda request: text)


def test_nested_models_enums_and_defaults_become_values():
    d = elicit(Story, {"text": "Once", "author": {"name": "Ada"}, "mood": "silly", "probability": 0.4})
    assert d[0].value == Story(text="Once", author=Author(name="Ada"), mood=Mood.SILLY)
    assert d[0].text == "Once" and d[0].verbalized == 0.4
    assert Distribution.from_json(d.to_json(), Story) == d


def test_constraints_drop_the_one_candidate_that_breaks_them():
    good = {"text": "a", "author": {"name": "Ada"}, "tags": ["x"], "probability": 0.4}
    d = elicit(Story, good, good | {"text": "b", "tags": ["1", "2", "3", "4"]}, good | {"text": "c", "mood": "sad"})
    assert [c.value.text for c in d] == ["a"] and len(d.dropped) == 2
    with pytest.raises(DistributionParseError, match="type"):
        elicit(Story, good | {"mood": "sad"})


def test_a_union_takes_whichever_fits():
    d = elicit(Pun | Story, {"kind": "pun", "text": "Brewed", "probability": 0.6},
               {"kind": "story", "text": "Once", "author": {"name": "Ada"}, "probability": 0.2})  # fmt: skip
    assert [type(c.value) for c in d] == [Pun, Story]


def test_a_field_called_probability_is_renamed_on_the_wire():
    item = Elicitation(candidate=Rated).json_schema()["properties"]["responses"]["items"]
    assert list(item["properties"]) == ["text", "probability", "candidate_probability"]
    d = elicit(Rated, {"text": "a", "probability": "high", "candidate_probability": 0.3})
    assert d[0].value == Rated(text="a", probability="high") and d[0].verbalized == 0.3


@pytest.mark.parametrize(
    ("candidate", "text", "value"), [(int, "42", 42), (Literal["yes", "no"], "yes", "yes"), (Mood, "dry", Mood.DRY)]
)
def test_plain_types_validate_the_text(candidate, text, value):
    d = elicit(candidate, {"text": text, "probability": 0.3})
    assert d[0].value == value and type(d[0].value) is type(value)


@pytest.mark.parametrize("candidate", [Story, Pun | Story, Rated, Tree, int, Mood, list[int], dict[str, int]])
@pytest.mark.parametrize("local", [False, True])
def test_every_schema_is_closed_and_refers_only_to_what_it_defines(candidate, local):
    schema = Elicitation(candidate=candidate, k=2).json_schema(local=local)
    text = json.dumps(schema)
    for reference in {piece.partition('"')[0] for piece in text.split('"$ref": "#/$defs/')[1:]}:
        assert reference in schema["$defs"]
    items = schema["properties"]["responses"]["items"]
    assert items["required"] == list(items["properties"])


def test_an_invalid_candidate_is_never_made_up_from_another():
    d = elicit(Author, {"name": "Ada", "born": 1815, "probability": 0.5}, {"born": 1815, "probability": 0.5})
    assert [c.value for c in d] == [Author(name="Ada", born=1815)]


class Letter(StrEnum):
    LOW = "a"
    UP = "A"


BOTH = '[{"text": "a", "probability": 0.5}, {"text": "A", "probability": 0.2}]'


@pytest.mark.parametrize("candidate", [Literal["a", "A"], Letter, str], ids=["Literal", "enum", "str"])
def test_typed_texts_are_the_same_answer_only_if_they_are_equal(candidate):
    parser = DistributionParser(candidate=candidate)
    d = parser.parse(BOTH)
    stream = parser.stream()
    assert [c.text for c in d] == [c.text for c in stream.feed(BOTH)] == ["a", "A"] and len(stream.close()) == 2
    # One after another, as in turns and in calls:
    low, up = (parser.parse(f'[{{"text": "{text}", "probability": 0.5}}]') for text in "aA")
    assert len(Distribution.mixture([low, up])) == 2 and [c.count for c in Distribution.mixture([d, d])] == [2, 2]
    assert len(d.dedupe()) == len(pickle.loads(pickle.dumps(d)).dedupe()) == 2
    assert len(Distribution.from_json(d.to_json(), candidate=candidate).dedupe()) == 2
    settings = {"k": 1, "variant": "multi", "total": 2, "candidate": candidate, "max_extra_calls": 0}
    replies = iter(['[{"text": "a", "probability": 0.5}]', '[{"text": "A", "probability": 0.5}]'])
    assert len(verbalize("x", model=lambda _: next(replies), **settings)) == 2


def test_texts_without_a_type_are_the_same_but_for_case():
    d = DistributionParser().parse(BOTH)
    assert len(d) == 1 and "typed" not in d.to_json()
    typed = DistributionParser(candidate=Literal["a", "A"]).parse(BOTH)
    assert len(typed.map(str.lower).dedupe()) == 1  # what a user makes of them are texts
