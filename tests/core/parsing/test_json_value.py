"""JSON is taken at its word only if it has no key twice, whichever library looks for that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import DistributionParser
from verbalized_sampling.parsing.page import json_value as module
from verbalized_sampling.parsing.page.json_value import json_value, object_of

JITER = pytest.importorskip("jiter")
KEYS = st.text(max_size=3) | st.sampled_from(["text", "probability", 'a "quoted" key'])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.floats(allow_nan=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@pytest.fixture(params=["jiter", "alone"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(module, "jiter", JITER if request.param == "jiter" else None)
    return request.param


@given(VALUES, st.booleans())
def test_json_is_read_alike_with_jiter_and_alone(value, ascii_only):
    written = json.dumps(value, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        for library in (JITER, None):
            patch.setattr(module, "jiter", library)
            assert json_value(written) == value


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_a_key_that_stands_twice_is_refused_with_jiter_and_alone(fields, further, data):
    again = data.draw(st.sampled_from(sorted(fields)))
    members = [*fields.items(), (again, further)]
    written = "[{" + ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in members) + "}]"
    with pytest.MonkeyPatch.context() as patch:
        for library in (JITER, None):
            patch.setattr(module, "jiter", library)
            with pytest.raises(ValueError, match=r"twice|duplicate"):
                json_value(written)
    with pytest.raises(ValueError, match="twice"):
        json.loads(written, object_pairs_hook=object_of)


@pytest.mark.parametrize("damaged", ["", "[1,]", '{"a": 1', '"\ud800"', "[" * 500 + "]" * 500, '["\n"]'])
def test_what_is_no_json_is_a_value_error(reader, damaged):
    with pytest.raises(ValueError):
        json_value(damaged)


@pytest.mark.parametrize(
    "twice",
    [
        '"text": "tea", "probability": 0.2, "probability": 0.3',
        '"text": "tea", "probability": 0.2, "prob\\u0061bility": 0.3',
        '"text": "tea", "text": "mate", "probability": 0.2',
        '"text": "tea", "te\\u0078t": "mate", "probability": 0.2',
    ],
)
def test_a_stream_gives_nothing_early_of_a_record_with_a_key_twice(reader, twice):
    reply = (
        '{"responses": [{"text": "coffee", "probability": 0.5}, {' + twice + '}, {"text": "ale", "probability": 0.1}]}'
    )
    parser = DistributionParser()
    stream = parser.stream()
    early = [candidate for sign in reply for candidate in stream.feed(sign)]
    whole = stream.close()
    assert whole == parser.parse(reply)
    assert [c.text for c in early] == ["coffee"]
    assert {"coffee", "tea", "ale"} <= {c.text for c in whole}
