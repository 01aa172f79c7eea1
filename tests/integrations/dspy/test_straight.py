"""The straight way gives what the parser gives, or nothing."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Literal

import dspy
import pytest
from dspy_verbalized_sampling.fields import fields_of
from dspy_verbalized_sampling.reading import read
from dspy_verbalized_sampling.straight import straight
from dspy_verbalized_sampling.wire import Wire
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from verbalized_sampling import Elicitation


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class City(BaseModel):
    name: str
    people: int = 0


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["...", "<your answer>", "the answer", "answer", '"answer"', '{"a": 1}', "[1]", "</think> so", "```", "50%", "nan"]
)
KEYS = st.text("abc .é", max_size=3)
CITIES = st.fixed_dictionaries({"name": TEXTS}, optional={"people": st.integers(), "mayor": TEXTS})
NUMBERS = st.floats(0, 1) | st.floats() | st.integers(-1, 101) | st.sampled_from([-0.0, "0.3", "30%", None, True])
KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, TEXTS),
    (float, st.floats() | st.integers()),
    (bool, st.booleans()),
    (Literal["a", "b"], st.sampled_from(["a", "b", "'a'", "c"])),
    (Mood, st.sampled_from(["good", "GOOD", "odd"])),
    (int | None, st.integers() | st.none()),
    (City, CITIES),
    (dict[str, Any], st.dictionaries(KEYS, TEXTS | st.integers(), max_size=3)),
    (list[str], st.lists(TEXTS, max_size=3)),
    (Any, TEXTS | st.integers()),
]


def wire_of(kind: Any, elicitation: Elicitation[Any]) -> Wire:
    fields = {"question": (str, dspy.InputField()), "answer": (kind, dspy.OutputField())}
    signature = dspy.Signature({**fields, "why": (str, dspy.OutputField())})
    return Wire.of(signature, elicitation, 3)


@pytest.mark.parametrize(("kind", "values"), KINDS, ids=[str(kind) for kind, _ in KINDS])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_it_gives_is_what_the_parser_gives(kind: Any, values: Any, data: Any) -> None:
    definition, weighting = data.draw(st.sampled_from(ASKED))
    tau = None if definition == "nll" else data.draw(st.sampled_from([None, 0.2]))
    wire = wire_of(kind, Elicitation(definition=definition, weighting=weighting, tau=tau))
    clean = st.fixed_dictionaries({"answer": values, "why": TEXTS, "probability": st.floats(0, 1) | st.just(-0.0)})
    odd = st.fixed_dictionaries({"answer": values}, optional={"why": TEXTS, "probability": NUMBERS, "score": NUMBERS})
    items = data.draw(st.lists(clean, min_size=1, max_size=4) | st.lists(clean | odd, max_size=4))
    written = json.dumps(items, ensure_ascii=data.draw(st.booleans()))
    found = straight(written, written, wire.fields, wire.parser)
    if found is not None:
        assert repr_of(found) == repr_of(read(written, written, wire, None).distribution)


ASKED = [("explicit", "verbalized"), ("percentage", "verbalized"), ("confidence", "softmax"), ("nll", "uniform")]


def repr_of(distribution: Any) -> Any:
    """As text: two that are not a number are the same here."""
    return [repr(c.__reduce__()) for c in distribution], distribution.repairs, distribution.dropped


def test_it_takes_every_list_that_is_as_asked_for() -> None:
    fields = fields_of(wire_of(str, Elicitation()).signature)
    assert fields.listing != "candidates"
    for kind, value in ((str, "Paris"), (float, 1.5), (Mood, "good"), (City, {"name": "Lyon"}), (int | None, None)):
        wire = wire_of(kind, Elicitation(tau=0.2))
        items = [{"answer": value, "why": f"since {n}", "probability": 0.1 * n} for n in range(1, 4)]
        found = straight(json.dumps(items), json.dumps(items), wire.fields, wire.parser)
        assert found is not None
        assert [c.verbalized for c in found] == pytest.approx([0.3, 0.2, 0.1])


@pytest.mark.parametrize(
    "written",
    [
        "[]",
        "{}",
        '[{"answer": "a", "why": "b", "probability": true}]',
        '[{"answer": "a", "why": "b", "probability": "0.5"}]',
        '[{"answer": "a", "why": "b", "probability": NaN}]',
        '[{"answer": "a", "why": "b", "probability": 1.5}]',
        '[{"answer": "a", "why": "b"}]',
        '[{"answer": "a", "probability": 0.5}]',
        '[{"answer": "a", "why": "b", "probability": 0.5, "extra": 1}]',
        '[{"answer": "a", "answer": "c", "why": "b", "probability": 0.5}]',
        '["a"]',
    ],
)
def test_it_leaves_all_others_to_the_parser(written: str) -> None:
    wire = wire_of(str, Elicitation())
    assert straight(written, written, wire.fields, wire.parser) is None
