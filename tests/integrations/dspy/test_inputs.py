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


PIXELS = "data:image/png;base64," + "A" * 200_000
SOUND = {"data": "B" * 200_000, "audio_format": "wav"}
NOT_TEXT = {
    "image": (dspy.Image, lambda: dspy.Image(url=PIXELS)),
    "audio": (dspy.Audio, lambda: dspy.Audio(**SOUND)),
    "file": (dspy.File, lambda: dspy.File(file_data=PIXELS.replace("image/png", "application/pdf"), filename="a.pdf")),
    "several": (list[dspy.Image], lambda: [dspy.Image(url=PIXELS)]),
}


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize("kind", NOT_TEXT)
def test_labelled_demos_that_are_no_text_are_shown_as_turns(kind: str, adapter: Any, dummy: Any) -> None:
    annotation, make = NOT_TEXT[kind]
    signature = dspy.Signature({"shown": (annotation, dspy.InputField()), "answer": (str, dspy.OutputField())})
    predict, plain = VerbalizedPredict(signature), dspy.Predict(signature)
    sent = []
    for demos in ([], [dspy.Example(shown=make(), answer="a duck")]):
        predict.demos, lm = demos, dummy(ITEMS, adapter=adapter())
        with dspy.context(lm=lm, adapter=adapter()):
            predict(shown=make())
        sent.append(lm.history[-1]["messages"])
    without, (system, user, assistant, last) = sent
    assert system == without[0]
    assert last == without[-1]
    assert [system["role"], user["role"], assistant["role"]] == ["system", "user", "assistant"]
    assert user["content"][1]["type"] == last["content"][1]["type"] != "text"
    assert "a duck" in assistant["content"] and "probability" not in assistant["content"]
    assert plain.signature is signature


def test_a_saved_image_is_shown_as_one_too(dummy: Any, tmp_path: Any) -> None:
    signature = dspy.Signature({"shown": (dspy.Image, dspy.InputField()), "answer": (str, dspy.OutputField())})
    predict, loaded = VerbalizedPredict(signature), VerbalizedPredict(signature)
    predict.demos = [dspy.Example(shown=dspy.Image(url=PIXELS), answer="a duck")]
    predict.save(tmp_path / "state.json")
    loaded.load(tmp_path / "state.json")
    sent = []
    for each in (predict, loaded):
        lm = dummy(ITEMS)
        with dspy.context(lm=lm):
            each(shown=dspy.Image(url=PIXELS))
        sent.append(lm.history[-1]["messages"])
    assert sent[0] == sent[1]
    assert len(sent[0][0]["content"]) < 3000
