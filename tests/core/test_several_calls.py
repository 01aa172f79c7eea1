"""Several calls at once: averaged, left out, ended, and nothing lost."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time

import pytest

from verbalized_sampling import (
    DistributionParseError,
    ModelError,
    Repair,
    SettingsError,
    averbalize,
    verbalize,
)

from ..scripted import TWO, Answer, completion, in_json


def test_several_calls_are_averaged_and_each_has_a_seed_of_its_own():
    seeds = set()

    def model(messages, *, seed):
        seeds.add(seed)
        return f'[{{"text": "answer {seed}", "probability": 0.5}}, {{"text": "both", "probability": 0.5}}]'

    d = verbalize("x", model=model, k=2, calls=3, seed=10)
    assert seeds == {10, 11, 12} and len(d) == 4 and d.usage.calls == 3
    assert (d[0].text, d[0].probability, d[0].count) == ("both", 0.5, 3)


async def test_several_calls_run_at_the_same_time():
    running = most = 0

    async def model(messages):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return TWO

    assert sum(c.count for c in await averbalize("x", model=model, k=2, calls=40)) == 80
    assert 1 < most <= 16


def test_a_call_that_fails_among_several_is_left_out_and_on_record(caplog):
    replies = iter([TWO, ModelError("gone", retryable=True), TWO])
    lock = threading.Lock()

    def model(messages):
        with lock:
            reply = next(replies)
        if isinstance(reply, Exception):
            raise reply
        return reply

    d = verbalize("x", model=model, k=2, calls=3)
    assert [c.count for c in d] == [2, 2] and Repair.FAILED_CALL in d.repairs and "gone" in caplog.text


def test_calls_that_all_fail_are_an_error():
    def model(messages):
        raise ModelError("gone", retryable=True)

    with pytest.raises(ModelError, match="gone"):
        verbalize("x", model=model, k=2, calls=3)
    for wrong in ({"calls": 0}, {"concurrency": 0}, {"timeout": 0}, {"temperature": -1}, {"seed": "one"}):
        with pytest.raises(SettingsError, match=f"{next(iter(wrong))} must be"):
            verbalize("x", model=model, **wrong)


@pytest.mark.parametrize(
    "error",
    [
        TypeError("a bug"),
        RuntimeError("no idea"),
        SettingsError("a wrong setting"),
        ModelError("a wrong key", status=401),
        ModelError("no such model", status=404),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_cannot_mend_ends_the_remaining_calls_and_keeps_what_was_won(error):
    asked = []
    lock = threading.Lock()

    def model(messages):
        with lock:
            asked.append(1)
            if len(asked) > 1:
                raise error
        return TWO

    async def amodel(messages):
        return model(messages)

    async def sync():
        return verbalize("x", model=model, k=2, calls=100, concurrency=1)

    for run in (
        sync(),
        averbalize("x", model=amodel, k=2, calls=100, concurrency=1),
        averbalize("x", model=model, k=2, calls=100, concurrency=1),
    ):
        asked.clear()
        with pytest.raises(type(error)) as caught:
            await run
        assert caught.value is error and len(asked) == 2 and len(error.salvaged) == 2


def test_failing_top_ups_lose_nothing_that_was_won():
    def model(messages, seed):
        if len(messages) > 2:  # it asks for what is missing
            raise ModelError("slow down", status=429, retryable=True)
        return json.dumps([{"text": f"{seed} {side}", "probability": 0.5} for side in ("left", "right")])

    distribution = verbalize("x", model=model, k=5, calls=10, seed=0)
    assert len(distribution) == 20 and Repair.FAILED_CALL in distribution.repairs


class SlowAfter3:
    """A model that gives three answers, as a function or an endpoint, and then says that it was asked once more."""

    def __init__(self, scripted):
        self.asked, self.again = 0, threading.Event()
        scripted.plays(lambda body: in_json(completion(TWO)) if self.is_quick() else Answer((), end="hang"))
        self.models = (self, f"m@{scripted.url}")

    def __call__(self, messages):
        if not self.is_quick():
            time.sleep(5)
        return TWO

    def is_quick(self):
        self.asked += 1
        if self.asked > 3:
            self.again.set()
        return self.asked <= 3


@pytest.mark.parametrize("is_endpoint", [False, True], ids=["function", "endpoint"])
@pytest.mark.parametrize(("variant", "answers"), [("standard", 6), ("direct", 3)])
def test_an_interrupt_carries_what_was_won(variant, answers, is_endpoint, scripted):
    model, ended = SlowAfter3(scripted), threading.Event()

    def interrupt():
        model.again.wait(10)
        while not ended.wait(0.5):  # Python looks at a signal that comes just before it waits after it has waited
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        verbalize("x", model=model.models[is_endpoint], k=2, variant=variant, calls=20, concurrency=1)
    ended.set()
    thread.join()
    assert sum(c.count for c in caught.value.salvaged) == answers


@pytest.mark.parametrize("is_endpoint", [False, True], ids=["function", "endpoint"])
async def test_a_cancellation_carries_what_was_won(is_endpoint, scripted):
    model = SlowAfter3(scripted)
    task = asyncio.create_task(averbalize("x", model=model.models[is_endpoint], k=2, calls=20, concurrency=1))
    await asyncio.to_thread(model.again.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert sum(c.count for c in caught.value.salvaged) == 6


async def test_a_cancelled_call_leaves_no_further_call():
    asked, begun = [], asyncio.Event()

    async def model(messages):
        asked.append(1)
        begun.set()
        await asyncio.sleep(0.05)
        return TWO

    task = asyncio.create_task(averbalize("x", model=model, k=2, calls=100, concurrency=4))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    assert len(asked) == 4


def test_concurrency_says_how_many_calls_run_at_once():
    running = most = 0
    lock = threading.Lock()

    def model(messages):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return TWO

    verbalize("x", model=model, k=2, calls=60, concurrency=20)
    assert 10 < most <= 20
    most = 0
    verbalize("x", model=model, k=2, calls=8, concurrency=1)
    assert most == 1


@pytest.mark.parametrize("variant", ["direct", "direct_cot"])
def test_a_baseline_asks_all_at_once_and_each_request_has_a_seed_of_its_own(variant):
    seeds, barrier = [], threading.Barrier(4)

    def model(messages, *, seed):
        seeds.append(seed)
        barrier.wait(5)
        return f"answer {seed}"

    d = verbalize("x", model=model, variant=variant, k=4, seed=100)
    assert sorted(seeds) == [100, 101, 102, 103]
    assert [c.text for c in d] == [f"answer {seed}" for seed in range(100, 104)] and d.usage.calls == 4


def test_the_requests_of_all_calls_have_different_seeds():
    seeds = []

    def model(messages, *, seed):
        seeds.append(seed)
        return f'[{{"text": "one {seed}", "probability": 0.2}}, {{"text": "two {seed}", "probability": 0.2}}]'

    verbalize("x", model=model, variant="multi", k=2, total=6, calls=3, seed=10)
    assert sorted(seeds) == list(range(10, 19))


def test_a_baselines_empty_answers_are_asked_for_again_as_often_as_is_allowed():
    replies = iter(["one", "", "two", "", "three"])
    d = verbalize("x", model=lambda messages: next(replies), variant="direct", k=4, concurrency=1)
    assert [c.text for c in d] == ["one", "two", "three"] and Repair.TOO_FEW in d.repairs
    with pytest.raises(DistributionParseError, match="empty"):
        verbalize("x", model=lambda messages: "", variant="direct", k=2)
    assert not verbalize("x", model=lambda messages: "", variant="direct", k=2, on_empty="return")
