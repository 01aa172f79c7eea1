"""One answer that a method gave, with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Draw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One answer to one prompt, or the one call that gave none.

    Attributes:
        prompt: What was asked.
        method: ``standard``, ``direct`` …, or a name of the caller's own.
        model: The model's name.
        tau: The tail threshold that was asked for, or None.
        call: The run it came from, from 0 for each prompt and method; answers of one run depend on each other.
        text: The answer; of a refusal or an unreadable reply, what came instead.
        verbalized: The probability that the model stated, or None.
        weight: Its weight in its run, in [0, 1].
        tokens: Tokens of its run's replies, shared equally among its answers; None if the endpoint counts none.
        seconds: Time that its run's calls took, shared likewise.
        cost: US dollars of its run, shared likewise; None if the model's price is not known.
        refused: Whether the model declined.
        error: Why there is no answer, if it was not a refusal; else None.
        repairs: What was not as asked for.
        score: What the judge gave it, from 0 to 1; None without a judge.
    """

    prompt: str
    method: str
    model: str = ""
    tau: float | None = None
    call: int = 0
    text: str
    verbalized: float | None = None
    weight: float = 1.0
    tokens: float | None = None
    seconds: float | None = None
    cost: float | None = None
    refused: bool = False
    error: str | None = None
    repairs: tuple[str, ...] = ()
    score: float | None = None

    @property
    def is_answer(self) -> bool:
        """Whether the text is an answer."""
        return not self.refused and self.error is None
