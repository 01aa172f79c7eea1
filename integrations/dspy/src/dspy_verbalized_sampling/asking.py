"""One call of the model through the adapter in use, whatever that is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

import dspy
from dspy.utils.callback import BaseCallback

from .delegate import Delegate
from .kinds import Asking, Shown, asking, calls_itself
from .reading import Reading
from .turn import Turn

__all__ = ["Call", "Step", "asked"]


class Call(NamedTuple):
    """What an adapter is called with."""

    inner: Any
    lm: Any
    lm_kwargs: dict[str, Any]
    signature: Any
    demos: Any
    inputs: dict[str, Any]


class Step(NamedTuple):
    """What is to be called next, or awaited by its ``acall``."""

    adapter: Any
    arguments: tuple[Any, ...]


class _PassedOn(BaseException):
    """An adapter has passed the call on to another one."""


class _Ears(BaseCallback):  # type: ignore[misc]
    """Hears which adapter formats what in the end."""

    def __init__(self) -> None:
        self.heard: tuple[Any, dict[str, Any]] | None = None

    def on_adapter_format_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:  # noqa: ARG002
        self.heard = instance, inputs


def asked(call: Call, turn: Turn) -> Generator[Step, Any, list[Reading]]:
    """Makes a call and reads the replies: yields what is to be called, and receives the completions.

    An adapter with a call of its own may be a wrapper, as in ``dspy.Refine``: it runs once, with the user's signature.
    If it calls what it inherits, that asks for candidates. If it passes on to another adapter, that one is asked, with
    what it was passed.

    Raises:
        AdapterParseError: There is no reply, or the adapter took it for none.
    """
    adapter = asking(call.inner, turn)
    arguments = (dict(call.lm_kwargs), call.signature, call.demos, dict(call.inputs))
    if not calls_itself(call.inner):
        return _readings((yield Step(adapter, (call.lm, *arguments))), adapter, call, turn)
    ears, passed_on = _Ears(), _PassedOn()
    try:
        with dspy.context(callbacks=[*dspy.settings.callbacks, ears]):
            completions = yield Step(adapter or call.inner, (Shown(call.lm, passed_on), *arguments))
    except _PassedOn as passed:
        if passed is not passed_on:
            raise
        adapter, arguments = _overheard(call, ears, turn, arguments)
        completions = yield Step(adapter, (call.lm, *arguments))
    return _readings(completions, adapter, call, turn)


class _Behind:
    """An asking adapter whose own call has been made already: what it inherits is called."""

    def __init__(self, adapter: Any) -> None:
        self.adapter = adapter

    def __call__(self, *arguments: Any) -> Any:
        return Asking.__call__(self.adapter, *arguments)

    async def acall(self, *arguments: Any) -> Any:
        return await Asking.acall(self.adapter, *arguments)

    @property
    def verbalized_delegate(self) -> Delegate:
        return self.adapter.verbalized_delegate  # type: ignore[no-any-return]


class _Through:
    """An adapter that nothing is known of: it is called for candidates, and may read them as it likes."""

    verbalized_delegate: Delegate

    def __init__(self, inner: Any, turn: Turn) -> None:
        self.inner = inner
        self.turn = turn

    def __call__(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
        return self.inner(lm, lm_kwargs, *self._asked(signature, demos, inputs))

    async def acall(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
        return await self.inner.acall(lm, lm_kwargs, *self._asked(signature, demos, inputs))

    def _asked(self, signature: Any, demos: Any, inputs: Any) -> tuple[Any, Any, Any]:
        asked = self.turn.asked(signature, demos, inputs, self.inner)
        self.verbalized_delegate = Delegate(self.inner, asked.wire)
        return asked.wire.signature, asked.demos, asked.inputs


def _overheard(call: Call, ears: _Ears, turn: Turn, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The asking kind of the adapter that a call was passed on to, and what it is to be called with."""
    if ears.heard is None or (other := asking(ears.heard[0], turn)) is None:
        return _Through(call.inner, turn), arguments
    _, told = ears.heard
    return _Behind(other), (arguments[0], told["signature"], told["demos"], told["inputs"])


def _readings(completions: Any, adapter: Any, call: Call, turn: Turn) -> list[Reading]:
    delegate = getattr(adapter, "verbalized_delegate", None)
    if delegate is None:  # the adapter had an answer without asking
        delegate = Delegate(call.inner, turn.asked(call.signature, call.demos, call.inputs, call.inner).wire)
    return [delegate.reading(completion) for completion in completions]
