"""Simulated dialogues: who sees what, and what is drawn."""

from __future__ import annotations

import asyncio
import json

import pytest

from verbalized_sampling import SettingsError
from verbalized_sampling.evaluation import Speaker, asimulate_dialogue, simulate_dialogue


def speakers(asked):
    def model(messages, seed=None):
        asked.append((messages, seed))
        lines = [{"text": f"line {len(asked)}{letter}", "probability": 0.2} for letter in "abcde"]
        return json.dumps(lines)

    return [Speaker(name=name, persona=f"You are {name}.", model=model) for name in ("Ada", "Bo")]


def test_the_speakers_take_turns_and_each_sees_the_dialogue_from_its_own_side():
    asked = []
    dialogue = simulate_dialogue(*speakers(asked), turns=3, opening="Hi.", seed=1)
    assert [line.speaker for line in dialogue.lines] == ["Bo", "Ada", "Bo", "Ada"]
    assert str(dialogue).startswith("Bo: Hi.\nAda: line 1")
    last, _ = asked[-1]
    assert [m["role"] for m in last if m["role"] != "system"] == ["user", "assistant", "user"]
    assert any("You are Ada." in m["content"] for m in last if m["role"] == "system")


def test_a_line_is_drawn_from_what_might_have_been_said():
    dialogue = simulate_dialogue(*speakers([]), turns=1)
    opening, line = dialogue.lines
    assert opening.distribution is None
    assert line.text in {c.text for c in line.distribution}


def test_a_seed_gives_the_same_dialogue_and_another_one_another():
    said = [str(simulate_dialogue(*speakers([]), turns=6, seed=seed)) for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_it_runs_without_blocking_as_well():
    assert str(asyncio.run(asimulate_dialogue(*speakers([]), turns=4, seed=3))) == str(
        simulate_dialogue(*speakers([]), turns=4, seed=3)
    )


@pytest.mark.parametrize("wrong", [{"turns": 0}, {"turns": 2, "same": True}])
def test_what_is_no_dialogue_is_refused(wrong):
    a, b = speakers([])
    with pytest.raises(SettingsError):
        simulate_dialogue(a, a if wrong.pop("same", False) else b, **wrong)
