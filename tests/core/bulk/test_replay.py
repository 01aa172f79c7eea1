"""A journal, and what a second run need not ask."""

from __future__ import annotations

import pytest

from verbalized_sampling import Elicitation
from verbalized_sampling.bulk import Journal, Task
from verbalized_sampling.models import Options, resolve

from .tasks import ANSWER, run_all, tasks


def test_a_journal_makes_a_second_run_ask_nothing(tmp_path):
    asked = []

    def model(_):
        asked.append(1)
        return ANSWER

    for _ in range(2):
        with Journal(tmp_path / "job.journal") as journal:
            outcomes = run_all(tasks(model), journal=journal)
    assert len(asked) == 10
    assert all(o.answers[0].replayed for o in outcomes)


def test_the_same_question_asked_twice_on_purpose_is_two_calls(tmp_path):
    answers = iter(f"answer {i}" for i in range(100))
    elicitation = Elicitation(variant="direct", k=5)
    caller = resolve(lambda _: next(answers), Options())
    job = [Task(row="0", plan=lambda: elicitation.plan("Name a colour"), model="m", caller=caller)]
    results = []
    for _ in range(2):
        with Journal(tmp_path / "job.journal") as journal:
            (outcome,) = run_all(job, journal=journal)
            results.append(sorted(c.text for c in outcome.result))
    assert results[0] == results[1] == [f"answer {i}" for i in range(5)]


@pytest.mark.parametrize(
    "change",
    [{"seed": 2}, {"temperature": 0.5}, {"max_tokens": 9}],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_are_other_calls(tmp_path, change):
    asked = []

    def model(_, seed=None, temperature=None, max_tokens=None):
        asked.append(1)
        return ANSWER

    for options in ({"seed": 1}, {"seed": 1} | change):
        with Journal(tmp_path / "job.journal") as journal:
            caller, settings = resolve(model, Options()), Options(**options)
            job = [Task(row="0", plan=lambda: Elicitation(k=2).plan("x"), model="m", caller=caller, options=settings)]
            run_all(job, journal=journal)
    assert len(asked) == 2


def test_another_prompt_another_model_and_another_template_are_other_calls(tmp_path):
    asked = []
    caller = resolve(lambda _: asked.append(1) or ANSWER, Options())
    plans = [
        ("x", "a", {}),
        ("y", "a", {}),
        ("x", "b", {}),
        ("x", "a", {"tau": 0.1}),
        ("x", "a", {"template": "paper"}),
    ]
    for query, model, settings in plans:
        with Journal(tmp_path / "job.journal") as journal:
            elicitation = Elicitation(k=2, **settings)
            run_all(
                [Task(row="0", plan=lambda e=elicitation, q=query: e.plan(q), model=model, caller=caller)],
                journal=journal,
            )
    assert len(asked) == 5


def test_a_changed_parser_reads_the_old_replies_anew(tmp_path):
    asked = []

    def model(_):
        asked.append(1)
        return '[{"text": "Tea", "probability": 2}, {"text": "Coffee", "probability": 4}]'

    for weighting, weight in (("verbalized", 2 / 3), ("uniform", 0.5)):
        with Journal(tmp_path / "job.journal") as journal:
            elicitation = Elicitation(k=2, weighting=weighting, definition="relative")
            job = [
                Task(row="0", plan=lambda e=elicitation: e.plan("Tea?"), model="m", caller=resolve(model, Options()))
            ]
            (outcome,) = run_all(job, journal=journal)
        assert outcome.result is not None
        assert outcome.result[0].probability in (pytest.approx(weight), 0.5)
    assert len(asked) == 1
