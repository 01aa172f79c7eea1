"""Candidates arrive one by one, while the reply is still being written."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import dspy
import pytest
from dspy.streaming import StreamListener
from dspy_verbalized_sampling import CandidateListener, CandidateResponse, VerbalizedSampling, verbalize

pytestmark = pytest.mark.skipif(find_spec("dspy.lm15") is None, reason="this DSPy has no engines to script")

ITEMS = [{"answer": f"a {n} & <b>", "probability": 0.1 * n} for n in range(1, 6)]
NESTED = "".join(
    f"<item><answer>a {n} &amp; &lt;b></answer><probability>{0.1 * n}</probability></item>" for n in range(1, 6)
)
REPLIES = {
    dspy.ChatAdapter: f"[[ ## candidates ## ]]\n{json.dumps(ITEMS)}\n\n[[ ## completed ## ]]",
    dspy.JSONAdapter: json.dumps({"candidates": ITEMS}, indent=2),
    dspy.XMLAdapter: f"<candidates>{NESTED}</candidates>",
}


async def streamed(program: Any, lm: Any, adapter: Any = None, **options: Any) -> list[Any]:
    with dspy.context(lm=lm, adapter=adapter):
        return [value async for value in dspy.streamify(program, **options)(question="?")]


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("adapter", REPLIES)
async def test_candidates_come_before_the_reply_ends(adapter: Any, is_async: bool, scripted: Any) -> None:
    program, lm = VerbalizedSampling("question -> answer", k=5), scripted(REPLIES[adapter])
    stream = dspy.streamify(program, stream_listeners=[CandidateListener("answer")], is_async_program=is_async)
    given, places = [], []
    with dspy.context(lm=lm, adapter=adapter()):
        async for value in stream(question="?"):
            if isinstance(value, CandidateResponse):
                given.append(value)
                places.append(lm.script.pieces)
    assert [g.candidate.value for g in given] == [item["answer"] for item in ITEMS]
    assert [g.candidate.verbalized for g in given] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert all(g.predict is program.predict for g in given)
    by_index = {c.index: c for c in value.distribution}
    assert [(g.candidate.text, g.candidate.value, g.candidate.stated) for g in given] == [
        (c.text, c.value, c.stated) for c in (by_index[g.candidate.index] for g in given)
    ]
    # Each came when it was complete, not when all were (DSPy's stream holds back some pieces).
    assert places[0] < lm.script.pieces
    assert all(first < second for first, second in pairwise(places[:3]))


async def test_a_listener_leaves_only_candidates_and_the_prediction(scripted: Any) -> None:
    program = verbalize(dspy.ChainOfThought("question -> answer"), k=5)
    lm = scripted("[[ ## reasoning ## ]]\nwell\n\n" + REPLIES[dspy.ChatAdapter])
    values = await streamed(program, lm, stream_listeners=[CandidateListener("answer")])
    assert [type(value).__name__ for value in values] == ["CandidateResponse"] * 5 + ["VerbalizedPrediction"]
    lm = scripted("[[ ## reasoning ## ]]\nwell\n\n" + REPLIES[dspy.ChatAdapter])
    values = await streamed(
        program, lm, stream_listeners=[CandidateListener("answer")], include_final_prediction_in_output_stream=False
    )
    assert [type(value).__name__ for value in values] == ["CandidateResponse"] * 5


async def test_the_reasoning_streams_with_dspys_own_listener(scripted: Any) -> None:
    program = verbalize(dspy.ChainOfThought("question -> answer"), k=5)
    lm = scripted("[[ ## reasoning ## ]]\nwell then\n\n" + REPLIES[dspy.ChatAdapter])
    values = await streamed(program, lm, stream_listeners=[StreamListener("reasoning")])
    assert "".join(v.chunk for v in values if isinstance(v, dspy.streaming.StreamResponse)) == "well then"
    assert not any(isinstance(value, CandidateResponse) for value in values)
    listeners = [StreamListener("reasoning"), CandidateListener("answer")]
    lm = scripted("[[ ## reasoning ## ]]\nwell then\n\n" + REPLIES[dspy.ChatAdapter])
    values = await streamed(program, lm, stream_listeners=listeners)
    assert "".join(v.chunk for v in values if isinstance(v, dspy.streaming.StreamResponse)) == "well then"
    assert sum(isinstance(value, CandidateResponse) for value in values) == 5


async def test_a_server_passes_the_stream_on_without_knowing_of_candidates(scripted: Any) -> None:
    program = verbalize(dspy.Predict("question -> answer"), k=5)
    with dspy.context(lm=scripted(REPLIES[dspy.ChatAdapter])):
        sent = [line async for line in dspy.streaming.streaming_response(dspy.streamify(program)(question="?"))]
    *chunks, last, done = sent
    assert done == "data: [DONE]\n\n"
    assert chunks and all(json.loads(chunk.removeprefix("data: "))["chunk"] for chunk in chunks)
    assert json.loads(last.removeprefix("data: "))["prediction"]["answer"] in [item["answer"] for item in ITEMS]


async def test_a_listener_of_dspys_own_gets_the_prediction_at_the_end(scripted: Any) -> None:
    program = verbalize(dspy.Predict("question -> answer"), k=5)
    options = {"stream_listeners": [StreamListener("answer")], "include_final_prediction_in_output_stream": False}
    values = await streamed(program, scripted(REPLIES[dspy.ChatAdapter]), **options)
    assert values[-1].answer in [item["answer"] for item in ITEMS]


async def test_later_turns_stream_what_is_new(scripted: Any) -> None:
    replies = iter([ITEMS[:2], ITEMS[1:3]])
    lm = scripted(lambda _: f"[[ ## candidates ## ]]\n{json.dumps(next(replies))}\n\n[[ ## completed ## ]]")
    program = VerbalizedSampling("question -> answer", k=2, variant="multi", total=4)
    values = await streamed(program, lm, stream_listeners=[CandidateListener("answer")])
    assert [v.candidate.value for v in values[:-1]] == [item["answer"] for item in ITEMS[:3]]


async def test_a_reply_from_the_cache_gives_the_prediction_alone(scripted: Any) -> None:
    lm = scripted(REPLIES[dspy.ChatAdapter], cache=True)
    program = VerbalizedSampling("question -> answer", k=5)
    await streamed(program, lm)
    values = await streamed(program, lm)
    assert len(lm.script.requests) == 1
    assert len(values[-1].distribution) == 5


async def test_streaming_changes_nothing_in_the_prediction(scripted: Any) -> None:
    program = VerbalizedSampling("question -> answer", k=5, seed=3)
    values = await streamed(program, scripted(REPLIES[dspy.ChatAdapter]))
    with dspy.context(lm=scripted(REPLIES[dspy.ChatAdapter])):
        prediction = program(question="?")
    assert values[-1] == prediction
    assert values[-1].distribution == prediction.distribution
