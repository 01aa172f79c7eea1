"""What jobs are given in these tests, and their runs."""

from __future__ import annotations

import asyncio

from verbalized_sampling import Elicitation
from verbalized_sampling.bulk import Task, run
from verbalized_sampling.models import Caller, Options, resolve

ANSWER = '[{"text": "Tea", "probability": 0.7}, {"text": "Coffee", "probability": 0.2}]'
QUESTIONS = [f"Question {i}" for i in range(20)]


def tasks(model, n=10, *, variant="standard", **options):
    elicitation = Elicitation(k=1 if variant == "direct" else 2, variant=variant)
    caller = resolve(model, Options(**options)) if not isinstance(model, Caller) else model
    for i in range(n):
        yield Task(
            row=str(i), plan=lambda i=i: elicitation.plan(f"Question {i}"), model="scripted", caller=caller, context=i
        )


async def collect(*args, **kwargs):
    return [outcome async for outcome in run(*args, **kwargs)]


def run_all(*args, **kwargs):
    return asyncio.run(collect(*args, **kwargs))
