"""A damaged list of texts is read as the core reads it: the same candidates, weights and numbers."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import AdapterParseError
from dspy_verbalized_sampling import VerbalizedPredict
from pydantic import BaseModel

from verbalized_sampling import DistributionParseError, DistributionParser

WORDS = ["tea", "Tea", "coffee", "water", "milk", "soda", '"beer"', "a,b", "x:y", "{cup}", "[list]", "50%", "日本"]


def written(choose: random.Random) -> str:
    texts = [" ".join(choose.choices(WORDS, k=choose.randint(1, 4))) for _ in range(choose.randint(1, 6))]
    return json.dumps([{"text": t, "probability": round(choose.random(), 2)} for t in texts], ensure_ascii=False)


def at(text: str, choose: random.Random, put: Callable[[str], str]) -> str:
    place = choose.randrange(len(text))
    return text[:place] + put(text[place]) + text[place + 1 :]


DAMAGES: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda text, _: text,
    "cut": lambda text, choose: text[: choose.randint(1, len(text))],
    "a character lost": lambda text, choose: at(text, choose, lambda _: ""),
    "a character twice": lambda text, choose: at(text, choose, lambda one: one * 2),
    "a character too many": lambda text, choose: at(text, choose, lambda one: choose.choice("{}[],:\"'\\x") + one),
    "a line break": lambda text, choose: at(text, choose, lambda one: "\n" + one),
    "no comma": lambda text, _: text.replace("},", "}", 1),
    "single quotes": lambda text, choose: text.replace('"', "'", choose.choice([2, 4])),
    "a fence": lambda text, _: f"```json\n{text}\n```",
    "prose around": lambda text, _: f"Here you go:\n{text}\nHope that helps!",
    "percents": lambda text, _: re.sub(
        r'"probability": ([\d.]+)', lambda m: f'"probability": "{float(m[1]):.0%}"', text
    ),
    "NaN": lambda text, _: text.replace('"probability": ', '"probability": NaN, "x": ', 1),
    "another key": lambda text, _: text.replace('"probability"', '"p"', 1),
    "a key in capitals": lambda text, _: text.replace('"text"', '"Text"', 1),
    "a string": lambda text, _: json.dumps(text),
    "no list": lambda text, _: text[1:-1],
    "a comment": lambda text, _: text.replace(",", ", // note\n", 1),
}
FORMS: dict[Any, tuple[str, str]] = {
    dspy.ChatAdapter: ("[[ ## candidates ## ]]\n{}\n\n[[ ## completed ## ]]", "{}"),
    dspy.JSONAdapter: ('{{"candidates": {}}}', '{{"responses": {}}}'),
}


AROUND = ("a fence", "prose around")  # an object, not inside of it


class Replying(dspy.BaseLM):
    """A model that always says the same."""

    def __init__(self, reply: str) -> None:
        super().__init__("openai/none")
        self.reply = reply

    def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> list[str]:
        return [self.reply]


def read(candidates: Any) -> list[tuple[str, float, float | None]]:
    return [(c.text, pytest.approx(c.probability), c.verbalized) for c in candidates]


def ours(reply: str, adapter: Any) -> list[Any]:
    predict = VerbalizedPredict("question -> text", on_empty="raise")
    with dspy.context(lm=Replying(reply), adapter=adapter):
        try:
            return read(predict(question="?").distribution)
        except AdapterParseError:
            return []


class Record(BaseModel):
    text: str


def core(reply: str, kind: Any = None) -> list[Any]:
    try:
        return read(DistributionParser(k=5, candidate=kind).parse(reply))
    except DistributionParseError:
        return []


@pytest.mark.parametrize("adapter", FORMS)
def test_the_same_candidates_of_300_damaged_replies(adapter: Any) -> None:
    here, there = FORMS[adapter]
    for number in range(300):
        choose = random.Random(number)
        damage = choose.choice([name for name in DAMAGES if adapter is dspy.ChatAdapter or name not in AROUND])
        damaged = DAMAGES[damage](written(choose), choose)
        found, expected = ours(here.format(damaged), adapter()), core(there.format(damaged))
        if found != expected:
            # A signature has named fields, and whoever knows the names can tell more braces apart: so can the core.
            assert found == core(there.format(damaged), Record), damaged
            assert len(found) > len(expected), damaged
