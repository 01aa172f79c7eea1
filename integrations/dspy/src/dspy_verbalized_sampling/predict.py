"""The leaf: a ``dspy.Predict`` that asks for a distribution."""

from __future__ import annotations

from typing import Any, Literal, Self

import dspy

from verbalized_sampling import Elicitation, SettingsError

from .adapter import ScopedAdapter
from .collect import collected
from .copies import copied
from .demos import LabeledDemos
from .fields import fields_of
from .internals import retraced
from .prediction import Traced, prediction_of
from .settings import OnEmpty, OnInvalid, Settings

__all__ = ["VerbalizedPredict"]

_STATE = "verbalized_sampling"


class VerbalizedPredict(dspy.Predict):  # type: ignore[misc]
    """A ``dspy.Predict`` that has the model verbalize a distribution in one call, and samples from it.

    It keeps the user's signature, so that optimizers, demos and metrics see what they know. The prediction's fields
    hold the selected candidate; ``.completions`` and ``.distribution`` hold all (``verbalized(prediction)``, where a
    field of the signature is called so).

    Args:
        signature: Any DSPy signature; its output fields are what a candidate has.
        elicitation: What to ask for, as a whole. ``k``, ``tau``, ``select`` and, among ``config``, the other fields
            of :class:`verbalized_sampling.Elicitation` (``variant``, ``words``, ``total``, ``definition``,
            ``weighting``, ``template``, ``max_extra_calls``) are shortcuts for its fields.
        k: Candidates a call, 5 by default.
        tau: Tail threshold in (0, 1]: asks that every probability be below it.
        select: Which candidate the fields hold: ``sample`` (default), ``argmax`` or ``first``.
        min_valid: Candidates that a reply must hold at least.
        on_empty: ``plain`` (default) takes a reply that holds no candidates as plain DSPy would have, as one candidate
            with a repair; ``raise`` fails.
        on_invalid: ``drop`` leaves out candidates that do not validate, and records them; ``raise`` fails.
        labeled_demos: Where demonstrations with a single answer go: ``instructions`` or ``skip``.
        seed: Makes selections reproducible: mixed with the inputs and the ``rollout_id`` of each call.
        callbacks: DSPy callbacks of this module.
        **config: Keyword arguments for the language model, such as ``temperature`` or ``max_tokens``.

    Raises:
        SettingsError: A setting is out of its range, or the signature is none or has no output to choose.
    """

    settings: Settings

    def __init__(
        self,
        signature: Any,
        *,
        elicitation: Elicitation[Any] | None = None,
        k: int | None = None,
        tau: float | None = None,
        select: Literal["sample", "argmax", "first"] | None = None,
        min_valid: int = 1,
        on_invalid: OnInvalid = "drop",
        on_empty: OnEmpty = "plain",
        labeled_demos: LabeledDemos = "instructions",
        seed: int | str | None = None,
        callbacks: list[Any] | None = None,
        **config: Any,
    ) -> None:
        given: dict[str, Any] = {
            "elicitation": elicitation,
            "k": k,
            "tau": tau,
            "select": select,
            "min_valid": min_valid,
        }
        given |= {"on_invalid": on_invalid, "on_empty": on_empty, "labeled_demos": labeled_demos, "seed": seed}
        self.settings, config = Settings.split({**config, **given})
        super().__init__(signature, callbacks=callbacks, **config)
        if not (isinstance(self.signature, type) and issubclass(self.signature, dspy.Signature)):
            raise SettingsError(
                f'signature must be a dspy.Signature or a text like "question -> answer", not {signature!r}'
            )
        fields_of(self.signature)  # fails here rather than in the first call

    @classmethod
    def like(cls, predict: dspy.Predict, memo: dict[int, Any] | None = None, **settings: Any) -> Self:
        """A verbalized predictor of a plain one, with all that it has learned; the plain one stays as it is.

        Args:
            predict: Any ``dspy.Predict``.
            memo: As for ``copy.deepcopy``: what its copy shares with other copies.
            **settings: Those of this class.

        Raises:
            SettingsError: A setting is out of its range, or the signature has no output to choose.
        """
        memo = {} if memo is None else memo
        made = cls(predict.signature, callbacks=predict.callbacks, **settings)
        learned = {name: copied(value, memo) for name, value in vars(predict).items()}
        made.__dict__.update(
            {**learned, "config": {**learned["config"], **made.config}, "callbacks": predict.callbacks}
        )
        return made

    def forward(self, **kwargs: Any) -> dspy.Prediction:
        """Predicts, as ``dspy.Predict`` does.

        Raises:
            AdapterParseError: Too few candidates could be read in the reply.
        """
        adapter, kwargs = self._asking(kwargs)
        with dspy.context(adapter=adapter):
            plain = super().forward(**kwargs)
        return self._verbalized(plain, adapter)

    async def aforward(self, **kwargs: Any) -> dspy.Prediction:
        """The same, awaiting the language model."""
        adapter, kwargs = self._asking(kwargs)
        with dspy.context(adapter=adapter):
            plain = await super().aforward(**kwargs)
        return self._verbalized(plain, adapter)

    def update_config(self, **kwargs: Any) -> None:
        """Changes settings (``k``, ``tau`` …), and arguments for the language model.

        Raises:
            SettingsError: A setting is misspelt or out of its range; nothing is changed.
        """
        self.settings, config = Settings.split(kwargs, self.settings)
        super().update_config(**config)

    def _asking(self, kwargs: dict[str, Any]) -> tuple[ScopedAdapter, dict[str, Any]]:
        """The adapter for a call, and its arguments without the settings that ``config`` may hold."""
        settings = self.settings
        if kwargs.get("config"):
            settings, config = Settings.split(kwargs["config"], settings)
            kwargs = {**kwargs, "config": config}
        return ScopedAdapter(dspy.settings.adapter, settings=settings), kwargs

    def _verbalized(self, plain: dspy.Prediction, adapter: ScopedAdapter) -> dspy.Prediction:
        found = adapter.found
        if found is None:  # the call gave another signature, without a choice
            return plain
        prediction = prediction_of(found, plain.completions.signature)
        # Only the traced one holds all candidates as a field: demonstrations are made from it.
        retraced(plain, lambda: Traced.of(prediction, found.kept()))
        collected(self, adapter.inputs, prediction)
        return prediction

    def __repr__(self) -> str:
        elicitation = self.settings.elicitation
        return f"{type(self).__name__}({self.signature}, k={elicitation.k}, tau={elicitation.tau})"

    def dump_state(self, json_mode: bool = True) -> dict[str, Any]:  # noqa: FBT002 - as DSPy calls it
        """The state of ``dspy.Predict`` with the settings in it."""
        state: dict[str, Any] = super().dump_state(json_mode=json_mode)
        return {**state, _STATE: self.settings.dump()}

    def load_state(self, state: dict[str, Any], **options: Any) -> Self:
        """Takes a saved state over; that of a plain ``dspy.Predict`` leaves the settings as they are."""
        own = state.get(_STATE)
        settings = self.settings if own is None else self.settings.load(own)
        super().load_state({name: value for name, value in state.items() if name != _STATE}, **options)
        self.settings = settings
        return self
