"""Typed candidates: any type that pydantic validates."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from verbalized_sampling import Distribution, DistributionParseError, Elicitation, drive


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
