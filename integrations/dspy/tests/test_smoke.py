"""What must work where this package is installed alone: run on its wheel, with pytest and nothing else beside it."""

import dspy
from dspy.utils import DummyLM
from dspy_verbalized_sampling import VerbalizedSampling, verbalize

CANDIDATES = '[{"answer": "tea", "probability": 0.3}, {"answer": "mate", "probability": 0.1}]'


def test_a_signature_gives_a_distribution():
    with dspy.context(lm=DummyLM([{"candidates": CANDIDATES}])):
        prediction = VerbalizedSampling("question -> answer", k=2)(question="What to drink?")
    assert set(prediction.completions.answer) == {"tea", "mate"}


def test_a_program_that_exists_is_verbalized():
    with dspy.context(lm=DummyLM([{"candidates": CANDIDATES}])):
        assert verbalize(dspy.Predict("question -> answer"), k=2)(question="What to drink?").answer in {"tea", "mate"}
