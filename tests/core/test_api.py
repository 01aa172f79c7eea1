"""verbalize() and the models it takes, with functions as models."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
import time

import pytest
from pydantic import BaseModel

from verbalized_sampling import (
    Distribution,
    DistributionParseError,
    Elicitation,
    ModelError,
    Repair,
    Reply,
    SettingsError,
    averbalize,
    verbalize,
)
from verbalized_sampling.models import VARIABLE

from ..scripted import Answer, completion, in_json

TWO = '{"responses": [{"text": "a", "probability": 0.6}, {"text": "b", "probability": 0.2}]}'


def test_a_function_is_a_model():
    seen = []

    def model(messages):
        seen.append(messages)
        return TWO

    d = verbalize("Tell me a joke", k=2, model=model)
    assert isinstance(d, Distribution) and [c.text for c in d] == ["a", "b"]
    assert seen[0][-1] == {"role": "user", "content": "Tell me a joke"}


async def test_both_kinds_of_function_work_without_blocking():
    async def model(messages):
        return Reply(TWO)

    assert await averbalize("x", k=2, model=model) == await averbalize("x", k=2, model=lambda messages: TWO)


def test_an_async_function_needs_the_async_call():
    async def model(messages):
        return TWO

    with pytest.raises(SettingsError, match="await averbalize"):
        verbalize("x", model=model)


def test_options_reach_a_function_that_declares_them():
    got = {}

    def model(messages, *, temperature, seed=None, max_tokens=None):
        got.update(temperature=temperature, seed=seed, max_tokens=max_tokens)
        return TWO

    verbalize("x", k=2, model=model, temperature=0.9, seed=7)
    assert got["temperature"] == 0.9 and got["seed"] == 7 and got["max_tokens"] > 500
    verbalize("x", k=2, model=model, temperature=0.9, max_tokens=90)
    assert got["max_tokens"] == 90


def test_a_temperature_that_a_function_cannot_take_is_an_error_and_a_seed_is_not():
    with pytest.raises(SettingsError, match="takes no temperature"):
        verbalize("x", k=2, model=lambda messages: TWO, temperature=0.9)
    assert verbalize("x", k=2, model=lambda messages: TWO, seed=1)


def test_a_system_prompt_and_an_elicitation_are_taken():
    seen = []
    verbalize("x", system="You are a pirate.", elicitation=Elicitation(k=9), k=2, model=lambda m: seen.append(m) or TWO)
    assert seen[0][0]["content"].startswith("You are a pirate.") and "two possible" in seen[0][0]["content"]


def test_more_calls_than_can_be_begun_at_once_are_refused_before_any_is_made():
    asked = []
    with pytest.raises(SettingsError, match="at most 10,000, not 100,000,000"):
        verbalize("x", model=asked.append, calls=10**8)
    assert not asked


def test_a_wrong_setting_is_found_before_a_model_is_looked_for():
    with pytest.raises(SettingsError):
        verbalize("x", k=0, model="no such file")


@pytest.mark.parametrize(
    ("model", "message"), [(42, "cannot use int"), ("/no/such.gguf", "No such file"), ("gpt-5", "provider:model")]
)
def test_what_is_no_model_says_what_can_be_given(model, message):
    with pytest.raises(ModelError, match=message):
        verbalize("x", model=model)


def test_a_file_that_is_no_gguf_is_refused(tmp_path):
    file = tmp_path / "notes.gguf"
    file.write_text("just text")
    with pytest.raises(ModelError, match="not a GGUF file"):
        verbalize("x", model=file)


def test_a_gguf_that_breaks_off_is_refused(tmp_path, gguf):
    file = tmp_path / "half.gguf"
    file.write_bytes(gguf.read_bytes()[:1_000_000])
    with pytest.raises(ModelError, match="cannot load"):
        verbalize("x", model=file)


def test_no_model_at_all_says_how_to_get_one(monkeypatch):
    from verbalized_sampling.models import embedded

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pass model=.*VERBALIZED_SAMPLING_MODEL.*pip install"):
        verbalize("x")


def test_a_gguf_without_llama_cpp_says_what_to_install(monkeypatch, gguf):
    from verbalized_sampling.models import embedded

    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"verbalized-sampling-core\[local\]"):
        verbalize("x", model=gguf)


def test_the_variable_names_the_model(monkeypatch):
    monkeypatch.setenv(VARIABLE, "/no/such.gguf")
    with pytest.raises(ModelError, match="/no/such.gguf"):
        verbalize("x")


def test_the_embedded_model_is_announced_once(monkeypatch, caplog):
    from verbalized_sampling.models import Options, embedded

    embedded._notify.cache_clear()
    with caplog.at_level(logging.WARNING, "verbalized_sampling"):
        embedded.shipped(Options())
        embedded.shipped(Options())
    assert len(caplog.messages) == 1 and "VERBALIZED_SAMPLING_MODEL" in caplog.messages[0]
    assert "\n" not in caplog.messages[0]


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


class Joke(BaseModel):
    setup: str
    punchline: str


def test_typed_candidates_come_back_as_their_type():
    reply = '[{"setup": "Why?", "punchline": "Because.", "probability": 0.5}]'
    d = verbalize("x", model=lambda messages: reply, k=1, candidate=Joke)
    assert d[0].value == Joke(setup="Why?", punchline="Because.")


def test_typed_candidates_come_from_the_embedded_model_too():
    d = verbalize("Tell me a joke", k=2, words=12, candidate=Joke, seed=1, max_extra_calls=0)
    assert len(d) == 2 and all(isinstance(c.value, Joke) for c in d)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"candidate": 3}, "candidate must be a type that pydantic validates, not 3"),
        ({"candidate": "Joke"}, "candidate 'Joke' has no JSON schema"),
        ({"elicitation": "cot"}, "elicitation must be an Elicitation, not str"),
        ({"api_key": 3, "model": "m@http://127.0.0.1:9/v1"}, "api_key must be a text, not int"),
        ({"system": ["Be brief."]}, "system must be a text, not list"),
    ],
    ids=str,
)
def test_what_is_of_the_wrong_kind_is_refused_in_one_line(settings, message):
    with pytest.raises(SettingsError, match=message) as caught:
        verbalize("x", **{"model": lambda _: TWO, **settings})
    assert "\n" not in str(caught.value)


def test_an_infinite_number_in_a_model_comes_back_from_json():
    class Guess(BaseModel):
        size: float

    reply = '[{"size": "inf", "probability": 0.5}, {"size": 2.5, "probability": 0.3}]'
    distribution = verbalize("x", candidate=Guess, model=lambda _: reply, k=2)
    assert Distribution.from_json(distribution.to_json(), Guess) == distribution
    assert distribution[0].value.size == float("inf")
