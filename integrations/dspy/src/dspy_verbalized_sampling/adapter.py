"""The adapter that a verbalized predictor puts around the one in use."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import dspy

from verbalized_sampling import SettingsError, adrive, drive

from .asking import Call, Step, asked
from .candidates import Candidates
from .collect import collected, collecting
from .delegate import Delegate
from .demos import answered
from .fields import fields_of, has_choice
from .found import Found
from .internals import calling_predictor, listeners_of
from .meter import Meter
from .plan import enough, plan
from .prediction import prediction_of
from .reading import Reading
from .seeds import rollout_of, seed_of
from .settings import Settings
from .streaming import CandidateListener, Tap
from .turn import Turn

__all__ = ["ScopedAdapter", "VerbalizedAdapter"]


class VerbalizedAdapter(dspy.ChatAdapter):  # type: ignore[misc]
    """Asks for candidates in the format of another adapter, and gives them back as completions.

    Verbalized predictors put it around the adapter in use, whatever that is. By itself it is for what goes by
    adapters: ``dspy.configure(adapter=VerbalizedAdapter(k=5))`` verbalizes every predictor whose outputs leave
    something to choose, and ``BootstrapFinetune(adapter=VerbalizedAdapter(program=program))`` writes training rows
    that ask and answer as the predictors of ``program`` do, with all candidates and their probabilities.

    It is a ``dspy.ChatAdapter`` since BootstrapFinetune and GRPO take no others; nothing of that format is used
    unless it is the inner one's.

    Args:
        inner: The adapter whose format is used; by default a ``dspy.ChatAdapter``.
        program: A program with verbalized predictors: each signature is asked for as its predictor asks, and every
            other one plainly. Without it all are asked for as the settings say.
        settings: Those of a predictor, as a whole.
        **given: Settings of :class:`VerbalizedPredict` one by one.

    Raises:
        SettingsError: A setting is unknown or out of its range, ``inner`` is no adapter, or ``program`` no module.
    """

    inner: Any

    def __init__(
        self, inner: Any = None, *, program: dspy.Module | None = None, settings: Settings | None = None, **given: Any
    ) -> None:
        inner = dspy.ChatAdapter() if inner is None else inner
        if isinstance(inner, type) or not callable(inner):
            raise SettingsError(f"adapter must be an adapter of DSPy, such as dspy.JSONAdapter(), not {inner!r}")
        super().__init__()
        self.inner = inner.inner if isinstance(inner, VerbalizedAdapter) else inner
        self.settings, unknown = Settings.split(given, settings)
        if unknown:
            raise SettingsError(f"an adapter has no setting {', '.join(map(repr, sorted(unknown)))}")
        if program is not None and not isinstance(program, dspy.Module):
            raise SettingsError(f"program must be a module with verbalized predictors, not {program!r}")
        self.program = program

    def format(self, signature: Any, demos: Any, inputs: Any) -> list[dict[str, Any]]:
        """The messages that ask for candidates, as the first call sends them."""
        if (settings := self._settings_for(signature)) is None:
            return list(self.inner.format(signature, demos, inputs))
        asked = Turn.first(settings).asked(signature, demos, inputs, self.inner)
        return list(self.inner.format(asked.wire.signature, asked.demos, asked.inputs))

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        """The selected candidate of a reply, with all output fields of the signature.

        Raises:
            AdapterParseError: Too few candidates could be read.
        """
        if (settings := self._settings_for(signature)) is None:
            return dict(self.inner.parse(signature, completion))
        delegate = Delegate(self.inner, Turn.first(settings).asked(signature, [], {}, self.inner).wire)
        reading = delegate.reading(delegate.parse(delegate.wire.signature, completion))
        found = enough(reading.distribution, [reading], signature, settings, self.inner)
        return self._chosen(found, None, signature, settings, seed_of(settings.seed, {}, completion)).completion()

    def format_finetune_data(self, signature: Any, demos: Any, inputs: Any, outputs: Any) -> dict[str, list[Any]]:
        """A training row: the messages of :meth:`format`, and the candidates as the assistant's turn.

        Args:
            signature: The user's.
            demos: As for any adapter.
            inputs: What the predictor was called with.
            outputs: What it gave, best as it stands in DSPy's trace: with all candidates. A single answer becomes a
                single candidate without a probability, since training on it as certain would teach certainty.
        """
        if (settings := self._settings_for(signature)) is None:
            return dict(self.inner.format_finetune_data(signature, demos, inputs, outputs))
        asked = Turn.first(settings).asked(signature, demos, inputs, self.inner)
        messages = self.inner.format(asked.wire.signature, asked.demos, asked.inputs)
        answer = answered(outputs, fields_of(signature), settings.elicitation.definition)
        content = self.inner.format_assistant_message_content(asked.wire.signature, answer)
        return {"messages": [*messages, {"role": "assistant", "content": content}]}

    def __call__(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Any:
        """Makes the calls and reads the replies, with the arguments of any DSPy adapter.

        Raises:
            AdapterParseError: Too few candidates could be read.
        """
        if (settings := self._settings_for(signature)) is None:
            return self.inner(lm, lm_kwargs, signature, demos, inputs)
        settings, lm_kwargs = settings.told(lm_kwargs)
        run = self._run(settings, Call(self.inner, lm, lm_kwargs, signature, demos, inputs))
        return drive(run, lambda step: step.adapter(*step.arguments))

    async def acall(self, lm: Any, lm_kwargs: dict[str, Any], signature: Any, demos: Any, inputs: Any) -> Any:
        """The same with the inner adapter's ``acall``."""
        if (settings := self._settings_for(signature)) is None:
            return await self.inner.acall(lm, lm_kwargs, signature, demos, inputs)
        settings, lm_kwargs = settings.told(lm_kwargs)
        run = self._run(settings, Call(self.inner, lm, lm_kwargs, signature, demos, inputs))
        return await adrive(run, lambda step: step.adapter.acall(*step.arguments))

    def _run(self, settings: Settings, call: Call) -> Generator[Step, Any, list[dict[str, Any]]]:
        """The calls that a prediction takes, and the completions that come of them."""
        meter = Meter(dspy.settings.usage_tracker)
        seed = seed_of(settings.seed, call.inputs, rollout_of(call.lm, call.lm_kwargs))

        def ask(turn: Turn) -> Generator[Step, Any, list[Reading]]:
            with self._context(meter, turn, call.signature):
                return (yield from asked(call, turn))

        found = yield from plan(call.signature, settings, self.inner, ask)
        return self._given(self._chosen(found, meter, call.signature, settings, seed), call.signature, call.inputs)

    def _settings_for(self, signature: Any) -> Settings | None:
        """How this signature is asked for; None if it is plainly."""
        if not has_choice(signature):
            return None
        if self.program is None:
            return self.settings
        settings = {each.signature: getattr(each, "settings", None) for each in self.program.predictors()}
        if signature in settings:
            return settings[signature]
        # One that an optimizer or a teacher has changed the words of.
        alike = (own for one, own in settings.items() if one.fields.keys() == signature.fields.keys())
        return next(alike, None)

    def _context(self, meter: Meter, turn: Turn, signature: Any) -> Any:
        stream, predict = dspy.settings.send_stream, dspy.settings.caller_predict
        if stream is not None and any(isinstance(each, CandidateListener) for each in listeners_of(predict)):
            fields = fields_of(signature)
            stream = Tap(stream, predict, turn.settings.parser(fields, turn.k), fields, meter.streamed)
        # Whatever the model calls in its turn is not verbalized: it finds the adapter that the user chose.
        return dspy.context(adapter=self.inner, usage_tracker=meter, send_stream=stream)

    def _chosen(
        self, found: Found, meter: Meter | None, signature: Any, settings: Settings, seed: str | None
    ) -> Candidates:
        found = found if meter is None else meter.told(found)
        selected: Any = found.distribution.select(settings.elicitation.select, seed=seed)
        return Candidates.of(found, selected, fields_of(signature), settings.elicitation.definition)

    def _given(self, candidates: Candidates, signature: Any, inputs: dict[str, Any]) -> list[dict[str, Any]]:
        if collecting():
            collected(calling_predictor(), inputs, prediction_of(candidates, signature))
        return candidates.self_contained()


class ScopedAdapter(VerbalizedAdapter):
    """The adapter of one call of a verbalized predictor, which finds in it what a plain prediction does not keep.

    Attributes:
        found: The candidates; None if the call asked for none.
        inputs: What the adapter was called with.
    """

    found: Candidates | None = None
    inputs: dict[str, Any]

    def _given(self, candidates: Candidates, signature: Any, inputs: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: ARG002
        self.found, self.inputs = candidates, inputs
        return [candidates.completion()]  # all that the plain prediction is made for
