"""Distributions to test with."""

from __future__ import annotations

from hypothesis import strategies as st
from pydantic import BaseModel

from verbalized_sampling import (
    Candidate,
    Distribution,
    Dropped,
    Repair,
    Source,
    Usage,
)


class Joke(BaseModel):
    setup: str
    punchline: str


weights = st.floats(min_value=0, max_value=1e300) | st.sampled_from([0.0, 5e-324, 1e-310, 1.7e308])

numbers = st.none() | st.floats(min_value=0, max_value=1)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def distributions(draw, min_size=0):
    rows = draw(st.lists(st.tuples(texts, weights, numbers), min_size=min_size, max_size=8))
    return Distribution(
        tuple(
            Candidate(
                text,
                weight,
                number,
                number,
                text,
                index,
                draw(st.sampled_from([(), (Repair.ABOVE_TAU,)])),
                draw(st.integers(1, 9)),
                draw(st.dictionaries(texts, texts | st.none() | st.lists(texts), max_size=2)),
            )
            for index, (text, weight, number) in enumerate(rows)
        ),
        reasoning=draw(st.none() | texts),
        truncated=draw(st.booleans()),
        repairs=draw(st.sampled_from([(), (Repair.TOO_FEW, Repair.DUPLICATE)])),
        dropped=draw(st.sampled_from([(), (Dropped("x", 3, Repair.DUPLICATE),)])),
        usage=draw(st.none() | st.just(Usage(2, 30, 400))),
        source=draw(st.none() | st.just(Source(model="m", query="q", variant="cot", k=5, tau=0.1, seed=7))),
    )


def make(*probabilities: float) -> Distribution[str]:
    return Distribution(tuple(Candidate(f"t{i}", p, p, p, f"t{i}", i) for i, p in enumerate(probabilities)))


def same(a, b):
    return a == b and a.source == b.source
