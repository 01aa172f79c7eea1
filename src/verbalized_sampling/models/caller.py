"""A model, ready to answer requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..errors import SettingsError
from ..replies.protocol import Reply, Request

__all__ = ["Caller", "Options", "UnderWay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the model is to be called; None leaves a choice to the model.

    Attributes:
        temperature: Sampling temperature, 0 or more.
        seed: Seed of the model's sampler, for models that take one; request i of a run gets ``seed + i``.
        max_tokens: Limit of a reply in tokens; None takes what the request suggests.
        timeout: Seconds that a reply may take, with all that is tried again for it; None: 600.
        api_key: The key of an endpoint; None takes the one that its address has in the environment.
        retries: How often a request over HTTP is tried again if that may mend it.
        extra: Further fields of a request, for models that speak OpenAI's protocol: ``{"top_p": 0.9}``.
        on_text: Called with each piece of text as it arrives, on whatever thread it arrives.

    Raises:
        SettingsError: A number is out of its range.
    """

    temperature: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    timeout: float | None = None
    api_key: str | None = field(default=None, repr=False)
    retries: int = 2
    on_text: Callable[[str], None] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check("temperature", self.temperature, float, 0, "a number of at least 0")
        _check("seed", self.seed, int, None, "a whole number")
        _check("max_tokens", self.max_tokens, int, 1, "a whole number of at least 1")
        _check("timeout", self.timeout, float, 1e-3, "a number of seconds above 0")
        if not isinstance(self.api_key, str | None):
            raise SettingsError(f"api_key must be a text, not {type(self.api_key).__name__}")
        _check("retries", self.retries, int, 0, "a whole number of at least 0")

    def seed_of(self, request: Request) -> int | None:
        """The seed for one request."""
        return None if self.seed is None else self.seed + request.number


@dataclass(frozen=True, slots=True)
class Caller:
    """Both ways to call one model; see :func:`~verbalized_sampling.plans.drive` and ``adrive``.

    Attributes:
        call: Answers a request.
        acall: The same for event loops; its cancellation ends the call.
        blocking: Whether ``acall`` is no more than ``call`` on a thread of the loop's pool, so that whoever makes many
            calls at once does better to bring threads of their own.
        slots: How many calls the model serves at the same time; further ones wait. None: as many as come.
        submit: Runs a coroutine on the event loop on which the calls are made, if they have one of their own; to cancel
            the future cancels it. Many calls in one coroutine spare each of them the way there and back.
        cancel: Ends every call that runs or will run through ``call``, as far as the model lets itself be interrupted.
    """

    call: Callable[[Request], Reply | str]
    acall: Callable[[Request], Awaitable[Reply | str]]
    blocking: bool = False
    slots: int | None = None
    submit: Callable[[Coroutine[Any, Any, Any]], Future[Any]] | None = None
    cancel: Callable[[], None] = lambda: None


class UnderWay:
    """Calls of one caller that run on threads; they can be ended, also one that has only just begun."""

    def __init__(self) -> None:
        self._stops: set[Callable[[], object]] = set()
        self._ended = False

    @contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """While a call is waited for; ``stop`` ends it, at the end too: after an interrupt it may still run."""
        self._stops.add(stop)
        try:
            if self._ended:  # before this call was known here
                stop()
            yield
        finally:
            stop()
            self._stops.discard(stop)

    def end(self) -> None:
        self._ended = True
        for stop in tuple(self._stops):
            stop()


def _check(name: str, value: Any, kind: type, least: float | None, wanted: str) -> None:
    if value is None and name != "retries":
        return
    numeric = isinstance(value, int | kind) and not isinstance(value, bool)
    if not numeric or (least is not None and not least <= value < float("inf")):
        raise SettingsError(f"{name} must be {wanted}, not {value!r}")
