"""The examples that measure what the paper measures: each on a scripted model that collapses unless asked to spread."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "evaluation"


def example(name):
    sys.path.insert(0, str(FOLDER))
    try:
        spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(FOLDER))


def scripted(typical, answers, k=5):
    """Says the typical thing, and when it is asked for probabilities, any of the answers."""

    def model(messages, seed=None):
        text = " ".join(m["content"] for m in messages)
        rng = random.Random(f"{text} {seed}")
        if "probability" not in text:
            return rng.choice(typical)
        chosen = rng.sample(answers, min(k, len(answers)))
        return json.dumps({"responses": [{"text": text, "probability": 1 / len(chosen)} for text in chosen]})

    return model


JOKES = [
    f"Why did the {who} {what}? It was late." for who in ("cat", "bean", "nun", "king") for what in ("run", "sing")
]


def test_creative_writing_finds_more_varied_jokes(capsys):
    result = example("creative_writing").main(scripted(JOKES[:2], JOKES), n=10)
    assert result.metrics["standard"]["diversity"].difference.low > 0
    assert "the paper: 1.6 to 2.1" in capsys.readouterr().out


def test_enumerative_qa_finds_the_distribution_nearer_to_the_reference(capsys):
    module = example("enumerative_qa")
    kl = module.main(scripted(["California", "Texas.", "The Moon"], list(module.REFERENCE), k=20), n=3)
    assert 0 < kl["standard"] < 2
    assert "the paper: 0.12" in capsys.readouterr().out


def test_random_numbers_find_the_fairer_die(capsys):
    kl = example("random_numbers").main(scripted(["4", "4", "3"], list("123456"), k=6), n=300)
    assert kl["standard"] < 0.05
    assert kl["direct"] > 0.9
    assert "0.027 against 0.926" in capsys.readouterr().out


def test_dialogue_simulation_finds_donations_nearer_to_peoples(capsys):
    found = example("dialogue_simulation").main(scripted(["1.00"], ["0", "0.00", "0.5", "1", "2"]), n=20)
    assert found["standard"][0] < found["direct"][0]
    assert found["standard"][1] < found["direct"][1]


WORDS = {
    "addition": ["altogether", "in", "total", "sum", "more"],
    "subtraction": ["left", "lost", "remains", "difference", "cut"],
    "multiplication": ["each", "boxes", "product", "every", "hour"],
    "division": ["shared", "equally", "split", "into", "groups"],
}


def test_synthetic_data_teaches_more_if_it_is_diverse(capsys):
    def model(messages, seed=None):
        asked = " ".join(m["content"] for m in messages if m["role"] == "user")
        words = next(words for kind, words in WORDS.items() if kind in asked)
        answers = [f"{i} and {i + 3}: {word}? {' '.join(words[i % 3 :])}" for i, word in enumerate(words * 6)]
        return scripted(["What is 2 and 3?"], answers)(messages, seed)

    accuracy = example("synthetic_data").main(model, n=10)
    assert accuracy["multi"] > accuracy["direct"]
    assert "37.5 %" in capsys.readouterr().out
