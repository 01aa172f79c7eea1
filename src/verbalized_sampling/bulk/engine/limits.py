"""How fast a job may go, and when it has to stop."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import SettingsError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Pace and ceilings of a job; None is no limit.

    Ceilings count the whole job, replies from its journal included. They are checked before each call: what is under
    way is finished, so tokens and cost may end above theirs by the calls made at once.

    Attributes:
        concurrency: Calls at once. Fewer after an endpoint said "too many requests", until it recovers.
        requests_per_minute: Needs ``[bulk]``.
        tokens_per_minute: Of prompts and replies; needs ``[bulk]``.
        max_calls: Replies the job may take.
        max_tokens: Tokens of prompts and replies, as the endpoint counts them.
        max_cost: US dollars, by the price list; needs ``[eval]`` or ``[bulk]``.
        retries: How often a call is tried again after an error that may pass.
        patience: Seconds of nothing but such errors after which the job stops.

    Raises:
        SettingsError: A limit is not positive.
    """

    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    retries: int = 8
    patience: float = 300.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is None and name not in ("concurrency", "retries", "patience"):
                continue
            whole = name in ("concurrency", "max_calls", "max_tokens", "retries")
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise SettingsError(f"{name} must be a {'whole ' * whole}number, not {value!r}")
            if not (value >= 0 if name == "retries" else value > 0):
                raise SettingsError(f"{name} must be {'at least' if name == 'retries' else 'above'} 0, not {value!r}")
