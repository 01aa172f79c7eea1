"""Which field is the answer: one of them, and what stands beside it is kept by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling.parsing import DistributionParser

ANSWERS = [
    *("text", "answer", "response", "idea", "plan", "diagnosis", "name", "title", "theme", "city", "species", "move"),
    *("hypothesis", "strategy", "recipe", "solution", "event", "product", "company", "headline", "tagline", "cause"),
]
ASIDES: dict[str, Any] = {
    "cost": 12,
    "year": 1965,
    "severity": "HIGH",
    "urgent": True,
    "rating_count": 3,
    "tags": ["a", "b"],
    "rationale": "It is the cheapest.",
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("aside", ASIDES)
@pytest.mark.parametrize("aside_first", [False, True])
def test_a_sibling_neither_joins_nor_replaces_the_answer(answer: str, aside: str, *, aside_first: bool) -> None:
    records = []
    for text, number in (("walk slowly", 0.5), ("run home", 0.25)):
        sides = [{answer: text}, {aside: ASIDES[aside]}]
        records.append({k: v for side in (sides[::-1] if aside_first else sides) for k, v in side.items()})
        records[-1]["probability"] = number
    for reply in (json.dumps({"responses": records}), f"Well: {json.dumps(records)[:-1]},]"):
        found = sorted(DistributionParser().parse(reply), key=lambda c: c.index)
        assert [(c.text, c.verbalized, c.fields) for c in found] == [
            ("walk slowly", 0.5, {aside: ASIDES[aside]}),
            ("run home", 0.25, {aside: ASIDES[aside]}),
        ]


@given(st.lists(st.sampled_from(["borough", "city", "severity", "mood"]), min_size=2, unique=True))
def test_the_string_that_varies_most_is_the_answer(keys: list[str]) -> None:
    *constant, varied = keys
    records = [{**dict.fromkeys(constant, "same"), varied: f"case {i}", "probability": 0.25} for i in range(3)]
    assert [c.text for c in DistributionParser().parse(json.dumps(records))] == ["case 0", "case 1", "case 2"]
