"""Whatever an endpoint does, its reply is read or an error of ours says what happened."""

from __future__ import annotations

import asyncio

import pytest

from verbalized_sampling import Elicitation, ModelError, RefusalError, VerbalizedSamplingError, adrive, drive
from verbalized_sampling.models import Options, resolve

from .behaviours import CASES, KEY


def in_thread(model, **options):
    return drive(plan(), resolve(model, Options(**options)).call)


def on_loop(model, **options):
    return asyncio.run(adrive(plan(), resolve(model, Options(**options)).acall))


def in_stream(model, **options):
    return in_thread(model, on_text=lambda text: None, **options)


def plan():
    return Elicitation(k=2, max_extra_calls=0).plan("x")


MODES = {"sync": in_thread, "async": on_loop, "stream": in_stream}
ROWS = [
    pytest.param(case, MODES[mode], id=f"{name}, {mode}")
    for name, case in CASES.items()
    for mode in MODES
    if case.stream is None or case.stream == (mode == "stream")
]


@pytest.mark.parametrize(("case", "run"), ROWS)
def test_a_behaviour_is_read_or_is_an_error_of_ours(case, run, scripted):
    scripted.plays(case.answer)
    options = {"api_key": KEY, "timeout": case.timeout, "retries": 0}
    if case.words is None:
        distribution = run(f"m@{scripted.url}", **options)
        assert tuple(c.text for c in distribution) == case.texts
        return
    with pytest.raises(RefusalError if case.refusal else ModelError, match=case.words) as caught:
        run(f"m@{scripted.url}", **options)
    message = str(caught.value)
    assert "\n" not in message and message.isprintable() and len(message) <= 500
    for error in chain(caught.value):
        assert isinstance(error, VerbalizedSamplingError) or KEY not in f"{error!r} {vars(error)}"
        assert KEY not in f"{error} {error!r} {error.args}"
    if not case.refusal:
        assert (caught.value.status, caught.value.retryable) == (case.status, case.retryable)
        wait = caught.value.retry_after  # a date was written when the tests began
        assert wait == case.retry_after or wait == pytest.approx(case.retry_after, abs=600)


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_there_are_enough_of_them():
    assert len(CASES) >= 50
