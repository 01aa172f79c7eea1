"""Typed candidates are read by the names of their fields, whatever those names mean elsewhere."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from typing_extensions import TypedDict

from verbalized_sampling import Distribution, DistributionParseError, DistributionParser, Repair


class Verdict(TypedDict):
    sentiment: str
    confidence: float


class Named(TypedDict):
    probability: float
    answer: str


class Number(TypedDict):
    n: float


class Joke(TypedDict):
    setup: str
    punchline: str | None


class Call(TypedDict):
    tool: Literal["search", "finish"]
    args: dict[str, Any]


REPLIES = [
    (Verdict, [{"sentiment": "good", "confidence": 0.9, "probability": 0.7}]),
    (Named, [{"probability": 12.5, "answer": "x", "candidate_probability": 0.7}]),
    (Number, [{"n": 1.5, "probability": 0.7}, {"n": 2.0, "probability": 0.3}]),
    (Joke, [{"setup": "a", "punchline": None, "probability": 0.7}]),
    (Call, [{"tool": "search", "args": {"probability": 0.1, "text": "x"}, "probability": 0.7}]),
]


def wire(candidate: Any) -> str:
    return "candidate_probability" if candidate is Named else "probability"


def test_no_field_is_taken_for_the_probability() -> None:
    for candidate, items in REPLIES:
        distribution: Distribution[Any] = DistributionParser(candidate=candidate).parse(
            json.dumps({"responses": items})
        )
        key = wire(candidate)
        assert [c.value for c in distribution] == [{k: v for k, v in i.items() if k != key} for i in items]
        assert [c.verbalized for c in distribution] == [i[key] for i in items]
        assert distribution.repairs == ()


def test_without_numbers_the_fields_still_make_candidates() -> None:
    reply = json.dumps({"responses": [{"n": 1.5}, {"n": 2.0}]})
    distribution: Distribution[Any] = DistributionParser(candidate=Number).parse(reply)
    assert [c.value for c in distribution] == [{"n": 1.5}, {"n": 2.0}]
    assert distribution.repairs == (Repair.UNIFORM_WEIGHTS,)


@pytest.mark.parametrize("cut", range(60, 110, 7))
def test_a_stream_gives_what_the_whole_gives(cut: int) -> None:
    reply = json.dumps({"responses": [{"n": 1.5, "probability": 0.7}, {"n": 2.0, "probability": 0.3}]}, indent=1)
    stream = DistributionParser(candidate=Number).stream()
    given = [*stream.feed(reply[:cut]), *stream.feed(reply[cut:])]
    assert [c.value for c in stream.close()] == [c.value for c in given] == [{"n": 1.5}, {"n": 2.0}]
    assert not stream.superseded


def test_the_schema_of_the_prompt_is_no_answer() -> None:
    class Colour(TypedDict):
        colour: str

    schema = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour", "probability"]}
    with pytest.raises(DistributionParseError):
        DistributionParser(candidate=Colour).parse(f"The fields are:\n{json.dumps([schema, schema])}")


def test_tags_stream_by_the_names_of_the_fields() -> None:
    class Answer(TypedDict):
        answer: str

    tags = "".join(f"<item><answer>{n}</answer><probability>0.{n}</probability></item>" for n in (1, 2))
    stream = DistributionParser(candidate=Answer).stream()
    given = [candidate for start in range(0, len(tags), 5) for candidate in stream.feed(tags[start : start + 5])]
    assert [c.value for c in given] == [{"answer": "1"}, {"answer": "2"}]
    assert len(stream.close()) == 2
    assert not stream.superseded


MEMBERS: DistributionParser[Literal["", "...", "b"]] = DistributionParser(candidate=Literal["", "...", "b"])


@pytest.mark.parametrize(
    "reply",
    [
        '{"responses": [{"text": "", "probability": 0.3}, {"text": "...", "probability": 0.7}]}',
        '{"responses": [{"text": "", "probability": 0.3}, {"text": "...", "probability": 0.7},]}',
        '{"responses": [{"text": ""}, {"text": "..."}]}',
        '{"responses": ["", "..."], "probabilities": [0.3, 0.7]}',
        (
            "<response><text></text><probability>0.3</probability></response>"
            "<response><text>...</text><probability>0.7</probability></response>"
        ),
        '- text: ""\n  probability: 0.3\n- text: "..."\n  probability: 0.7',
        '[[responses]]\ntext = ""\nprobability = 0.3\n[[responses]]\ntext = "..."\nprobability = 0.7',
    ],
)
def test_what_validates_as_declared_is_an_answer_in_every_format(reply: str) -> None:
    assert [c.value for c in sorted(MEMBERS.parse(reply), key=lambda c: c.index)] == ["", "..."]


def test_a_row_that_validates_is_an_answer() -> None:
    table = "| text | probability |\n|---|---|\n| ... | 0.3 |\n| b | 0.7 |"
    assert [c.value for c in MEMBERS.parse(table)] == ["b", "..."]
