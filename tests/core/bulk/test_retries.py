"""What fails in a job: what is tried again, what is given up, and what ends it."""

from __future__ import annotations

import asyncio
import time

import pytest

from verbalized_sampling import Elicitation, JobError, ModelError, RefusalError, SettingsError
from verbalized_sampling.bulk import Limits, Task, run
from verbalized_sampling.bulk.engine.gate import Gate
from verbalized_sampling.models import Options, resolve

from .tasks import ANSWER, run_all, tasks


def test_a_failed_task_is_an_outcome_and_the_rest_goes_on():
    def model(messages):
        if "Question 3" in messages[-1]["content"]:
            raise ModelError("context too long", status=400)
        if "Question 5" in messages[-1]["content"]:
            raise RefusalError("I can't help with that.")
        return "nothing here" if any("Question 7" in m["content"] for m in messages) else ANSWER

    outcomes = {o.task.context: o for o in run_all(tasks(model))}
    assert {i: type(o.error).__name__ for i, o in outcomes.items() if o.error} == {
        3: "ModelError",
        5: "RefusalError",
        7: "DistributionParseError",
    }
    assert outcomes[7].answers[0].reply.text == "nothing here"


def test_a_prompt_that_cannot_be_asked_fails_alone():
    bad = Task(row="bad", plan=lambda: Elicitation().plan(""), model="m", caller=resolve(lambda _: ANSWER, Options()))
    outcomes = run_all([bad, *tasks(lambda _: ANSWER, 2)])
    assert [type(o.error) for o in outcomes if o.error] == [SettingsError]
    assert len(outcomes) == 3


def test_what_the_users_own_function_raises_comes_out_as_it_is():
    def model(_):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        run_all(tasks(model))


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_an_error_that_cannot_mend_ends_the_job(status):
    asked = []

    def model(_):
        asked.append(1)
        raise ModelError("no", status=status)

    with pytest.raises(ModelError):
        run_all(tasks(model, 1000), limits=Limits(concurrency=2))
    assert len(asked) <= 4


def test_a_passing_error_is_tried_again_after_the_time_that_the_endpoint_names():
    times = []

    async def model(_):
        times.append(time.monotonic())
        if len(times) == 1:
            raise ModelError("busy", status=503, retryable=True, retry_after=0.05)
        return ANSWER

    (outcome,) = run_all(tasks(model, 1))
    assert outcome.result
    assert times[1] - times[0] >= 0.05


def test_a_call_that_keeps_failing_is_given_up_and_the_rest_goes_on():
    async def model(messages):
        if "Question 0" in messages[-1]["content"]:
            raise ModelError("busy", status=500, retryable=True, retry_after=0.0)
        return ANSWER

    outcomes = run_all(tasks(model, 5), limits=Limits(retries=3))
    assert [o.task.context for o in outcomes if o.error] == [0]


def test_a_waiting_retry_keeps_nobody_else_waiting():
    order = []

    async def model(messages):
        question = messages[-1]["content"]
        if question not in order and "Question 0" in question:
            order.append(question)
            raise ModelError("busy", status=503, retryable=True, retry_after=0.1)
        order.append(question)
        return ANSWER

    outcomes = run_all(tasks(model, 4), limits=Limits(concurrency=1))
    assert [o.task.context for o in outcomes] == [1, 2, 3, 0]


def test_any_number_of_waiting_retries_keeps_nobody_else_waiting():
    seen = []

    async def model(messages):
        question = messages[-1]["content"]
        if question not in seen and int(question.split()[1]) < 30:
            seen.append(question)
            raise ModelError("busy", status=503, retryable=True, retry_after=0.5)
        return ANSWER

    order = [outcome.task.context for outcome in run_all(tasks(model, 60), limits=Limits(concurrency=2))]
    assert sorted(order) == list(range(60))
    assert set(order[:30]) == set(range(30, 60))


def test_too_many_requests_narrow_the_gate_once_a_wave_and_answers_widen_it_again():
    async def scenario():
        gate = Gate(16)
        waves = [await gate.__aenter__() for _ in range(16)]
        for wave in waves:
            gate.narrow(wave)
            await gate.__aexit__()
        narrowed = gate.width
        for _ in range(200):
            gate.widen()
        return narrowed, gate.width

    narrowed, widened = asyncio.run(scenario())
    assert narrowed == 8
    assert widened == 16


def test_a_place_in_the_gate_goes_to_who_waits_longest_and_is_handed_on_by_who_is_cancelled():
    entered = []

    async def pass_through(gate, name, held):
        async with gate:
            entered.append(name)
            await held.wait()

    async def scenario():
        gate, held = Gate(1), asyncio.Event()
        first, *others = [asyncio.create_task(pass_through(gate, name, held)) for name in range(4)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)  # the place is given to the second by now, who has not run yet
        others[0].cancel()
        held.set()
        await asyncio.gather(first, *others, return_exceptions=True)
        async with asyncio.timeout(5), gate:
            entered.append("last")

    asyncio.run(scenario())
    assert entered == [0, 2, 3, "last"]


def test_a_job_that_is_left_ends_though_nobody_reads_what_it_has_done():
    async def scenario():
        outcomes = run(tasks(lambda _: ANSWER, 100), limits=Limits(concurrency=1))
        await anext(outcomes)
        await asyncio.sleep(0.5)  # every task under way has ended, and waits to be read
        async with asyncio.timeout(5):
            await outcomes.aclose()

    asyncio.run(scenario())


def test_a_storm_of_429_passes_and_every_task_is_answered():
    state = {"storm": 40}

    async def model(_):
        if state["storm"]:
            state["storm"] -= 1
            raise ModelError("slow down", status=429, retryable=True, retry_after=0.001)
        return ANSWER

    outcomes = run_all(tasks(model, 50), limits=Limits(concurrency=8, retries=50))
    assert len(outcomes) == 50
    assert not any(o.error for o in outcomes)


def test_an_endpoint_that_is_dead_for_good_ends_the_job_and_says_so():
    async def model(_):
        raise ModelError("no route", retryable=True, retry_after=0.01)

    with pytest.raises(JobError, match="no route"):
        run_all(tasks(model), limits=Limits(patience=0.05, retries=1000))
