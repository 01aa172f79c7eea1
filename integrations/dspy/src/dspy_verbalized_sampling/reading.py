"""From what stands in a reply as the list of candidates to its distribution."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Self

from verbalized_sampling import Candidate, Distribution, DistributionParseError, Dropped, Repair
from verbalized_sampling.adapters import looks_like_refusal

from .fields import Fields
from .straight import straight
from .wire import Wire

__all__ = ["Reading", "read"]

_BY_ITSELF = (Repair.MISSING_PROBABILITY,)
_OPENING = '{"responses": '


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reply holds.

    Attributes:
        text: The reply.
        distribution: Over candidates whose values are all output fields of the user's signature; empty if none could
            be read.
        reason: Why none could be read, or "".
        extras: What the adapter gave beside the fields, such as ``logprobs``.
    """

    text: str
    distribution: Distribution[Any]
    reason: str = ""
    extras: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, value: dict[str, Any], fields: Fields, extras: dict[str, Any]) -> Self:
        """What an answer makes that came by itself, without a list: one candidate, with a repair."""
        blank = all(value[name] is None for name in fields.own)
        candidate = Candidate("" if blank else fields.text(value), 1.0, None, None, value, 0, _BY_ITSELF)
        return cls("", Distribution((candidate,), reasoning=value.get("reasoning")), extras=extras)

    def beside(self, shared: dict[str, Any], reasoning: Any, extras: dict[str, Any]) -> Self:
        """The same with what stood in the reply beside the list.

        Args:
            shared: Output fields that all candidates have in common.
            reasoning: What the model reasoned; None if the adapter found nothing.
            extras: What the adapter gave beside the fields.
        """
        if not shared and reasoning is None and not extras:
            return self
        distribution = self.distribution
        if reasoning is not None:
            distribution = replace(distribution, reasoning=str(reasoning))
        elif "reasoning" in shared:
            shared = {**shared, "reasoning": distribution.reasoning}
        if shared:
            candidates = (replace(c, value={**shared, **c.value}) for c in distribution)
            distribution = replace(distribution, candidates=tuple(candidates))
        return replace(self, distribution=distribution, extras=extras)


def read(found: Any, reply: str, wire: Wire, items: Any) -> Reading:
    """Reads the list of candidates in a reply.

    Args:
        found: The list, as text or as the adapter has read it, or the whole reply; None if there is nothing.
        reply: The reply.
        wire: What was asked for.
        items: The list as JSON has it; None if it could not be told apart from the rest.
    """
    if found is None:
        return Reading(reply, Distribution(), "the reply is empty")
    written = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
    distribution = straight(items, written, wire.fields, wire.parser)
    if distribution:
        return Reading(reply, distribution)
    payload, start = _as_object(written, reply)
    try:
        distribution = wire.parser.parse(payload)
    except DistributionParseError as error:
        declined = "the model declined to answer. " if looks_like_refusal(reply) else ""
        return Reading(reply, Distribution(), f"{declined}{error}")
    dropped = tuple(_placed(dropped, start, reply) for dropped in distribution.dropped)
    candidates = tuple(_whole(candidate, wire.fields) for candidate in distribution)
    return Reading(reply, replace(distribution, candidates=candidates, dropped=dropped))


def _whole(candidate: Candidate[Any], fields: Fields) -> Candidate[Any]:
    value = fields.complete(dict(candidate.value))
    return replace(candidate, value=value, text=fields.text(value))


def _as_object(written: str, reply: str) -> tuple[str, int]:
    """A bare list as the core's object, left open if the list is; and what leads from its positions to the reply's."""
    start = max(reply.find(written), 0)
    if not written.lstrip().startswith("["):
        return written, start
    return _OPENING + written + ("}" if written.rstrip().endswith("]") else ""), start - len(_OPENING)


def _placed(dropped: Dropped, start: int, reply: str) -> Dropped:
    return replace(dropped, position=min(max(dropped.position + start, 0), len(reply)))
