"""One answer of a model, and one that was none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from .frozen import FrozenMapping, callable_by_alias
from .looks import views
from .repairs import Repair

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["NO_FIELDS", "Candidate", "Dropped"]

T_co = TypeVar("T_co", covariant=True)

NO_FIELDS: FrozenMapping = FrozenMapping()


@callable_by_alias
@dataclass(frozen=True, slots=True)
class Candidate(Generic[T_co]):
    """One answer the model gave, and how probable it is.

    Attributes:
        text: The answer as written.
        probability: Its weight in its distribution, in [0, 1]; those of a distribution sum to 1.
        verbalized: The probability the model stated, as a fraction of 1; None if it stated none that can be one.
        stated: The number as written: 12 for "12%", 87.43 for a negative log likelihood; None if there is none.
        value: What the text stands for: the text itself, or an object of the type that was asked for.
        index: Order of arrival, from 0, across all calls.
        repairs: What was not as asked for in this candidate.
        count: How many independent calls gave this answer, at least 1.
        fields: What else the model wrote in this candidate's record, by name; read-only, and empty by default.
        typed: Whether its value is of a type that was asked for: then only equal values are the same answer, and else
            texts that are equal but for case and white space. Equality does not look at it.
    """

    text: str
    probability: float
    verbalized: float | None
    stated: float | None
    value: T_co
    index: int
    repairs: tuple[Repair, ...] = ()
    count: int = 1
    fields: Annotated[Mapping[str, Any], FrozenMapping] = field(default=NO_FIELDS, hash=False)
    typed: bool = field(default=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if type(self.fields) is not FrozenMapping:
            object.__setattr__(self, "fields", FrozenMapping(self.fields))
        if type(self.repairs) is not tuple:  # as checkpoints give them back
            object.__setattr__(self, "repairs", tuple(self.repairs))

    def __str__(self) -> str:
        return self.text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield views.card(self, options.encoding)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of a reply that looked like a candidate but is not one.

    Attributes:
        text: The piece, as it stood in the reply.
        position: Its offset in the reply, in characters from 0.
        reason: Why it was dropped.
    """

    text: str
    position: int
    reason: Repair
