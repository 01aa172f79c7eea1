"""The calls that a prediction takes: like the core's plan, in DSPy's terms."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import dspy
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Distribution, Dropped, Repair
from verbalized_sampling.adapters import Rounds

from .demos import payload
from .fields import Fields, fields_of
from .plain import plainly
from .reading import Reading
from .settings import Settings
from .turn import Turn

__all__ = ["Found", "given_already", "not_empty", "plan"]

_GIVEN = "verbalized_sampling_given"  # in DSPy's settings, which its threads and tasks inherit


class Found(NamedTuple):
    """What the replies to a signature hold.

    Attributes:
        distribution: Over candidates whose values are all output fields.
        extras: What the adapter gave beside the fields: as it is of a single reply, a list of those of several.
    """

    distribution: Distribution[Any]
    extras: dict[str, Any]


def plan(signature: Any, settings: Settings, inner: Any) -> Generator[Turn, Any, Any]:
    """Yields calls and receives their readings; returns a :class:`Found`.

    Raises:
        AdapterParseError: Too few candidates could be read.
    """
    elicitation, own = settings.elicitation, fields_of(signature)
    rounds: Rounds[Any] = elicitation.rounds()
    before = _given_before(own)
    readable, unread, extras = (True if before else None), list[Dropped](), list[dict[str, Any]]()
    readings: list[Reading] = []
    for k in rounds:
        given = () if readable is None else (*before, *payload(rounds.pooled(), own, elicitation.definition))
        try:
            readings = yield Turn(settings, k, readable, given)
        except AdapterParseError as error:
            readings = [Reading(error.lm_response, Distribution(), str(error).partition("\n")[0])]
        unread += [Dropped(each.text, 0, Repair.UNREADABLE_REPLY) for each in readings if not each.distribution]
        extras += [each.extras for each in readings if each.extras]
        read = [each.distribution for each in readings if each.distribution]
        if read:
            rounds.parts.append(read[0] if len(read) == 1 else Distribution.mixture(read))
        readable = bool(rounds.parts or before)
    distribution = not_empty(rounds.result(unread), readings, signature, settings, inner)
    return Found(distribution, extras[0] if len(extras) == 1 else _side_by_side(extras))


@contextmanager
def given_already(outputs: list[dict[str, Any]]) -> Iterator[None]:
    """While the block runs, predictors with these outputs are told of them, and asked for others."""
    with dspy.context(**{_GIVEN: tuple(outputs)}):
        yield


def _given_before(own: Fields) -> tuple[dict[str, Any], ...]:
    told = [
        {name: output[name] for name in own.own}
        for output in dspy.settings.get(_GIVEN, ())
        if own.own.keys() <= output.keys()
    ]
    return tuple(own.values.dump_python(each, mode="json", fallback=str) for each in told)


def not_empty(
    distribution: Distribution[Any], readings: list[Reading], signature: Any, settings: Settings, inner: Any
) -> Distribution[Any]:
    """The distribution, or what plain DSPy would have read, if that is enough.

    Raises:
        AdapterParseError: There are too few candidates, or one that does not validate and may not.
    """
    if not distribution and settings.on_empty == "plain":
        distribution = replace(plainly(inner, signature, readings), dropped=distribution.dropped)
    invalid = [dropped for dropped in distribution.dropped if dropped.reason is Repair.INVALID]
    if settings.on_invalid == "raise" and invalid:
        reason = f"{len(invalid)} of the candidates do not validate, and on_invalid is 'raise': {invalid[0].text}"
    elif len(distribution) < settings.min_valid:
        read = f"{len(distribution)} valid candidates could be read, and min_valid is {settings.min_valid}"
        reason = ". ".join(dict.fromkeys((read, *(reading.reason for reading in readings if reading.reason))))
    else:
        return distribution
    # With the user's signature: by it optimizers find the predictor that failed.
    text = readings[-1].text if readings else ""
    raise AdapterParseError(type(inner).__name__, signature, text, message=reason)


def _side_by_side(extras: list[dict[str, Any]]) -> dict[str, Any]:
    names = dict.fromkeys(name for each in extras for name in each)
    return {name: [each.get(name) for each in extras] for name in names}
