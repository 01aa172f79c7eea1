"""The adapter in use, in a kind that asks for candidates: a class of its own, made once for each class of adapters."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Distribution

from .delegate import Delegate
from .internals import JSONMode, OneByOne
from .reading import Reading
from .turn import Asked, Turn

__all__ = ["Asking", "Shown", "asking", "calls_itself"]

_OF_DSPY = (dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter)
_CALLING = (dspy.Adapter, *_OF_DSPY, dspy.TwoStepAdapter)
_CALLS = {kind.__call__ for kind in _CALLING} | {kind.acall for kind in _CALLING}


class Shown:
    """A model as adapters with a call of their own are shown it: they can read it, and only ours can ask it."""

    def __init__(self, lm: Any, otherwise: BaseException) -> None:
        self.lm = lm
        self._otherwise = otherwise

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise self._otherwise

    async def acall(self, *_: Any, **__: Any) -> Any:
        """The same for async calls."""
        raise self._otherwise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lm, name)


class _Reading(JSONMode, OneByOne):
    """Stands before the user's class: what a reply holds is read by a delegate, and never fails."""

    verbalized_turn: Turn
    verbalized_inner: Any
    verbalized_delegate: Any = None  # a Delegate, once there is a signature to ask by

    def __init__(self, inner: Any, turn: Turn) -> None:
        # As it is now. One `parse` of its own is called by the delegate; a format that fails is asked for only once.
        vars(self).update({**vars(inner), "use_json_adapter_fallback": False})
        vars(self).pop("parse", None)
        vars(self).update(verbalized_turn=turn, verbalized_inner=inner)

    def __init_subclass__(cls) -> None:
        """Keeps DSPy from counting ``format`` twice: the inherited one has its callbacks already."""

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["verbalized_inner"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        """What an adapter keeps (a count, the last messages) it finds again in itself."""
        object.__setattr__(self, name, value)
        setattr(self.verbalized_inner, name, value)

    @property
    def wants_any_json(self) -> bool:
        return bool(self.verbalized_delegate.wire.fields.is_open)

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        return dict(self.verbalized_delegate.parse(signature, completion))

    def verbalized_unread(self, error: AdapterParseError) -> dict[str, Any]:
        unread = Reading("", Distribution(), str(error).partition("\n")[0])
        return {self.verbalized_delegate.wire.fields.listing: unread}

    def verbalized_asked(self, signature: Any, demos: Any, inputs: Any) -> tuple[Any, Any, Any]:
        asked: Asked = self.verbalized_turn.asked(signature, demos, inputs, self.verbalized_inner)
        vars(self)["verbalized_delegate"] = Delegate(self.verbalized_inner, asked.wire)
        return asked.wire.signature, asked.demos, asked.inputs


class Asking:
    """Stands behind the user's class and before DSPy's: what comes down is the user's, what goes on is for candidates.

    So an adapter that wraps the call of another sees the user's own signature, and what it adds is asked for too.
    """

    def __call__(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
        asked = self.verbalized_asked(signature, demos, inputs)  # type: ignore[attr-defined]
        return super().__call__(lm.lm if type(lm) is Shown else lm, lm_kwargs, *asked)  # type: ignore[misc]

    async def acall(self, lm: Any, lm_kwargs: Any, signature: Any, demos: Any, inputs: Any) -> Any:
        asked = self.verbalized_asked(signature, demos, inputs)  # type: ignore[attr-defined]
        return await super().acall(lm.lm if type(lm) is Shown else lm, lm_kwargs, *asked)  # type: ignore[misc]


class _Remembering:
    """For DSPy's own adapters: what they say of a signature is made once."""

    verbalized_delegate: Delegate

    def format_system_message(self, signature: Any) -> str:
        return self.verbalized_delegate.wire.said.of(super().format_system_message, signature)  # type: ignore[misc]

    def user_message_output_requirements(self, signature: Any) -> str:
        says = super().user_message_output_requirements  # type: ignore[misc]
        return self.verbalized_delegate.wire.said.of(says, signature)

    def format_user_message_content(
        self,
        signature: Any,
        inputs: Any,
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,  # noqa: FBT002 - as DSPy calls it
    ) -> str:
        says = super().format_user_message_content  # type: ignore[misc]
        return self.verbalized_delegate.wire.said.of_inputs(says, signature, inputs, prefix, suffix, main_request)


def calls_itself(inner: Any) -> bool:
    """Whether an adapter has a call of its own, and so may wrap another one."""
    of: Any = type(inner)
    return bool(_calls_itself(of))


@lru_cache(maxsize=64)
def _calls_itself(kind: Any) -> bool:
    return not {kind.__call__, getattr(kind, "acall", None)} <= _CALLS


def asking(inner: Any, turn: Turn) -> Any:
    """The adapter in its asking kind; None if it is none of DSPy's, so that nobody knows how it asks."""
    of: Any = type(inner)
    kind = _asking_kind(of)
    return kind and kind(inner, turn)


@lru_cache(maxsize=64)
def _asking_kind(kind: Any) -> Any:
    calling = (each for each in kind.__mro__ if {each.__call__, getattr(each, "acall", None)} <= _CALLS)
    base = next(calling, None)
    if base is None:
        return None
    above = (_Reading, _Remembering) if kind in _OF_DSPY else (_Reading,)
    bases = (*above, Asking, base) if kind is base else (*above, kind, Asking, base)
    return type(kind.__name__, bases, {})
