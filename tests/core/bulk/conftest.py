"""What the tests of bulk generation share."""

from __future__ import annotations

import json
from collections import Counter

import pytest


class Model:
    """A model that says of each question what a test lays down, and counts what it was asked."""

    def __init__(self):
        self.asked = Counter()
        self.replies = {}

    @property
    def calls(self):
        return self.asked.total()

    async def __call__(self, messages):
        question = next(m["content"] for m in messages if m.get("role", "user") == "user")
        self.asked[question] += 1
        reply = self.replies.get(question)
        if isinstance(reply, Exception):
            raise reply
        return reply if reply is not None else answers(f"one of {question}", f"two of {question}")


def answers(*texts):
    return json.dumps({"responses": [{"text": text, "probability": 0.1} for text in texts]})


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def say():
    return answers


@pytest.fixture
def read():
    return lines


@pytest.fixture
def out(tmp_path):
    return tmp_path / "data.jsonl"
