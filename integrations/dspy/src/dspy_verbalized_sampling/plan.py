"""The calls that a prediction takes: like the core's plan, in DSPy's terms."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Distribution, Dropped, Repair
from verbalized_sampling.adapters import Rounds

from .asking import Step
from .demos import payload
from .fields import Fields, fields_of
from .found import Found
from .plain import plainly
from .reading import Reading
from .settings import Settings
from .turn import Turn

__all__ = ["enough", "given_already", "plan"]

_GIVEN = "verbalized_sampling_given"  # in DSPy's settings, which its threads and tasks inherit


def plan(
    signature: Any, settings: Settings, inner: Any, ask: Callable[[Turn], Generator[Step, Any, list[Reading]]]
) -> Generator[Step, Any, Found]:
    """Yields what is to be called, and receives what comes back.

    Args:
        signature: The user's.
        settings: Those of the predictor.
        inner: The adapter in use.
        ask: How a turn is asked for and read.

    Raises:
        AdapterParseError: Too few candidates could be read.
    """
    elicitation, own = settings.elicitation, fields_of(signature)
    rounds: Rounds[Any] = elicitation.rounds()
    before = _given_before(own)
    readable: bool | None = True if before else None
    unread: list[Dropped] = []
    every: list[Reading] = []
    last: list[Reading] = []
    for k in rounds:
        given = () if readable is None else (*before, *payload(rounds.pooled(), own, elicitation.definition))
        try:
            last = yield from ask(Turn(settings, k, readable, given))
        except AdapterParseError as error:
            last = [Reading(error.lm_response, Distribution(), str(error).partition("\n")[0])]
        every += last
        read = [each.distribution for each in last if each.distribution]
        if read:
            rounds.parts.append(read[0] if len(read) == 1 else Distribution.mixture(read))
        if len(read) < len(last):
            unread += [Dropped(each.text, 0, Repair.UNREADABLE_REPLY) for each in last if not each.distribution]
        readable = bool(rounds.parts or before)
    distribution = rounds.result(unread)
    return enough(distribution, every if distribution else last, signature, settings, inner)


@contextmanager
def given_already(outputs: list[dict[str, Any]]) -> Iterator[None]:
    """While the block runs, predictors with these outputs are told of them, and asked for others."""
    with dspy.context(**{_GIVEN: tuple(outputs)}):
        yield


def _given_before(own: Fields) -> tuple[dict[str, Any], ...]:
    if _GIVEN not in dspy.settings:
        return ()
    told = [
        {name: output[name] for name in own.own} for output in dspy.settings[_GIVEN] if own.own.keys() <= output.keys()
    ]
    return tuple(own.values.dump_python(each, mode="json", fallback=str) for each in told)


def enough(
    distribution: Distribution[Any], readings: list[Reading], signature: Any, settings: Settings, inner: Any
) -> Found:
    """What was read, or what plain DSPy would have read, if that is enough.

    Args:
        distribution: Of all readings together.
        readings: Of the replies that it comes from, or if it is empty of the last ones.
        signature: The user's.
        settings: Those of the predictor.
        inner: The adapter in use.

    Raises:
        AdapterParseError: There are too few candidates, or one that does not validate and may not.
    """
    text, reasons = (readings[-1].text if readings else ""), [each.reason for each in readings if each.reason]
    if not distribution and settings.on_empty == "plain" and (plain := plainly(inner, signature, readings)):
        readings = plain
        distribution = replace(Distribution.mixture([r.distribution for r in plain]), dropped=distribution.dropped)
    invalid = [dropped for dropped in distribution.dropped if dropped.reason is Repair.INVALID]
    if settings.on_invalid == "raise" and invalid:
        reason = f"{len(invalid)} of the candidates do not validate, and on_invalid is 'raise': {invalid[0].text}"
    elif len(distribution) < settings.min_valid:
        read = f"{len(distribution)} valid candidates could be read, and min_valid is {settings.min_valid}"
        reason = ". ".join(dict.fromkeys((read, *reasons)))
    else:
        return Found.of(distribution, readings)
    # With the user's signature: by it optimizers find the predictor that failed.
    raise AdapterParseError(type(inner).__name__, signature, text, message=reason)
