"""The job engine: what goes on, what stops, and who waits for whom."""

from __future__ import annotations

import asyncio
import time

import pytest

from verbalized_sampling import Elicitation, Reply, SettingsError, Usage
from verbalized_sampling.bulk import Limits, Task, run
from verbalized_sampling.models import Caller, Options, resolve

from .tasks import ANSWER, run_all, tasks


def test_every_task_has_one_outcome_with_its_raw_replies():
    outcomes = run_all(tasks(lambda _: ANSWER, 50))
    assert sorted(outcome.task.context for outcome in outcomes) == list(range(50))
    assert all([c.text for c in o.result] == ["Tea", "Coffee"] for o in outcomes)
    assert all(o.answers[0].reply.text == ANSWER and not o.answers[0].replayed for o in outcomes)


def test_no_more_calls_are_under_way_than_asked_for():
    here, most = 0, 0

    async def model(_):
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.002)
        here -= 1
        return ANSWER

    run_all(tasks(model, 60), limits=Limits(concurrency=7))
    assert most == 7


def test_a_model_with_one_slot_is_asked_one_call_at_a_time_and_waiting_is_not_counted_as_work():
    async def model(_):
        await asyncio.sleep(0.02)
        return ANSWER

    async def never(_):
        raise AssertionError

    outcomes = run_all(tasks(Caller(never, model, slots=1), 20))
    seconds = sorted(outcome.answers[0].seconds for outcome in outcomes)
    assert seconds[10] < 10 * 0.02  # with the time in the queue, half of them would have taken longer


def test_a_blocking_function_is_called_on_as_many_threads_as_there_may_be_calls():
    def model(_):
        time.sleep(0.05)
        return ANSWER

    began = time.monotonic()
    run_all(tasks(model, 64), limits=Limits(concurrency=64))
    assert time.monotonic() - began < 1.0  # one after another it would take 3.2 s; this asserts no speed


def test_max_calls_is_never_passed_and_the_progress_says_why_the_job_ended():
    asked, seen = [], []

    async def model(_):
        asked.append(1)
        await asyncio.sleep(0)
        return ANSWER

    outcomes = run_all(tasks(model, 100), limits=Limits(max_calls=13, concurrency=8), on_progress=seen.append)
    assert len(asked) == len(outcomes) == 13
    assert seen[-1].stopped == "max_calls=13 is reached"


def test_max_tokens_ends_the_job_within_what_is_under_way():
    async def model(_):
        return Reply(ANSWER, usage=Usage(1, 10, 10))

    outcomes = run_all(tasks(model, 100), limits=Limits(max_tokens=100, concurrency=4))
    assert 5 <= len(outcomes) <= 9


def test_a_budget_without_a_price_is_refused_before_the_first_call():
    asked = []
    with pytest.raises(SettingsError, match="price"):
        run_all(tasks(lambda _: asked.append(1) or ANSWER), limits=Limits(max_cost=1.0))
    assert not asked


def test_progress_counts_tasks_calls_tokens_and_money():
    async def model(_):
        return Reply(ANSWER, usage=Usage(1, 1000, 1000))

    caller = resolve(model, Options())
    priced = [
        Task(row=str(i), plan=lambda: Elicitation(k=2).plan("Tea?"), model="openai:gpt-5-mini", caller=caller)
        for i in range(4)
    ]
    seen = []
    run_all(priced, total=4, on_progress=seen.append)
    last = seen[-1]
    assert (last.done, last.total, last.calls, last.failed) == (4, 4, 4, 0)
    assert last.usage == Usage(4, 4000, 4000)
    assert last.cost == pytest.approx(4 * 0.00225)
    assert last.eta == 0


@pytest.mark.parametrize(
    "wrong", [{"concurrency": 0}, {"max_calls": 0}, {"max_cost": -1}, {"retries": -1}, {"concurrency": "4"}]
)
def test_a_limit_that_is_none_is_refused(wrong):
    with pytest.raises(SettingsError):
        Limits(**wrong)


def test_requests_a_minute_are_kept():
    pytest.importorskip("aiolimiter")
    asked = []

    async def scenario():
        async def model(_):
            asked.append(1)
            return ANSWER

        jobs = run(tasks(model, 100), limits=Limits(requests_per_minute=20))
        try:
            async with asyncio.timeout(0.3):
                async for _ in jobs:
                    pass
        except TimeoutError:
            await jobs.aclose()

    asyncio.run(scenario())
    assert 20 <= len(asked) <= 22


def test_leaving_early_leaves_no_call_behind():
    cancelled = []

    async def model(messages):
        if "Question 0" in messages[-1]["content"]:
            return ANSWER
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise
        return ANSWER

    async def scenario():
        jobs = run(tasks(model, 8), limits=Limits(concurrency=4))
        async for _ in jobs:
            break
        await jobs.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(scenario()) == 1
    assert 3 <= len(cancelled) <= 4
