"""What the calls behind a distribution cost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls and tokens; the tokens count what endpoints reported, so a silent endpoint counts 0.

    Attributes:
        calls: Requests that were answered.
        input_tokens: Tokens of all prompts.
        output_tokens: Tokens of all replies.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )
