"""What counts as the same answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from verbalized_sampling import DistributionParser, Elicitation, Repair, drive
from verbalized_sampling.values.sameness import Seen, are_distinct, are_distinct_values, key_of, text_key, value_key

# Few words, written in many ways, so that many of them are the same.
WORDS = st.sampled_from(["tea", "TEA", "Tea", "straße", "STRASSE", "ﬁne", "fine", "İ", "i̇", "x" * 31, "X" * 40, "茶"])
GAPS = st.sampled_from([" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\x1f"])
EDGES = st.sampled_from(["", " ", "\n", "\u2003"])
TEXTS = st.builds(
    lambda words, gap, before, after: before + gap.join(words) + after,
    st.lists(WORDS, min_size=1, max_size=8),
    GAPS,
    EDGES,
    EDGES,
)


@given(st.lists(TEXTS | st.text(), max_size=6))
def test_the_quick_way_to_tell_says_what_the_keys_say(texts):
    assert are_distinct(texts) == (len({text_key(text) for text in texts}) == len(texts))


@dataclass
class Point:
    x: int
    tags: list[str]


class Model(BaseModel):
    name: str
    tags: dict[str, list[int]] = {}


@given(st.lists(TEXTS | st.text(), max_size=8))
def test_an_answer_is_new_once(texts):
    seen, keys = Seen(), set()
    for text in texts:
        assert seen.is_new(text, text) == (text_key(text) not in keys)
        keys.add(text_key(text))


@given(st.lists(st.tuples(st.sampled_from(["a", "A", "b"]), st.integers(0, 2)), min_size=1, max_size=5))
def test_models_are_told_apart_as_their_keys_are(fields):
    values = [Model(name=name, tags={"x": [number]}) for name, number in fields]
    texts = [value.name for value in values]
    keys = {key_of(value, text, typed=True) for value, text in zip(values, texts, strict=True)}
    assert are_distinct_values(values) == (len(keys) == len(values))
    seen = Seen(typed=True)
    assert sum(seen.is_new(value, text) for value, text in zip(values, texts, strict=True)) == len(keys)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        (Model(name="a", tags={"x": [1]}), Model(name="a", tags={"x": [1]}), Model(name="a", tags={"x": [2]})),
        (Point(1, ["a"]), Point(1, ["a"]), Point(1, ["b"])),
        ({"a": [1], "b": {2}}, {"b": {2}, "a": [1]}, {"a": [1], "b": {3}}),
        ([1, [2]], [1, [2]], [1, 2]),
        (1, 1, True),
        (None, None, 0),
    ],
)
def test_equal_values_have_the_same_key_and_others_have_not(one, same, other):
    assert value_key(one) == value_key(same) != value_key(other)
    assert hash(value_key(one)) == hash(value_key(same))


def written(answers: list[Any], form: str) -> str:
    if form == "json":
        return json.dumps({"responses": [{"text": a, "probability": 0.1 + i / 100} for i, a in enumerate(answers)]})
    if form == "tags":
        return "\n".join(
            f"<response><text>{a}</text><probability>{0.1 + i / 100}</probability></response>"
            for i, a in enumerate(answers)
        )
    return "\n".join(f"{i + 1}. {a} (probability: {0.1 + i / 100})" for i, a in enumerate(answers))


@pytest.mark.parametrize("form", ["json", "tags", "list"])
def test_within_a_reply_the_first_stays_and_the_others_are_on_record(form):
    text = written(["Tea", "Milk", "tea", "Tea", "Water"], form)
    d = DistributionParser(strict=form != "list").parse(text)
    assert [(c.text, c.verbalized) for c in sorted(d, key=lambda c: c.index)] == [
        ("Tea", 0.1), ("Milk", 0.11), ("Water", 0.14),
    ]  # fmt: skip
    assert [(x.text.strip(), x.reason) for x in d.dropped] == [("tea", Repair.DUPLICATE), ("Tea", Repair.DUPLICATE)]
    assert Repair.DUPLICATE in d.repairs and {c.count for c in d} == {1}
    assert all(text[x.position :].find(x.text) >= 0 for x in d.dropped)


@given(st.lists(st.sampled_from(["Tea", "tea", "Milk", "MILK ", "Water"]), min_size=1, max_size=6), st.integers(1, 9))
def test_streams_give_each_answer_once(answers, size):
    text = written(answers, "json")
    stream = DistributionParser().stream()
    given_ = [c for i in range(0, len(text), size) for c in stream.feed(text[i : i + size])]
    d = stream.close()
    assert not stream.superseded
    assert [(c.index, c.text) for c in given_] == [(c.index, c.text) for c in sorted(d, key=lambda c: c.index)]
    assert len(given_) == len({text_key(a) for a in answers}) == len(d) == len(answers) - len(d.dropped)


class Joke(BaseModel):
    text: str
    rating: int


def test_typed_answers_with_other_values_are_others_even_if_their_text_is_the_same():
    jokes = [("Ha", 1), ("Ha", 2), ("Ha", 1)]
    reply = json.dumps({"responses": [{"text": t, "rating": r, "probability": 0.2} for t, r in jokes]})
    d = DistributionParser(candidate=Joke).parse(reply)
    assert [c.value.rating for c in d] == [1, 2] and len(d.dropped) == 1


def test_what_stood_there_already_does_not_count_towards_k(script):
    model = script(written(["Tea", "tea", "Milk"], "json"), written(["Milk", "Water"], "json"))
    d = drive(Elicitation(k=3).plan("x"), model)
    assert [request.k for request in model.requests] == [3, 1]
    assert sorted(c.text for c in d) == ["Milk", "Tea", "Water"] and Repair.TOO_FEW not in d.repairs
    assert [x.text for x in d.dropped] == ["tea", "Milk"] or len(d.dropped) == 2
