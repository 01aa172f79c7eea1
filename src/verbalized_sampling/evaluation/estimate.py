"""Numbers, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Difference", "Estimate"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A method's value minus the baseline's, with a 95 % interval.

    Attributes:
        value: The difference.
        low: Lower end of the interval; None where chance can't be told.
        high: Its upper end.
        spread_seen: As in :class:`Estimate`.
    """

    value: float
    low: float | None
    high: float | None
    spread_seen: bool = True

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and how sure it is.

    Attributes:
        value: The mean over prompts.
        low: Lower end of the 95 % interval; None where chance can't be told: of one call a prompt, or of calls that
            came out alike in a number without a bound.
        high: Its upper end.
        n: Answers a prompt, the same for all methods; their mean, if it differs from prompt to prompt.
        prompts: How many prompts.
        difference: To the baseline; None for the baseline itself.
        embedder: What saw the meaning of the texts, for metrics of meaning; else None.
        spread_seen: Whether the data show how far chance goes. Where all came out alike they don't, and the interval is
            what so many calls or prompts can have missed, by the rule of three.
    """

    value: float
    low: float | None
    high: float | None
    n: float
    prompts: int
    difference: Difference | None = None
    embedder: str | None = None
    spread_seen: bool = True

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3g} [?]"
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]" + ("" if self.spread_seen else "*")
