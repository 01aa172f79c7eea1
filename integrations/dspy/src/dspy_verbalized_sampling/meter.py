"""Counting what the calls behind one prediction cost."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from verbalized_sampling import Usage

from .found import Found
from .internals import UsageTracker

__all__ = ["Meter"]


class Meter(UsageTracker):  # type: ignore[misc]
    """A usage tracker that passes everything on to the one outside, so that nothing is counted twice or lost.

    Attributes:
        usage: What the calls cost together; None if nothing.
        streamed: Keys of the answers that a stream has been given.
    """

    def __init__(self, outer: Any) -> None:
        super().__init__()
        self._outer = outer
        self.usage: Usage | None = None
        self.streamed: set[Hashable] = set()

    def add_usage(self, lm: str, usage_entry: dict[str, Any]) -> None:
        """Counts a call; replies from the cache are none."""
        counted = Usage(
            calls=1,
            input_tokens=usage_entry.get("prompt_tokens") or usage_entry.get("input_tokens") or 0,
            output_tokens=usage_entry.get("completion_tokens") or usage_entry.get("output_tokens") or 0,
        )
        self.usage = counted + self.usage if self.usage else counted
        if self._outer:
            self._outer.add_usage(lm, usage_entry)

    def told(self, found: Found) -> Found:
        """What was found, with what was counted; as it is if nothing was."""
        if self.usage is None:
            return found
        return replace(found, distribution=replace(found.distribution, usage=self.usage))
