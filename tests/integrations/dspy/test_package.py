"""The package as others see it: its names, its wording, and that it deprecates nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dspy_verbalized_sampling

PACKAGE = Path(dspy_verbalized_sampling.__file__).parent

PROGRAM = """
import json, dspy
from dspy.utils import DummyLM
from dspy_verbalized_sampling import VerbalizedSampling, verbalize, weighted_majority
items = [{"answer": "red", "probability": 0.6}, {"answer": "blue", "probability": 0.4}]
for adapter in (dspy.ChatAdapter(), dspy.JSONAdapter(), dspy.XMLAdapter()):
    reply = json.dumps(items) if type(adapter) is dspy.ChatAdapter else items
    lm = DummyLM([{"reasoning": "r", "candidates": reply}] * 2, adapter=adapter)
    with dspy.context(lm=lm, adapter=adapter, track_usage=True):
        assert VerbalizedSampling("question -> answer", k=2)(question="?").answer in ("red", "blue")
        assert weighted_majority(verbalize(dspy.ChainOfThought("question -> answer"))(question="?")).answer == "red"
"""


def test_the_public_names_are_these() -> None:
    assert dspy_verbalized_sampling.__all__ == [
        "CandidateListener",
        "CandidateResponse",
        "Collected",
        "DiversityMetric",
        "Settings",
        "Verbalized",
        "VerbalizedAdapter",
        "VerbalizedPredict",
        "VerbalizedPrediction",
        "VerbalizedSampling",
        "collect_distributions",
        "diversify",
        "diversity",
        "verbalize",
        "verbalized",
        "weighted_majority",
    ]
    for name in dspy_verbalized_sampling.__all__:
        assert getattr(dspy_verbalized_sampling, name).__doc__


def test_nothing_that_is_deprecated_is_used() -> None:
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr


def test_files_are_short_enough_to_read_at_one_sitting() -> None:
    for path in PACKAGE.glob("*.py"):
        assert len(path.read_text().splitlines()) < 200, path.name


def test_the_wording_stands_in_templates_and_is_packaged() -> None:
    shipped = {path.name for path in (PACKAGE / "prompts").glob("*.jinja")}
    assert shipped == {"candidates.jinja", "examples.jinja", "feedback.jinja", "given.jinja", "reasoning.jinja"}
