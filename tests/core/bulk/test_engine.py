"""The job engine: what goes on, what stops, and who waits for whom."""

from __future__ import annotations

import asyncio
import time

import pytest

from verbalized_sampling import Elicitation, JobError, ModelError, RefusalError, Reply, SettingsError, Usage
from verbalized_sampling.bulk import Journal, Limits, Task, run
from verbalized_sampling.bulk.engine.gate import Gate
from verbalized_sampling.models import Caller, Options, resolve

ANSWER = '[{"text": "Tea", "probability": 0.7}, {"text": "Coffee", "probability": 0.2}]'


def tasks(model, n=10, *, variant="standard", **options):
    elicitation = Elicitation(k=1 if variant == "direct" else 2, variant=variant)
    caller = resolve(model, Options(**options)) if not isinstance(model, Caller) else model
    for i in range(n):
        yield Task(
            row=str(i), plan=lambda i=i: elicitation.plan(f"Question {i}"), model="scripted", caller=caller, context=i
        )


async def collect(*args, **kwargs):
    return [outcome async for outcome in run(*args, **kwargs)]


def run_all(*args, **kwargs):
    return asyncio.run(collect(*args, **kwargs))


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


def test_a_journal_makes_a_second_run_ask_nothing(tmp_path):
    asked = []

    def model(_):
        asked.append(1)
        return ANSWER

    for _ in range(2):
        with Journal(tmp_path / "job.journal") as journal:
            outcomes = run_all(tasks(model), journal=journal)
    assert len(asked) == 10
    assert all(o.answers[0].replayed for o in outcomes)


def test_the_same_question_asked_twice_on_purpose_is_two_calls(tmp_path):
    answers = iter(f"answer {i}" for i in range(100))
    elicitation = Elicitation(variant="direct", k=5)
    caller = resolve(lambda _: next(answers), Options())
    job = [Task(row="0", plan=lambda: elicitation.plan("Name a colour"), model="m", caller=caller)]
    results = []
    for _ in range(2):
        with Journal(tmp_path / "job.journal") as journal:
            (outcome,) = run_all(job, journal=journal)
            results.append(sorted(c.text for c in outcome.result))
    assert results[0] == results[1] == [f"answer {i}" for i in range(5)]


@pytest.mark.parametrize(
    "change",
    [{"seed": 2}, {"temperature": 0.5}, {"max_tokens": 9}],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_are_other_calls(tmp_path, change):
    asked = []

    def model(_, seed=None, temperature=None, max_tokens=None):
        asked.append(1)
        return ANSWER

    for options in ({"seed": 1}, {"seed": 1} | change):
        with Journal(tmp_path / "job.journal") as journal:
            caller, settings = resolve(model, Options()), Options(**options)
            job = [Task(row="0", plan=lambda: Elicitation(k=2).plan("x"), model="m", caller=caller, options=settings)]
            run_all(job, journal=journal)
    assert len(asked) == 2


def test_another_prompt_another_model_and_another_template_are_other_calls(tmp_path):
    asked = []
    caller = resolve(lambda _: asked.append(1) or ANSWER, Options())
    plans = [
        ("x", "a", {}),
        ("y", "a", {}),
        ("x", "b", {}),
        ("x", "a", {"tau": 0.1}),
        ("x", "a", {"template": "paper"}),
    ]
    for query, model, settings in plans:
        with Journal(tmp_path / "job.journal") as journal:
            elicitation = Elicitation(k=2, **settings)
            run_all(
                [Task(row="0", plan=lambda e=elicitation, q=query: e.plan(q), model=model, caller=caller)],
                journal=journal,
            )
    assert len(asked) == 5


def test_a_changed_parser_reads_the_old_replies_anew(tmp_path):
    asked = []

    def model(_):
        asked.append(1)
        return '[{"text": "Tea", "probability": 2}, {"text": "Coffee", "probability": 4}]'

    for weighting, weight in (("verbalized", 2 / 3), ("uniform", 0.5)):
        with Journal(tmp_path / "job.journal") as journal:
            elicitation = Elicitation(k=2, weighting=weighting, definition="relative")
            job = [
                Task(row="0", plan=lambda e=elicitation: e.plan("Tea?"), model="m", caller=resolve(model, Options()))
            ]
            (outcome,) = run_all(job, journal=journal)
        assert outcome.result is not None
        assert outcome.result[0].probability in (pytest.approx(weight), 0.5)
    assert len(asked) == 1
