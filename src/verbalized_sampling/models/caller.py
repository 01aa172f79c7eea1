"""A model, ready to answer requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..protocol import Reply, Request

__all__ = ["Caller", "Options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the model is to generate; None leaves a choice to the model.

    Attributes:
        temperature: Sampling temperature, 0 or more.
        seed: Seed of the model's sampler, for models that take one.
        max_tokens: Limit of a reply in tokens; None takes what the request suggests.
        on_text: Called with each piece of text as it arrives, on whatever thread it arrives.
    """

    temperature: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    on_text: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Both ways to call one model; see :func:`~verbalized_sampling.drive` and ``adrive``.

    Attributes:
        call: Blocks until the reply is there.
        acall: The same for an event loop.
        blocking: Whether ``acall`` is no more than ``call`` on a thread of the loop's pool, so that whoever makes many
            calls at once does better to bring threads of their own.
    """

    call: Callable[[Request], Reply | str]
    acall: Callable[[Request], Awaitable[Reply | str]]
    blocking: bool = False
