"""verbalize() and the models it takes, with functions as models."""

from __future__ import annotations

import logging

import pytest
from pydantic import BaseModel

from verbalized_sampling import (
    Distribution,
    Elicitation,
    ModelError,
    Reply,
    SettingsError,
    averbalize,
    verbalize,
)
from verbalized_sampling.models import VARIABLE

from ..scripted import TWO


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
