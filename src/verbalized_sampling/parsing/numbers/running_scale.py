"""The scale of numbers that come one by one: what one of them says before the others are known."""

from __future__ import annotations

from ...values.repairs import Repair
from ...values.weights import Definition
from .amounts import is_percentage, is_share
from .number import Number, Unit
from .scale import verbalize_one

__all__ = ["RunningScale"]


class RunningScale:
    """Says of each number whether it can be read yet, and what it is as a fraction of 1.

    Bare numbers are percentages from the second on that is greater than 1; ``verbalize`` decides so of all of them.
    """

    __slots__ = ("_beyond", "_definition", "_percent")

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._beyond = 0  # numbers that are no shares, but percentages
        self._percent = False

    def take(self, number: Number | None) -> None:
        """Counts a number in."""
        if number is None or number.stated is None or number.unit in (Unit.PERCENT, Unit.FRACTION, Unit.RATING):
            return
        if is_percentage(number.stated) and not is_share(number.stated):
            self._beyond += 1
            named = number.unit is Unit.PERCENT_NAME or self._definition is Definition.PERCENTAGE
            self._percent = self._percent or named or self._beyond > 1

    def is_settled(self, number: Number | None) -> bool:
        """Whether a number can be read alone: a cost, marked, a fraction, or whole and so a percentage."""
        if number is None or number.stated is None or self._definition.is_cost or number.unit is Unit.PERCENT:
            return True
        if number.unit is Unit.RATING and not is_share(number.stated):
            return False  # its part of a sum
        if is_share(number.stated) or self._percent:
            return True
        return number.stated == int(number.stated) and is_percentage(number.stated)

    def verbalize(self, number: Number | None) -> tuple[float | None, Repair | None]:
        """A number as a fraction of 1, and what is to be said of it."""
        if self._percent and number is not None and number.unit in (Unit.BARE, Unit.PERCENT_NAME):
            number = number._replace(unit=Unit.PERCENT)
        return verbalize_one(number, self._definition)
