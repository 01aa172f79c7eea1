"""The adapter that a verbalized predictor puts around the one in use."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, cast

import dspy
from dspy.dsp.utils.settings import settings as dspy_settings
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Distribution, Dropped, Repair, SettingsError, Usage, adrive, drive
from verbalized_sampling.adapters import Rounds

from .candidates import Candidates
from .delegate import Delegate
from .demos import answered, conversed, payload, split
from .fields import fields_of, has_choice
from .meter import Meter
from .plain import plainly
from .reading import Reading
from .seeds import rollout_of, seed_of
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


class VerbalizedAdapter(dspy.ChatAdapter):  # type: ignore[misc]
    """Asks for candidates in the format of another adapter, and gives them back as completions.

    Verbalized predictors put it around the adapter in use, whatever that is. By itself it is for what goes by
    adapters: ``dspy.configure(adapter=VerbalizedAdapter(k=5))`` verbalizes every predictor whose outputs leave
    something to choose, and ``BootstrapFinetune(adapter=VerbalizedAdapter(settings=predict.settings))`` writes
    training rows that ask and answer as ``predict`` does, with all candidates and their probabilities.

    It is a ``dspy.ChatAdapter`` since BootstrapFinetune and GRPO take no others; nothing of that format is used
    unless it is the inner one's.

    Args:
        inner: The adapter whose format is used; by default a ``dspy.ChatAdapter``.
        settings: Those of a predictor, as a whole.
        **given: Settings of :class:`VerbalizedPredict` one by one.

    Raises:
        SettingsError: A setting is unknown or out of its range, or ``inner`` is no adapter.
    """

    inner: Any

    def __init__(self, inner: Any = None, *, settings: Settings | None = None, **given: Any) -> None:
        inner = dspy.ChatAdapter() if inner is None else inner
        if isinstance(inner, type) or not callable(inner):
            raise SettingsError(f"adapter must be an adapter of DSPy, such as dspy.JSONAdapter(), not {inner!r}")
        super().__init__()
        self.inner = inner.inner if type(inner) is VerbalizedAdapter else inner
        self.settings, unknown = Settings.split(given, settings)
        if unknown:
            raise SettingsError(f"an adapter has no setting {', '.join(map(repr, sorted(unknown)))}")

    def format(self, signature: Any, demos: Any, inputs: Any) -> list[dict[str, Any]]:
        """The messages that ask for candidates, as the first call sends them."""
        if not has_choice(signature):
            return list(self.inner.format(signature, demos, inputs))
        return list(self.inner.format(*self._asked(signature, demos, inputs)))

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        """The selected candidate of a reply, with all output fields of the signature.

        Raises:
            AdapterParseError: Too few candidates could be read.
        """
        if not has_choice(signature):
            return dict(self.inner.parse(signature, completion))
        delegate = Delegate(self.inner, Wire.of(signature, self.settings.elicitation, self.settings.elicitation.k))
        reading = delegate.reading(delegate.parse(delegate.wire.signature, completion))
        distribution = self._not_empty(reading.distribution, [reading], signature)
        return self._chosen(distribution, None, signature, seed_of(self.settings.seed, {}, completion))[0]

    def format_finetune_data(self, signature: Any, demos: Any, inputs: Any, outputs: Any) -> dict[str, list[Any]]:
        """A training row: the messages of :meth:`format`, and the candidates as the assistant's turn.

        Args:
            signature: The user's.
            demos: As for any adapter.
            inputs: What the predictor was called with.
            outputs: What it gave, best as it stands in DSPy's trace: with all candidates. A single answer becomes a
                single candidate without a probability, since training on it as certain would teach certainty.
        """
        if not has_choice(signature):
            return dict(self.inner.format_finetune_data(signature, demos, inputs, outputs))
        asked, shown, given = self._asked(signature, demos, inputs)
        answer = answered(outputs, fields_of(signature))
        messages = self.inner.format(asked, shown, given)
        content = self.inner.format_assistant_message_content(asked, answer)
        return {"messages": [*messages, {"role": "assistant", "content": content}]}

    def _asked(self, signature: Any, demos: Any, inputs: Any) -> tuple[Any, list[Any], dict[str, Any]]:
        elicitation, own = self.settings.elicitation, fields_of(signature)
        shown, examples = split(demos, signature, own, self.settings.labeled_demos)
        wire = Wire.of(signature, elicitation, next(iter(elicitation.rounds())), examples=examples)
        return wire.signature, shown, {name: conversed(value, own) for name, value in inputs.items()}

    def __call__(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Any:
        """Makes the calls and reads the replies, with the arguments of any DSPy adapter.

        Raises:
            AdapterParseError: Too few candidates could be read.
        """
        if not has_choice(signature):
            return self.inner(lm, lm_kwargs, signature, demos, inputs)
        meter = Meter(dspy_settings.usage_tracker)

        def call(wanted: Any) -> Any:
            with self._context(meter, wanted.delegate):
                arguments = (lm, dict(lm_kwargs), wanted.delegate.signature, wanted.demos, wanted.inputs)
                return wanted.delegate.adapter()(*arguments)

        seed = seed_of(self.settings.seed, inputs, rollout_of(lm, lm_kwargs))
        found = drive(cast("Any", self._plan(signature, demos, inputs)), call)
        return self._chosen(found, meter.usage, signature, seed)

    async def acall(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Any:
        """The same with the inner adapter's ``acall``."""
        if not has_choice(signature):
            return await self.inner.acall(lm, lm_kwargs, signature, demos, inputs)
        meter = Meter(dspy_settings.usage_tracker)

        async def call(wanted: Any) -> Any:
            with self._context(meter, wanted.delegate):
                arguments = (lm, dict(lm_kwargs), wanted.delegate.signature, wanted.demos, wanted.inputs)
                return await wanted.delegate.adapter().acall(*arguments)

        seed = seed_of(self.settings.seed, inputs, rollout_of(lm, lm_kwargs))
        found = await adrive(cast("Any", self._plan(signature, demos, inputs)), call)
        return self._chosen(found, meter.usage, signature, seed)

    def _context(self, meter: Meter, delegate: Delegate) -> Any:
        stream, predict = dspy_settings.send_stream, dspy_settings.caller_predict
        tapped = None if stream is None else Tap(stream, predict, delegate.wire.parser, delegate.wire.fields)
        # Whatever the model calls in its turn is not verbalized: it finds the adapter that the user chose.
        return dspy_settings.context(adapter=self.inner, usage_tracker=meter, send_stream=tapped)

    def _plan(self, signature: Any, demos: Any, inputs: Any) -> Generator[_Call, Any, Distribution[Any]]:
        """The calls that it takes: like the core's plan, in DSPy's terms."""
        elicitation, own = self.settings.elicitation, fields_of(signature)
        shown, examples = split(demos, signature, own, self.settings.labeled_demos)
        inputs = {name: conversed(value, own) for name, value in inputs.items()}
        rounds: Rounds[Any] = elicitation.rounds()
        readable, unread = None, list[Dropped]()
        for k in rounds:
            wire = Wire.of(signature, elicitation, k, readable=readable, examples=examples)
            delegate = Delegate(self.inner, wire)
            further: dict[str, Any] = {}
            if readable is not None:
                further = {own.given: payload(rounds.pooled(), own, elicitation.definition)}
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
        return self._not_empty(distribution, readings, signature)

    def _not_empty(self, distribution: Distribution[Any], readings: list[Reading], signature: Any) -> Distribution[Any]:
        if not distribution and self.settings.on_empty == "plain":
            distribution = replace(plainly(self.inner, signature, readings), dropped=distribution.dropped)
        invalid = [dropped for dropped in distribution.dropped if dropped.reason is Repair.INVALID]
        if self.settings.on_invalid == "raise" and invalid:
            reason = f"{len(invalid)} of the candidates do not validate, and on_invalid is 'raise': {invalid[0].text}"
        elif len(distribution) < self.settings.min_valid:
            read = f"{len(distribution)} valid candidates could be read, and min_valid is {self.settings.min_valid}"
            reason = ". ".join(dict.fromkeys((read, *(reading.reason for reading in readings if reading.reason))))
        else:
            return distribution
        # With the user's signature: by it optimizers find the predictor that failed.
        text = readings[-1].text if readings else ""
        raise AdapterParseError(type(self.inner).__name__, signature, text, message=reason)

    def _chosen(self, distribution: Any, usage: Usage | None, signature: Any, seed: str | None) -> Candidates:
        elicitation = self.settings.elicitation
        distribution = replace(distribution, usage=usage) if usage else distribution
        selected = cast("Any", distribution.select(elicitation.select, seed=seed))
        return Candidates.of(distribution, selected, fields_of(signature), elicitation.definition)
