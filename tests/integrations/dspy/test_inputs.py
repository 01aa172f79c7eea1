"""Inputs that DSPy renders in a way of its own: conversations, images."""

from __future__ import annotations

import json
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict

ADAPTERS = [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter]
ITEMS = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_earlier_turns_hold_what_was_answered(adapter: Any, dummy: Any) -> None:
    fields = {"question": (str, dspy.InputField()), "history": (dspy.History, dspy.InputField())}
    predict = VerbalizedPredict(dspy.Signature({**fields, "answer": (str, dspy.OutputField())}), seed=1)
    history = dspy.History(messages=[{"question": "Grass?", "answer": "green"}, {"question": "And?"}])
    lm = dummy(ITEMS, adapter=adapter())
    with dspy.context(lm=lm, adapter=adapter()):
        predict(question="Sky?", history=history)
    system, asked, said, *_, last = lm.history[-1]["messages"]
    assert "Grass?" in asked["content"] and "Sky?" in last["content"]
    assert said["role"] == "assistant" and "green" in said["content"]
    assert "probability" not in said["content"]
    assert history.messages[0] == {"question": "Grass?", "answer": "green"}
    assert "candidates" in system["content"]


def test_images_are_sent_as_images(dummy: Any) -> None:
    fields = {"picture": (dspy.Image, dspy.InputField()), "answer": (str, dspy.OutputField())}
    lm = dummy(ITEMS, ITEMS)
    with dspy.context(lm=lm):
        picture = dspy.Image("data:image/png;base64,iVBORw0KGgo=")
        drawn = [VerbalizedPredict(dspy.Signature(fields), seed=n)(picture=picture).answer for n in (1, 1)]
    parts = lm.history[0]["messages"][-1]["content"]
    assert "image_url" in [part["type"] for part in parts]
    assert json.dumps(parts).count("iVBORw0KGgo=") == 1
    assert drawn[0] == drawn[1]
