"""What readers hand on: drafts of candidates, and the blocks they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ...values.candidate import Dropped
from ...values.repairs import Repair
from ..numbers.number import Number
from .placeholders import is_placeholder

__all__ = ["Block", "Draft", "only_draft"]

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Draft:
    """A candidate as read, before its number is scaled and its type checked.

    Attributes:
        text: The answer.
        number: What stood as its probability; None if nothing did.
        start: Where it stands in the reply.
        end: Where it ends in the reply.
        fields: All its fields by name but the number, for typed candidates.
        repairs: What was repaired in it.
        beside: What else is said of it, by name.
    """

    text: str
    number: Number | None
    start: int
    end: int
    fields: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    repairs: tuple[Repair, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=lambda: _NONE)


@dataclass(slots=True)
class Block:
    """Candidates that were written as one answer.

    Attributes:
        drafts: In order.
        start: Where the block stands in the reply.
        end: Where it ends.
        complete: Whether it was closed.
        single: Whether its candidates stand free, each for itself: a block of them can be joined with its neighbours.
        sure: Whether only candidates look like this.
        labelled: Whether a word or a name says what its numbers are; else only their place does.
        reasoning: What was reasoned beside it.
        repairs: What was repaired in it as a whole.
        dropped: What stood in it but is not a candidate.
        inside: Where its candidates stand in another format, if it only wraps them; None if it surely doesn't.
    """

    drafts: list[Draft]
    start: int
    end: int
    complete: bool = True
    single: bool = False
    sure: bool = True
    labelled: bool = True
    reasoning: str | None = None
    repairs: dict[Repair, None] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    inside: tuple[int, int] | None = None

    def offer(self, draft: Draft, piece: str, fault: Repair | None = None, *, typed: bool = False) -> bool:
        """Keeps a draft as a candidate, or drops it and says why; no other place decides that.

        Args:
            draft: What was read.
            piece: What stands in the reply for it.
            fault: Why it is not a candidate, if its reader knows; empty texts and examples are recognised here.
            typed: Whether its fields make the candidate, whatever its text is.

        Returns:
            Whether it was kept.
        """
        if fault is None and not typed:
            if not draft.text.strip():
                fault = Repair.EMPTY_TEXT
            elif is_placeholder(draft.text, draft.number):
                fault = Repair.EXAMPLE
        if fault is None:
            self.drafts.append(draft)
            return True
        self.drop(piece, draft.start, fault)
        return False

    def drop(self, piece: str, position: int, reason: Repair) -> None:
        """Says that a piece, which stands at a position of the reply, is no candidate."""
        self.dropped.append(Dropped(piece, position, reason))

    def take(self, other: Block) -> None:
        """Adds the candidates of a block that goes on where this one ends."""
        self.drafts += other.drafts
        self.dropped += other.dropped
        self.repairs.update(other.repairs)
        self.reasoning = self.reasoning or other.reasoning
        self.complete = self.complete and other.complete
        self.end = other.end

    def move(self, start: int, end: int) -> None:
        """Says that all of it stands in one place of the reply: it was read in a string that stands there."""
        self.start, self.end = start, end
        for draft in self.drafts:
            draft.start, draft.end = start, end
        self.dropped = [Dropped(dropped.text, start, dropped.reason) for dropped in self.dropped]

    @property
    def has_numbers(self) -> bool:
        return any(draft.number is not None and draft.number.stated is not None for draft in self.drafts)


def only_draft(blocks: list[Block]) -> list[Draft] | None:
    """The one draft of a block, or an empty list if that was dropped; None if the block holds more, or breaks off."""
    if len(blocks) != 1 or not blocks[0].complete or any(d.reason is Repair.CUT_OFF for d in blocks[0].dropped):
        return None
    if len(blocks[0].drafts) + len(blocks[0].dropped) != 1:
        return None
    return blocks[0].drafts
