"""verbalize() and the models it takes, with functions as models."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from pydantic import BaseModel

from verbalized_sampling import (
    Distribution,
    Elicitation,
    ModelError,
    Repair,
    Reply,
    SettingsError,
    averbalize,
    verbalize,
)
from verbalized_sampling.models import VARIABLE

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
    assert seeds == {10, 11, 12} and len(d) == 6 and d.usage.calls == 3
    assert len(d.dedupe()) == 4 and d.dedupe()[0].text == "both"


async def test_several_calls_run_at_the_same_time():
    running = most = 0

    async def model(messages):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return TWO

    assert len(await averbalize("x", model=model, k=2, calls=40)) == 80
    assert 1 < most <= 16


def test_a_call_that_fails_among_several_is_left_out_and_on_record(caplog):
    replies = iter([TWO, RuntimeError("gone"), TWO])
    lock = threading.Lock()

    def model(messages):
        with lock:
            reply = next(replies)
        if isinstance(reply, Exception):
            raise reply
        return reply

    d = verbalize("x", model=model, k=2, calls=3)
    assert len(d) == 4 and Repair.FAILED_CALL in d.repairs and "gone" in caplog.text


def test_calls_that_all_fail_are_an_error():
    def model(messages):
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        verbalize("x", model=model, k=2, calls=3)
    with pytest.raises(SettingsError, match="calls must be"):
        verbalize("x", model=model, calls=0)


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
