"""Where a distribution comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was asked, of whom and how; None where nobody said.

    Attributes:
        model: The model's name, as the framework or the endpoint calls it.
        query: The query; of a conversation, the text of its last message.
        variant: As in :class:`Elicitation`, like the next three.
        k: Candidates asked for in a call.
        tau: The tail threshold.
        template: The wording, if it is not the usual one.
        seed: The seed of the (first) request.
        version: The version of this package that made the distribution.
    """

    model: str | None = None
    query: str | None = None
    variant: str | None = None
    k: int | None = None
    tau: float | None = None
    template: str | None = None
    seed: int | None = None
    version: str | None = None
