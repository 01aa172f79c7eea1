"""The adapter that a verbalized predictor puts around the one in use."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, cast

import dspy
from dspy.dsp.utils.settings import settings
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Distribution, Dropped, Repair, Usage, adrive, drive
from verbalized_sampling.adapters import Rounds

from .candidates import Candidates
from .delegate import Delegate
from .demos import conversed, payload, split
from .fields import fields_of
from .meter import Meter
from .reading import Reading
from .seeds import seed_of
from .settings import Settings
from .streaming import Tap
from .wire import Wire

__all__ = ["VerbalizedAdapter"]


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of the model."""

    delegate: Delegate
    demos: list[Any]
    inputs: dict[str, Any]


class VerbalizedAdapter:
    """Asks for candidates in the format of another adapter, and gives them back as completions.

    Args:
        inner: The adapter in use.
        predict: The predictor that asks; what streams says so.
        settings: Its settings.
    """

    def __init__(self, inner: Any, predict: dspy.Predict, settings: Settings) -> None:
        self.inner = inner
        self.predict = predict
        self.settings = settings

    def __call__(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Candidates:
        """Makes the calls and reads the replies, with the arguments of any DSPy adapter.

        Raises:
            AdapterParseError: Too few candidates could be read.
        """
        meter = Meter(settings.usage_tracker)

        def call(wanted: Any) -> Any:
            with self._context(meter, wanted.delegate):
                arguments = (lm, dict(lm_kwargs), wanted.delegate.signature, wanted.demos, wanted.inputs)
                return wanted.delegate.adapter()(*arguments)

        seed = seed_of(self.settings.seed, inputs, _rollout(lm, lm_kwargs))
        found = drive(cast("Any", self._plan(signature, demos, inputs)), call)
        return self._chosen(found, meter.usage, signature, seed)

    async def acall(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Candidates:
        """The same with the inner adapter's ``acall``."""
        meter = Meter(settings.usage_tracker)

        async def call(wanted: Any) -> Any:
            with self._context(meter, wanted.delegate):
                arguments = (lm, dict(lm_kwargs), wanted.delegate.signature, wanted.demos, wanted.inputs)
                return await wanted.delegate.adapter().acall(*arguments)

        seed = seed_of(self.settings.seed, inputs, _rollout(lm, lm_kwargs))
        found = await adrive(cast("Any", self._plan(signature, demos, inputs)), call)
        return self._chosen(found, meter.usage, signature, seed)

    def _context(self, meter: Meter, delegate: Delegate) -> Any:
        stream = settings.send_stream
        tapped = None if stream is None else Tap(stream, self.predict, delegate.wire.parser, delegate.wire.fields)
        # Whatever the model calls in its turn is not verbalized: it finds the adapter that the user chose.
        return settings.context(adapter=self.inner, usage_tracker=meter, send_stream=tapped)

    def _plan(self, signature: Any, demos: Any, inputs: Any) -> Generator[_Call, Any, Distribution[Any]]:
        """The calls that it takes: like the core's plan, in DSPy's terms."""
        elicitation, fields = self.settings.elicitation, fields_of(signature)
        shown, examples = split(demos, signature, fields, self.settings.labeled_demos)
        inputs = {name: conversed(value, fields) for name, value in inputs.items()}
        rounds: Rounds[Any] = elicitation.rounds()
        readable, unread = None, list[Dropped]()
        for k in rounds:
            wire = Wire.of(signature, elicitation, k, readable=readable, examples=examples)
            delegate = Delegate(self.inner, wire)
            further: dict[str, Any] = {}
            if readable is not None:
                further = {fields.given: payload(rounds.pooled(), fields, elicitation.definition)}
            try:
                readings = [delegate.reading(each) for each in (yield _Call(delegate, shown, {**inputs, **further}))]
            except AdapterParseError as error:
                readings = [Reading(error.lm_response, Distribution(), str(error).partition("\n")[0])]
            unread += [Dropped(each.text, 0, Repair.UNREADABLE_REPLY) for each in readings if not each.distribution]
            read = [each.distribution for each in readings if each.distribution]
            if read:
                rounds.parts.append(read[0] if len(read) == 1 else Distribution.mixture(read))
            readable = bool(rounds.parts)
        distribution = rounds.result(unread)
        self._check(distribution, readings, signature)
        return distribution

    def _check(self, distribution: Distribution[Any], readings: list[Reading], signature: Any) -> None:
        invalid = [dropped for dropped in distribution.dropped if dropped.reason is Repair.INVALID]
        if self.settings.on_invalid == "raise" and invalid:
            reason = f"{len(invalid)} of the candidates do not validate, and on_invalid is 'raise': {invalid[0].text}"
        elif len(distribution) < self.settings.min_valid:
            read = f"{len(distribution)} valid candidates could be read, and min_valid is {self.settings.min_valid}"
            reason = ". ".join(dict.fromkeys((read, *(reading.reason for reading in readings if reading.reason))))
        else:
            return
        # With the user's signature: by it optimizers find the predictor that failed.
        text = readings[-1].text if readings else ""
        raise AdapterParseError(type(self.inner).__name__, signature, text, message=reason)

    def _chosen(self, distribution: Any, usage: Usage | None, signature: Any, seed: str | None) -> Candidates:
        elicitation = self.settings.elicitation
        distribution = replace(distribution, usage=usage) if usage else distribution
        selected = cast("Any", distribution.select(elicitation.select, seed=seed))
        return Candidates.of(distribution, selected, fields_of(signature), elicitation.definition)


def _rollout(lm: Any, lm_kwargs: dict[str, Any]) -> Any:
    return lm_kwargs.get("rollout_id", getattr(lm, "kwargs", {}).get("rollout_id"))
