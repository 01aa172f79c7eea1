"""What independent calls of one question make together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from ..values.distribution import Distribution
from ..values.repairs import Repair, unique

__all__ = ["averaged"]

T = TypeVar("T")

_log = logging.getLogger("verbalized_sampling")


def averaged(outcomes: Sequence[Distribution[T] | Exception]) -> Distribution[T]:
    """The average of the calls that were answered; the others are left out, which the repair ``failed_call`` says.

    Raises:
        Exception: None was answered; it is the first one's error.
    """
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    answered = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    if not answered:
        raise failed[0]
    for error in failed:
        _log.warning("one of %d calls failed and is left out: %s", len(outcomes), error)
    mixture = Distribution.mixture(answered)
    return replace(mixture, repairs=unique((*mixture.repairs, Repair.FAILED_CALL))) if failed else mixture
