"""One call to make: how it asks, whatever signature it is asked by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from .demos import conversed, split
from .fields import fields_of
from .internals import tells_of_models
from .settings import Settings
from .wire import Wire

__all__ = ["Asked", "Turn"]


class Asked(NamedTuple):
    """What an adapter is to format.

    Attributes:
        wire: Its signature, and how replies are read.
        demos: The demonstrations to show as turns.
        inputs: All inputs, with what was given already.
    """

    wire: Wire
    demos: list[dict[str, Any]]
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a call asks for.

    Attributes:
        settings: Those of the predictor.
        k: Candidates to ask for.
        readable: Whether an earlier reply held candidates; None if this is the first call.
        given: Those candidates, as a model would write them.
    """

    settings: Settings
    k: int
    readable: bool | None = None
    given: tuple[dict[str, Any], ...] = ()

    @classmethod
    def first(cls, settings: Settings) -> Turn:
        """The first call that a predictor makes."""
        return cls(settings, next(iter(settings.elicitation.rounds())))

    def asked(self, signature: Any, demos: Any, inputs: Any, inner: Any) -> Asked:
        """The same for candidates, of what a plain adapter would be called with.

        Args:
            signature: The user's.
            demos: As for any adapter.
            inputs: What the predictor was called with.
            inner: The adapter that will format it.
        """
        own = fields_of(signature)
        shown, examples = split(demos, signature, own, self.settings.labeled_demos)
        wire = Wire.of(
            signature,
            self.settings.elicitation,
            self.k,
            readable=self.readable,
            examples=examples,
            as_model=tells_of_models(inner),
        )
        further = {} if self.readable is None else {own.given: list(self.given)}
        return Asked(wire, shown, {**{name: conversed(value, own) for name, value in inputs.items()}, **further})
