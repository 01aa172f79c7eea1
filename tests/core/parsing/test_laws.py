"""Laws that hold for every text: nothing lost, nothing invented, and a stream says what the parse says."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser, StreamedCandidate
from verbalized_sampling.parsing.language.counting import counted
from verbalized_sampling.parsing.language.remarks import is_closing_remark
from verbalized_sampling.values.distribution import Distribution
from verbalized_sampling.values.repairs import Repair

from .writers import (
    DAMAGES,
    PAIRS,
    STREAMED,
    WRITERS,
    Pairs,
    as_json,
    as_percents_in_json,
    as_tags,
    chatty,
    fenced,
)

PARSER: DistributionParser[str] = DistributionParser()
REPLIES = [
    json.loads(p.read_text(encoding="utf-8"))["reply"]
    for p in (Path(__file__).parents[2] / "data" / "replies").rglob("*.json")
]
TOKENS = st.sampled_from(
    [
        *('{}[]":,<>|#*-\n` ' + "\\\ud800"),
        *("text", "probability", "0.1", "12%", "<response>", "</response>", "<text>", "</text>", "<think>", "</think>"),
        *("1. ", "Probability: 0.2", "(p=0.1)", "```", "- text: a", '{"text": "a", "probability": 0.5}'),
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(TOKENS, max_size=40).map("".join), st.sampled_from(REPLIES))


def read(text: str) -> Distribution[str] | None:
    try:
        return PARSER.parse(text)
    except DistributionParseError:
        return None


def streamed(text: str, cuts: list[int]) -> tuple[list[StreamedCandidate[str]], Distribution[str] | None, bool]:
    stream = PARSER.stream()
    given: list[StreamedCandidate[str]] = []
    for start, end in pairwise([0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]):
        given += stream.feed(text[start:end])
    try:
        return given, stream.close(), stream.superseded
    except DistributionParseError:
        return given, None, stream.superseded


def read_pairs(distribution: Distribution[str]) -> Pairs:
    return [(c.text, c.verbalized or 0.0) for c in sorted(distribution, key=lambda c: c.index)]


@given(ANY_TEXT)
def test_parse_raises_nothing_but_its_error_and_gives_what_can_be_encoded(text: str) -> None:
    try:
        distribution = PARSER.parse(text)
    except DistributionParseError as error:
        str(error).encode()
        assert 0 <= error.position <= len(text)
        return
    assert math.isclose(math.fsum(c.probability for c in distribution), 1.0)
    for candidate in distribution:
        candidate.text.encode()
        assert candidate.text.strip()
        assert candidate.verbalized is None or 0.0 <= candidate.verbalized <= 1.0
    assert all(0 <= dropped.position <= len(text) for dropped in distribution.dropped)
    assert Distribution.from_json(distribution.to_json(), str) == distribution


@given(ANY_TEXT, st.lists(st.integers(0, 10_000), max_size=30))
def test_the_close_is_the_parse_however_the_text_is_cut(text: str, cuts: list[int]) -> None:
    given, closed, superseded = streamed(text, cuts)
    whole = read(text)
    assert closed == whole
    if superseded:
        assert whole is None or whole.repairs
        return
    final = {c.index: c for c in whole or ()}
    for candidate in given:
        same = final[candidate.index]
        assert (candidate.text, candidate.verbalized, candidate.stated, candidate.value, candidate.repairs) == (
            same.text,
            same.verbalized,
            same.stated,
            same.value,
            same.repairs,
        )
    assert [c.index for c in given] == list(range(len(given)))


@pytest.mark.parametrize("reply", REPLIES)
def test_byte_by_byte_and_whole_are_the_same(reply: str) -> None:
    one_by_one = streamed(reply, list(range(len(reply))))
    assert one_by_one[1] == streamed(reply, [])[1] == read(reply)


@given(PAIRS, st.sampled_from(WRITERS), st.sampled_from(DAMAGES))
def test_every_format_gives_back_what_was_written(
    pairs: Pairs, write: Callable[[Pairs], str], damage: Callable[[str], str]
) -> None:
    assert read_pairs(PARSER.parse(damage(write(pairs)))) == pairs


@given(PAIRS, st.sampled_from(STREAMED), st.sampled_from([fenced, chatty, str]), st.integers(1, 30))
def test_a_stream_gives_a_candidate_by_the_time_the_next_is_written(
    pairs: Pairs, write: Callable[[Pairs], str], damage: Callable[[str], str], size: int
) -> None:
    # The first items of a list are held until its structure is sure; what begins as a closing remark may be one, and
    # what begins with a word and a letter may count.
    assume(not any(is_closing_remark(text) or is_closing_remark(f"**{text}**") or counted(text) for text, _ in pairs))
    pairs = [(text + more, number) for more in ("", " or two", " or three") for text, number in pairs]
    reply = damage(write(pairs))
    given, closed, superseded = streamed(reply, list(range(0, len(reply), size)))
    assert closed is not None
    assert not superseded
    assert len(given) >= len(pairs) - 2
    assert [(c.text, c.verbalized) for c in given] == pairs[: len(given)]


@pytest.mark.parametrize(
    "reply",
    [
        "- dx: Iron\n  confidence: 0.7\n  next: ferritin\n- dx: Stress\n  confidence: 0.3\n  next: rest\n",
        "**Likely:**\n- It opens (0.4)\n- It stays shut (0.3)\n\n**Unlikely:**\n- It burns (0.02)\n- It sinks (0.03)",
        (
            '<|channel|>analysis<|message|>{"text": "no", "probability": 0.9}<|channel|>final<|message|>'
            '{"responses": [{"text": "Tea", "probability": 0.7}, {"text": "Milk", "probability": 0.3}]}'
        ),
    ],
    ids=["YAML of an unknown field", "titles of groups", "thoughts in a channel"],
)
def test_a_stream_gives_what_holds(reply: str) -> None:
    for size in range(1, 12):
        given, _, superseded = streamed(reply, list(range(0, len(reply), size)))
        assert given
        assert not superseded


@given(PAIRS, st.integers(1, 30))
def test_a_stream_gives_percents_once_two_show_that_they_are(pairs: Pairs, size: int) -> None:
    reply = as_percents_in_json(pairs)
    given, closed, superseded = streamed(reply, list(range(0, len(reply), size)))
    assert closed is not None
    assert not superseded
    assert len(given) == len(pairs)
    assert [c.verbalized for c in given] == [c.verbalized for c in sorted(closed, key=lambda c: c.index)]


@given(PAIRS, st.sampled_from([as_json, as_tags]), st.data())
def test_a_cut_reply_gives_whole_candidates_only(
    pairs: Pairs, write: Callable[[Pairs], str], data: st.DataObject
) -> None:
    reply = write(pairs)
    cut = data.draw(st.integers(0, len(reply) - 1))
    distribution = read(reply[:cut])
    if distribution is not None:
        assert read_pairs(distribution) == pairs[: len(distribution)]
        assert distribution.truncated or len(distribution) < len(pairs) or cut >= len(reply.rstrip("]}"))


def _drop_character(reply: str, at: int) -> str:
    return reply[:at] + reply[at + 1 :]


@given(PAIRS, st.data())
def test_damage_to_one_candidate_leaves_the_others_before_it(pairs: Pairs, data: st.DataObject) -> None:
    reply = as_json(pairs)
    victim = data.draw(st.integers(1, len(pairs) - 1))
    start = reply.index(json.dumps(pairs[victim][0], ensure_ascii=False))
    at = data.draw(st.integers(start, start + len(pairs[victim][0])))
    distribution = read(_drop_character(reply, at))
    assert distribution is not None
    assert read_pairs(distribution)[:victim] == pairs[:victim]


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 5000 + "1", "²", "١" * 5000], ids=["9", "0", "²", "١"])
@pytest.mark.parametrize(
    "reply",
    [
        "&quot;a&quot;: &#{0}",
        "<ul><li>&#{0}; (0.1)</li><li>b (0.2)</li></ul>",
        '{{"n": {0}, "text": "a", "probability": {0},}}',
        "{0}. a (p={0})\n2. b (1/{0})",
        "Response {0}: a\nProbability: {0}%",
    ],
)
def test_no_number_is_too_long_to_be_read_or_refused(reply: str, digits: str) -> None:
    text = reply.format(digits)
    assert streamed(text, [10])[1] == read(text)


@pytest.mark.parametrize(
    "unit", ["[", "{", '"', "<text>", "<response>", "\\", "```\n", '{"a":', "p=0.1 ", "- a\n", "<think>"]
)
def test_a_text_of_nothing_but_marks_is_refused(unit: str) -> None:
    limit = sys.getrecursionlimit()
    assert read(unit * 20_000) is None
    assert sys.getrecursionlimit() == limit


def test_a_strict_parser_takes_a_clean_reply_and_refuses_a_repaired_one() -> None:
    pairs = [("Rain again", 0.1), ("Sun at last", 0.2)]
    strict: DistributionParser[str] = DistributionParser(strict=True, tau=0.15)
    assert [c.repairs for c in strict.parse(as_json(pairs))] == [(Repair.ABOVE_TAU,), ()]
    with pytest.raises(DistributionParseError, match="fence") as caught:
        strict.parse(fenced(as_json(pairs)))
    assert caught.value.salvaged is not None
    assert read_pairs(caught.value.salvaged) == pairs


@pytest.mark.parametrize(
    "reply",
    [
        '{"%s": 1}',
        '{"note": "a %s"}',
        '{"choices": [{"message": {"role": "assistant", "content": "1. A%s (0.4)\\n2. B (0.6)"}}]}',
        '{"%s": 0.4, "b": 0.6}',
        '"{\\"text\\": \\"%s\\", \\"probability\\": 0.4}"',
        "[Candidate(text='%s', probability=0.4), Candidate(text='b', probability=0.6)]",
        '{"texts": ["%s", "b"], "probabilities": [0.4, 0.6]}',
        '[["%s", 0.4], ["b", 0.6]]',
        "<response><text>%s</text><probability>0.4</probability></response>",
        "1. %s (0.4)\n2. b (0.6)",
    ],
)
def test_half_a_character_is_read_or_refused(reply: str) -> None:
    text = reply % "\ud800"
    parser = DistributionParser()
    stream = parser.stream()
    stream.feed(text)
    try:
        distribution = parser.parse(text)
    except DistributionParseError as error:
        str(error).encode()
        with pytest.raises(DistributionParseError):
            stream.close()
        return
    assert stream.close() == distribution
    distribution.to_json().encode()
