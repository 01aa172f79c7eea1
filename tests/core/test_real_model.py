"""The whole way with a real language model: the embedded one, and the same behind an HTTP endpoint."""

from __future__ import annotations

import asyncio
import threading
import time

import openai
import pytest

from verbalized_sampling import (
    DistributionParseError,
    Elicitation,
    Message,
    ModelError,
    Reply,
    Request,
    drive,
    verbalize,
)
from verbalized_sampling.models import Options, resolve


def test_five_candidates_with_probabilities_come_from_the_embedded_model():
    d = verbalize("Tell me a joke about coffee", k=5, seed=1)
    assert len(d) == 5 and not d.truncated
    assert all(c.text.strip() and 0 < c.verbalized < 1 for c in d)
    assert d.usage.calls == 1 and d.usage.output_tokens > 20


def test_a_seed_makes_the_embedded_model_repeatable():
    texts = [[c.text for c in verbalize("Name a colour", k=3, words=3, seed=5)] for _ in range(2)]
    assert texts[0] == texts[1]


def test_reasoning_comes_first_with_cot():
    d = verbalize("Suggest a name for a cat", k=3, words=5, variant="cot", seed=2)
    assert len(d) == 3 and d.reasoning


def test_tags_are_read_from_the_embedded_model():
    for variant in ("standard", "cot"):
        d = verbalize("Suggest a name for a cat", k=3, words=4, format="tags", variant=variant, seed=2)
        assert len(d) == 3 and all(0 < c.verbalized < 1 for c in d)
        assert bool(d.reasoning) == (variant == "cot")


def test_multi_goes_on_in_the_same_conversation():
    d = verbalize("Name a colour", k=2, total=4, words=3, variant="multi", seed=3)
    assert d.usage.calls >= 2 and 2 <= len(d) <= 4
    assert len({c.text.casefold() for c in d}) == len(d)


def test_the_plan_runs_over_http_too(endpoint):
    client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0)

    def call(request: Request) -> Reply:
        answer = client.chat.completions.create(
            model=endpoint.model,
            messages=list(request.messages),
            response_format={"type": "json_schema", "json_schema": {"name": "reply", "schema": request.local_schema}},
            max_tokens=600,
            temperature=0.7,
            seed=1,
        )
        return Reply(answer.choices[0].message.content, answer.choices[0].finish_reason)

    d = drive(Elicitation(k=3, words=10).plan("Give me a dinner idea"), call)
    assert len(d) >= 3 and all(0 < c.verbalized < 1 for c in d)


def test_the_share_of_unconstrained_replies_that_can_be_read_is_known(endpoint, record_property):
    """A model this small seldom keeps to a format that is only asked for; what it writes must still be handled."""
    client = openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0)
    readable = asked = 0
    for form in ("json", "tags"):
        for seed in range(2):
            elicitation = Elicitation(k=3, format=form, template="paper", max_extra_calls=0)

            def call(request: Request, seed: int = seed) -> Reply:
                answer = client.chat.completions.create(
                    model=endpoint.model, messages=list(request.messages), max_tokens=250, temperature=0.3, seed=seed
                )
                return Reply(answer.choices[0].message.content, answer.choices[0].finish_reason)

            asked += 1
            try:
                readable += len(drive(elicitation.plan("Name a US state"), call)) > 0
            except DistributionParseError as error:
                assert error.text is not None  # nothing is lost
    record_property("readable", f"{readable} of {asked}")
    print(f"unconstrained replies that could be read: {readable} of {asked}")
    assert asked == 4


def test_a_query_longer_than_the_context_is_the_models_error():
    with pytest.raises(ModelError, match="context size"):
        verbalize("word " * 9000)


def test_a_limit_that_cuts_the_first_candidate_says_so():
    with pytest.raises(DistributionParseError, match="max_tokens"):
        verbalize("Write a poem", max_tokens=12, max_extra_calls=0, seed=1)


def long_story() -> Request:
    return Request((Message(role="user", content="Write a very long story."),), 1, max_tokens=4000)


async def test_the_event_loop_runs_on_and_a_cancelled_call_stops_the_model():
    caller = resolve(None, Options(seed=1))
    task = asyncio.create_task(caller.acall(long_story()))
    ticks = 0
    while ticks < 20:
        await asyncio.sleep(0.02)
        ticks += 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    start = time.monotonic()
    while any(thread.name == "verbalized-sampling" for thread in threading.enumerate()):
        assert time.monotonic() - start < 30, "the model writes on"
        await asyncio.sleep(0.02)


def test_text_arrives_while_the_model_writes():
    pieces = []
    reply = resolve(None, Options(seed=1, max_tokens=20, on_text=pieces.append)).call(long_story())
    assert len(pieces) > 5 and "".join(pieces) == reply.text and reply.is_cut
