"""What a job has done so far, what it cost, and how long it will take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Self

from ...values.usage import Usage
from ..price import price
from .limits import Limits
from .task import Answered, Outcome

__all__ = ["Meter", "Progress", "Stopped"]


class Stopped(Exception):  # noqa: N818 - no error: the job's own end
    """Ends the tasks of a job that reached a ceiling; never leaves the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job at one moment.

    Attributes:
        done: Tasks that ended, well or not, those of earlier runs included.
        total: All tasks; None if nobody knows.
        failed: Tasks that ended without a result.
        asked: Tasks that took calls of this run.
        calls: Replies so far.
        replayed: How many of them came from the journal, or in earlier runs.
        retries: Calls that had to be tried again.
        usage: What all replies cost in tokens, as far as the endpoint counts them.
        cost: The same in US dollars; None if the price of a model is not known.
        seconds: Since this run started.
        stopped: The ceiling that ended the job, in words; else None.
        distinct: Different answers so far, where somebody counts them.
    """

    done: int
    total: int | None
    failed: int
    asked: int
    calls: int
    replayed: int
    retries: int
    usage: Usage
    cost: float | None
    seconds: float
    stopped: str | None = None
    distinct: int | None = None

    @property
    def rate(self) -> float:
        """Calls answered a second, those from the journal left out."""
        return (self.calls - self.replayed) / self.seconds if self.seconds > 0 else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds until the end at the pace so far; None if that can't be told."""
        if self.total is None or not self.asked:
            return None
        return max(0, self.total - self.done) * self.seconds / self.asked


@dataclass(slots=True)
class Meter:
    """Counts calls and what they cost, and refuses the call that would pass a ceiling."""

    limits: Limits
    total: int | None = None
    started: float = field(default_factory=time.monotonic)
    done: int = 0
    failed: int = 0
    asked: int = 0
    calls: int = 0
    under_way: int = 0
    replayed: int = 0
    retries: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float | None = 0.0
    stopped: str | None = None
    last_answer: float = field(default_factory=time.monotonic)

    @classmethod
    def after(cls, before: Progress | None, limits: Limits, total: int | None) -> Self:
        """A meter that counts on from what earlier runs did."""
        if before is None:
            return cls(limits, total)
        counted = {name: getattr(before, name) for name in ("done", "calls", "replayed", "usage", "cost")}
        return cls(limits, total, **counted)

    def begin(self) -> None:
        """Before each call.

        Raises:
            Stopped: A ceiling is reached.
        """
        limits = self.limits
        tokens = self.usage.input_tokens + self.usage.output_tokens
        for name, spent in (
            ("max_calls", self.calls + self.under_way),
            ("max_tokens", tokens),
            ("max_cost", self.cost),
        ):
            ceiling = getattr(limits, name)
            if ceiling is not None and spent is not None and spent >= ceiling:
                self.stopped = self.stopped or f"{name}={ceiling} is reached"
        if self.stopped:
            raise Stopped
        self.under_way += 1

    def end(self) -> None:
        """After each call, answered or not."""
        self.under_way -= 1

    def answered(self, answer: Answered, model: str) -> None:
        self.calls += 1
        self.replayed += answer.replayed
        self.last_answer = time.monotonic()
        if answer.reply.usage:
            self.usage += answer.reply.usage
            cost = price(model, answer.reply.usage) if self.cost is not None else None
            self.cost = None if self.cost is None or cost is None else self.cost + cost

    def ended(self, outcome: Outcome[Any]) -> None:
        self.done += 1
        self.failed += outcome.error is not None
        self.asked += any(not answer.replayed for answer in outcome.answers)

    def progress(self) -> Progress:
        return Progress(
            done=self.done,
            total=self.total,
            failed=self.failed,
            asked=self.asked,
            calls=self.calls,
            replayed=self.replayed,
            retries=self.retries,
            usage=self.usage,
            cost=self.cost,
            seconds=time.monotonic() - self.started,
            stopped=self.stopped,
        )
