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
    program = VerbalizedSampling("question -> answer", k=5)
    values = await streamed(program, scripted(REPLIES[adapter]), adapter(), is_async_program=is_async)
    places = [place for place, value in enumerate(values) if isinstance(value, CandidateResponse)]
    given = [values[place] for place in places]
    final = values[-1]
    assert [g.candidate.value for g in given] == [item["answer"] for item in ITEMS]
    assert [g.candidate.verbalized for g in given] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert all(g.predict is program.predict for g in given)
    by_index = {c.index: c for c in final.distribution}
    assert [(g.candidate.text, g.candidate.value, g.candidate.stated) for g in given] == [
        (c.text, c.value, c.stated) for c in (by_index[g.candidate.index] for g in given)
    ]
    # Raw chunks lie between them: each came when it was complete, not when all were.
    assert all(second - first > 3 for first, second in pairwise(places))


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
    assert sum(isinstance(value, CandidateResponse) for value in values) == 5


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
