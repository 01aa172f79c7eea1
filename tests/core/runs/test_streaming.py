"""stream() and astream(): candidates as they are completed, and the distribution that verbalize() gives."""

from __future__ import annotations

import asyncio
import gc
import threading
import time

import pytest
from pydantic import BaseModel

from verbalized_sampling import (
    ModelError,
    RefusalError,
    Reply,
    SettingsError,
    astream,
    stream,
    verbalize,
)

from ...scripted import chunk, complaint, completion, in_events, in_json

FIRST = '{"responses": [{"text": "Tea", "probability": 0.6}, {"text": "Milk", "probability": 0.2}]}'
SECOND = '{"responses": [{"text": "tea ", "probability": 0.5}, {"text": "Wine", "probability": 0.1}]}'
PIECES = [FIRST[i : i + 7] for i in range(0, len(FIRST), 7)]


async def listed(candidates):
    return [candidate async for candidate in candidates]


def both(query, **settings):
    """What the two twins give, which has to be the same."""
    sync = stream(query, **settings)
    given = list(sync)
    later = astream(query, **settings)
    agiven = asyncio.run(listed(later))
    if settings.get("calls", 1) == 1 and settings.get("variant") != "direct":
        assert agiven == given
    assert sorted(c.text for c in agiven) == sorted(c.text for c in given)
    assert later.distribution.candidates == sync.distribution.candidates
    assert later.superseded == sync.superseded
    return given, sync


def function(*replies):
    """A model that gives them in turn, from the first on for each conversation's first request."""

    def model(messages):
        return replies[sum(m["role"] == "assistant" for m in messages)]

    return model


def test_a_candidate_is_there_before_the_reply_has_ended(scripted):
    begin, rest = "".join(PIECES[:8]), "".join(PIECES[8:])
    scripted.plays(in_events(chunk(begin), 30.0, chunk(rest), chunk(None, "stop")))
    candidates = stream("x", model="m@" + scripted.url, k=2)
    start = time.monotonic()
    for candidate in candidates:
        assert (candidate.text, candidate.verbalized, candidate.index) == ("Tea", 0.6, 0)
        break
    assert time.monotonic() - start < 15
    assert [c.text for c in candidates.distribution] == ["Tea"] and candidates.distribution.source.k == 2
    assert list(candidates) == []


def test_it_ends_with_the_distribution_that_verbalize_gives(scripted):
    scripted.plays(in_events(*map(chunk, PIECES), chunk(None, "stop")))
    given, candidates = both("x", model="m@" + scripted.url, k=2, seed=3)
    assert [(c.text, c.verbalized, c.index) for c in given] == [("Tea", 0.6, 0), ("Milk", 0.2, 1)]
    assert candidates.distribution == verbalize("x", model="m@" + scripted.url, k=2, seed=3)


@pytest.mark.parametrize(
    ("settings", "replies", "texts"),
    [
        ({"k": 2}, [FIRST], ["Tea", "Milk"]),
        ({"k": 3}, [FIRST, SECOND], ["Tea", "Milk", "Wine"]),  # a top-up
        ({"k": 2, "variant": "multi"}, [FIRST, SECOND, "[]"], ["Tea", "Milk", "Wine"]),  # turns
        ({"k": 2, "calls": 3}, [FIRST], ["Tea", "Milk"]),  # runs
        ({"k": 2, "variant": "direct"}, ["Tea"], ["Tea"]),
        ({"k": 2, "variant": "multi_turn"}, ["Tea", "Milk"], ["Tea", "Milk"]),
        ({"k": 2, "format": "tags"}, ["<response>Tea</response><response>Milk</response>"], ["Tea", "Milk"]),
        ({"k": 2}, ["1. Tea (0.6)\n2. Milk (0.2)"], ["Tea", "Milk"]),
    ],
)
def test_each_answer_is_given_once_over_turns_and_runs(settings, replies, texts):
    model = function(*replies)
    given, candidates = both("x", model=model, **settings)
    assert [c.text for c in given] == texts and [c.index for c in given] == list(range(len(texts)))
    assert candidates.distribution.candidates == verbalize("x", model=model, **settings).candidates
    assert {c.text for c in candidates.distribution} == set(texts) and not candidates.superseded


def test_typed_candidates_are_streamed_as_their_type():
    class Drink(BaseModel):
        text: str
        price: int

    reply = '{"responses": [{"text": "Tea", "price": 2, "probability": 1}]}'
    given, _ = both("x", model=lambda _: reply, k=1, candidate=Drink)
    assert given[0].value == Drink(text="Tea", price=2)


def test_a_draft_that_was_given_is_said_to_be_one():
    """A model that thinks aloud writes a list, and then another one."""
    parts = ['<think>\n{"responses": [{"text": "a", "probability": 0.5}]}\n', "</think>\n", FIRST]

    given, candidates = both("x", model=lambda _: "".join(parts), k=2)
    assert [c.text for c in given] == ["Tea", "Milk"] and not candidates.superseded


def test_settings_are_checked_at_once_and_by_the_name_that_was_called():
    with pytest.raises(SettingsError, match="tau must be"):
        stream("x", tau=7)
    with pytest.raises(TypeError, match=r"stream\(\) takes no 'n': did you mean k\?"):
        stream("x", n=3)
    with pytest.raises(TypeError, match=r"astream\(\) takes no 'n'"):
        astream("x", n=3)


def test_errors_come_as_in_verbalize_with_what_was_given(scripted):
    begin = "".join(PIECES[:8])
    scripted.plays(in_events(chunk(begin), done=False, end="close"))
    with pytest.raises(ModelError) as caught:
        list(stream("x", model="m@" + scripted.url, k=2))
    assert [c.text for c in caught.value.salvaged] == ["Tea"]
    with pytest.raises(RefusalError):
        list(stream("x", model=lambda _: Reply("", refusal="no")))

    def bug(_messages):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        list(stream("x", model=bug, calls=3))


async def test_an_error_of_a_later_turn_carries_all_that_was_given(scripted):
    scripted.plays(in_events(*map(chunk, PIECES), chunk(None, "stop")), complaint(401, "no"))
    with pytest.raises(ModelError) as caught:
        await listed(astream("x", model="m@" + scripted.url, variant="multi", k=2))
    assert caught.value.status == 401 and [c.text for c in caught.value.salvaged] == ["Tea", "Milk"]


@pytest.mark.parametrize("leave", ["break", "close", "with", "forget"])
def test_whoever_leaves_early_pays_for_no_further_call(leave):
    asked, may_end = [], threading.Event()

    def model(_messages):
        asked.append(1)
        if len(asked) > 1:
            may_end.wait(10)
        return FIRST

    candidates = stream("x", model=model, k=2, calls=50, concurrency=2)
    if leave == "break":
        for _ in candidates:
            break
    elif leave == "with":
        with candidates:
            next(iter(candidates))
    else:
        iterator = iter(candidates)
        next(iterator)
        if leave == "close":
            candidates.close()
        else:
            del candidates, iterator
            gc.collect()
    may_end.set()
    made = len(asked)
    time.sleep(0.2)
    assert len(asked) == made <= 3


@pytest.mark.parametrize("leave", ["break", "cancel"])
async def test_the_same_holds_on_an_event_loop(leave):
    asked, ended = [], []

    async def model(_messages):
        asked.append(1)
        try:
            if len(asked) > 1:
                await asyncio.sleep(30)
        finally:
            ended.append(1)
        return FIRST

    candidates = astream("x", model=model, k=2, calls=50, concurrency=2)

    async def first():
        async with candidates:
            async for _ in candidates:
                if leave == "break":
                    break

    task = asyncio.create_task(first())
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(asked) == len(ended) <= 3
    assert [c.text for c in candidates.distribution] == ["Tea", "Milk"][: 1 if leave == "break" else 2]


def test_a_call_that_is_under_way_is_ended_at_the_endpoint_too(scripted):
    scripted.plays(in_events(chunk("".join(PIECES[:8])), 5.0, chunk("x"), 5.0, chunk("y")))
    for _ in stream("x", model="m@" + scripted.url, k=2):
        break
    limit = time.monotonic() + 4
    while not scripted.closed and time.monotonic() < limit:
        time.sleep(0.01)
    assert len(scripted.seen) == scripted.closed == 1


def test_an_endpoint_that_ignores_stream_gives_all_at_the_end(scripted):
    scripted.plays(in_json(completion(FIRST)))
    assert [c.text for c in stream("x", model="m@" + scripted.url, k=2)] == ["Tea", "Milk"]


def test_before_the_end_the_distribution_is_what_came_so_far():
    candidates = stream("x", model=lambda _: FIRST, k=2)
    assert len(candidates.distribution) == 0
    sizes = [len(candidates.distribution) for _ in candidates]
    assert sizes == [1, 2]
    assert sum(c.probability for c in candidates.distribution) == pytest.approx(1)
