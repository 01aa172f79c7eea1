"""The parser: the text of a reply in, a distribution out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic

from ..errors import DistributionParseError, SettingsError
from ..values.arguments import check_number, whole
from ..values.candidate import Dropped
from ..values.distribution import Distribution
from ..values.repairs import NOTES, Repair
from ..values.sameness import Seen, are_distinct, are_distinct_values
from ..values.weights import Definition, Weighting
from .candidate.assemble import assemble, assemble_columns, encodable
from .candidate.columns import Columns
from .candidate.typed import asked_of, typed
from .exact.read import read_exactly
from .reply.blocks import FORMATS
from .reply.read import read
from .streaming.stream import DistributionStream

__all__ = ["DistributionParser"]

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T = TypeVar("T", default=str)
else:
    from typing import TypeVar

    T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DistributionParser(Generic[T]):
    """Reads what a careful person would read in a reply, and says what was not as asked for.

    Immutable, so one parser can be shared by threads and pickled.

    Attributes:
        k: How many candidates were asked for; if fewer came, the note ``too_few`` says so. All that came are kept.
        tau: The tail threshold that was asked for; a candidate at or above it stays, with the note ``above_tau``.
        definition: What the prompt said a number is.
        weighting: How weights follow from the numbers.
        candidate: The type of the values, anything pydantic can validate; None leaves them texts. A candidate that
            does not validate is dropped and recorded.
        strict: Whether to refuse a reply that needed any repair; notes are no repairs.
    """

    k: int | None = None
    tau: float | None = None
    definition: Definition = Definition.EXPLICIT
    weighting: Weighting = "verbalized"
    candidate: type[T] | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "definition", Definition(self.definition))
        if self.k is not None:
            whole("k", self.k, 1)
        if self.tau is not None:
            check_number("tau", self.tau, above=0)

    def parse(self, text: str) -> Distribution[T]:
        """The distribution in a reply.

        Raises:
            DistributionParseError: There is none, or (when strict) not without a repair.
            SettingsError: ``text`` is no text.
        """
        if not isinstance(text, str):
            raise SettingsError(f"a reply to be parsed is a str, not {type(text).__name__}")
        distribution = self._exactly(text) or self._read(text)
        if not distribution:
            raise DistributionParseError(
                _reason(text, distribution), encodable(text), _first(distribution.dropped), FORMATS, None
            )
        if self.k is not None and len(distribution) < self.k:
            distribution = replace(distribution, repairs=(*distribution.repairs, Repair.TOO_FEW))
        if self.strict and (found := deviations(distribution)):
            raise DistributionParseError(
                f"the reply needed repairs, which strict=True refuses: {', '.join(found)}",
                encodable(text),
                _first(distribution.dropped),
                FORMATS,
                distribution,
            )
        return distribution

    def stream(self) -> DistributionStream[T]:
        """A reader for a reply that arrives in chunks."""
        return DistributionStream(self)

    def _exactly(self, text: str) -> Distribution[T] | None:
        """The distribution in a reply that needs no care; otherwise None."""
        kind = None if self.candidate is None else typed(self.candidate)
        found = read_exactly(text, asked_of(self.candidate), kind)
        if found is None or (_repeats(found) and not _without_repeated(found)):
            return None
        return assemble_columns(found, definition=self.definition, weighting=self.weighting, tau=self.tau)

    def _read(self, text: str) -> Distribution[T]:
        reading = read(text, asked_of(self.candidate))
        return assemble(
            reading.drafts,
            definition=self.definition,
            weighting=self.weighting,
            tau=self.tau,
            validator=None if self.candidate is None else typed(self.candidate),
            reasoning=reading.reasoning,
            truncated=reading.truncated,
            repairs=reading.repairs,
            dropped=reading.dropped,
        )


def _repeats(found: Columns) -> bool:
    """Whether an answer stands there twice."""
    if found.values is None:
        return not are_distinct(found.texts)
    return not are_distinct_values(found.values)


def _without_repeated(found: Columns) -> bool:
    """Leaves out what is given once more; False if nobody can tell where it stands."""
    if found.spans is None:
        return False
    seen = Seen(typed=found.values is not None)
    values = found.texts if found.values is None else found.values
    again = [place for place, answer in enumerate(zip(values, found.texts, strict=True)) if not seen.is_new(*answer)]
    if 2 * len(again) >= len(values):
        return False  # the list may be written out twice
    spans = found.spans()
    found.leave_out({place: Dropped(found.texts[place], spans[place][0], Repair.DUPLICATE) for place in again})
    return True


def deviations(distribution: Distribution[Any]) -> list[str]:
    """Every repair in a distribution that is more than a note."""
    found = dict.fromkeys((*distribution.repairs, *(r for c in distribution for r in c.repairs)))
    return [repair.value for repair in found if repair not in NOTES]


def _first(dropped: tuple[Dropped, ...]) -> int:
    return dropped[0].position if dropped else 0


def _reason(text: str, distribution: Distribution[Any]) -> str:
    if not text.strip():
        return "the reply is empty"
    reasons = {d.reason for d in distribution.dropped}
    if Repair.INVALID in reasons:
        return "no candidate validates as the type that was asked for"
    if Repair.CUT_OFF in reasons:
        return "the reply breaks off before its first candidate is complete"
    if Repair.EMPTY_TEXT in reasons:
        return "the reply holds only empty candidates"
    if Repair.EXAMPLE in reasons:
        return "the reply only repeats the format that was asked for"
    return "no candidates found"
