"""What was not as asked for in a reply, and what was made of it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Repair"]


class Repair(StrEnum):
    """A deviation from a clean reply; its docstring line says what was done about it.

    A repair stands on the candidate it concerns, or on the distribution if it concerns the whole reply.
    """

    # Probabilities
    MISSING_PROBABILITY = "missing_probability"
    """No number was stated: the candidate weighs the mean of those that have one."""
    UNIFORM_WEIGHTS = "uniform_weights"
    """No candidate has a usable number, or all are zero: every candidate weighs the same."""
    OUT_OF_RANGE = "out_of_range"
    """The number fits neither a fraction nor a percentage (5.58): ``verbalized`` is None."""
    ABOVE_TAU = "above_tau"
    """The number is not below the tail threshold that was asked for. The candidate stays."""

    # Several calls
    DUPLICATE = "duplicate"
    """The text stood there before, in this reply or an earlier turn: it was dropped, the first one kept."""
    MERGED = "merged"
    """Candidates that count as the same were merged into this one; their weights add up."""
    UNREADABLE_REPLY = "unreadable_reply"
    """A reply held no candidate: the model was asked again, or the turn was given up."""
    TOO_FEW = "too_few"
    """Fewer candidates came back than were asked for, also after the calls that were allowed."""
