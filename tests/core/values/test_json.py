"""Distributions that are stored: JSON, pickles, copies, serialisers."""

from __future__ import annotations

import copy
import json
import math
import pickle

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from verbalized_sampling import (
    Distribution,
)

from .made import Joke, distributions, make, same


@given(distributions())
def test_json_gives_the_same_distribution_back(d):
    assert same(Distribution.from_json(d.to_json()), d)
    assert same(Distribution.from_json(d.to_json(indent=2)), d)


@given(distributions())
def test_what_a_serialiser_asks_of_it_is_plain_and_builds_it_again(d):
    fields = json.loads(json.dumps(d._asdict()))
    again = Distribution(**fields)
    assert again == d and hash(again) == hash(d) and again.source == d.source


@given(distributions())
def test_pickles_and_copies_are_the_same_distribution(d):
    for copied in (pickle.loads(pickle.dumps(d)), copy.deepcopy(d), copy.copy(d)):
        assert same(copied, d) and hash(copied) == hash(d)


def test_the_json_of_the_first_release_is_read():
    number = '"probability": %s, "verbalized": %s, "stated": %s, "value": "%s", "index": %d, "repairs": [%s]'
    a = '{"text": "a", ' + number % ("0.7", "0.7", "0.7", "a", 0, "") + "}"
    b = '{"text": "b", ' + number % ("0.3", "null", "null", "b", 1, '"missing_probability"') + "}"
    old = '{"candidates": [' + a + ", " + b + '], "reasoning": null, "truncated": false, "repairs": [], "dropped": [], '
    d = Distribution.from_json(old + '"usage": null}')
    assert [(c.text, c.count, c.fields) for c in d] == [("a", 1, {}), ("b", 1, {})] and d.source is None
    assert json.loads(d.to_json())["format"] == 2


def test_the_json_of_a_later_release_says_what_to_do():
    with pytest.raises(ValueError, match="3.*update"):
        Distribution.from_json('{"format": 3, "candidates": []}')


def test_typed_values_survive_json_and_pickle():
    d = make(0.7, 0.3).map(lambda text: Joke(setup=text, punchline="!"))
    assert Distribution.from_json(d.to_json(), Joke) == d
    assert pickle.loads(pickle.dumps(d)) == d
    assert isinstance(Distribution.from_json(d.to_json(), Joke)[0].value, Joke)


def test_json_that_is_no_distribution_is_a_value_error():
    for text in ("", "{", "[" * 100_000, '{"candidates": NaN}'):
        with pytest.raises(ValueError, match="^this is not the JSON of a distribution: "):
            Distribution.from_json(text)
    for text in ("[]", '{"candidates": [{"text": 1}]}'):
        with pytest.raises(ValueError):
            Distribution.from_json(text)
    with pytest.raises(ValueError, match="a text or bytes, not dict"):
        Distribution.from_json({})


@pytest.mark.parametrize("number", ["NaN", "1e999", "-1e999", "Infinity", '"Infinity"', '"nan"'])
@pytest.mark.parametrize("field", ["probability", "verbalized", "stated"])
def test_numbers_that_are_not_finite_are_refused(field, number):
    text = make(1.0).to_json().replace(f'"{field}":1.0', f'"{field}":{number}')
    with pytest.raises(ValueError):
        Distribution.from_json(text)


@pytest.mark.parametrize("value", [math.inf, -math.inf, [1.0, math.inf], {"a": -math.inf}])
def test_values_that_are_infinite_come_back(value):
    d = make(1.0).map(lambda text: value)
    kind = float if isinstance(value, float) else list[float] if isinstance(value, list) else dict[str, float]
    assert Distribution.from_json(d.to_json(), kind)[0].value == value


def test_pydantic_knows_its_schema_and_accepts_instances():
    adapter = TypeAdapter(Distribution[Joke])
    assert "Joke" in str(adapter.json_schema())
    d = make(1.0).map(lambda text: Joke(setup=text, punchline="!"))
    assert adapter.validate_python(d) == d
