"""From what stands in a reply as the list of candidates to its distribution."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParseError,
    DistributionParser,
    Dropped,
    Repair,
    Reply,
)
from verbalized_sampling.adapters import answer_key, looks_like_refusal, weigh

from .fields import Fields
from .straight import straight
from .wire import Wire

__all__ = ["Reading", "read"]

_OPENING = '{"responses": '
_DECLINED = "the model declined to answer"
_CUT = "the reply was cut by its length limit before a candidate was complete: raise max_tokens"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reply holds.

    Attributes:
        text: The reply.
        distribution: Over candidates, a value being the output field or a dict of them; empty if none could be read.
        reason: Why none could be read, or "".
        shared: The output fields that all candidates have in common.
        extras: What the adapter gave beside the fields, such as ``logprobs``.
        declined: Whether the model or its provider refused to answer.
    """

    text: str
    distribution: Distribution[Any]
    reason: str = ""
    shared: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    declined: bool = False

    @classmethod
    def of(
        cls,
        values: dict[str, Any],
        fields: Fields,
        *repairs: Repair,
        extras: dict[str, Any] | None = None,
        truncated: bool = False,
    ) -> Self:
        """What an answer makes that came by itself, without a list: one candidate.

        Args:
            values: All output fields.
            fields: Those of the signature.
            repairs: What was not as asked for, beside that the answer has no probability.
            extras: What the adapter gave beside the fields.
            truncated: Whether the reply was cut.
        """
        value = fields.bare(values)
        blank = all(values[name] is None for name in fields.own)
        noted = (Repair.MISSING_PROBABILITY, *repairs)
        candidate = Candidate("" if blank else fields.text(value), 1.0, None, None, value, 0, noted)
        reasoning = values.get("reasoning")
        distribution = Distribution((candidate,), repairs=repairs, reasoning=reasoning, truncated=truncated)
        return cls("", distribution, "", {name: values.get(name) for name in fields.shared}, extras or {})

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
        return replace(self, distribution=distribution, shared=shared, extras=extras)

    def judged(self, reply: Reply) -> Self:
        """The same in the light of how the reply ended, as the core judges it."""
        if reply.finish_reason is None and reply.refusal is None:  # nobody says
            return self
        if reply.refusal or (reply.is_blocked and not self.distribution):
            said = reply.refusal or reply.text.strip() or str(reply.finish_reason)
            return replace(self, distribution=Distribution(), reason=f"{_DECLINED}: {said}", declined=True)
        if not (reply.is_cut or reply.is_blocked):
            return self
        cut = replace(self, distribution=replace(self.distribution, truncated=True))
        return cut if self.distribution else replace(cut, reason=_CUT)


def read(found: Any, reply: str, wire: Wire, listing: str | bytes | None) -> Reading:
    """Reads the list of candidates in a reply.

    Args:
        found: The list, as text or as the adapter has read it, or the whole reply; None if there is nothing.
        reply: The reply.
        wire: What was asked for.
        listing: The list as JSON; None if it could not be told apart from the rest.
    """
    if found is None:
        return Reading(reply, Distribution(), "the reply is empty")
    told = listing.decode() if isinstance(listing, bytes) and not isinstance(found, str) else found
    distribution = straight(listing, told, wire.fields, wire.parser)
    if distribution:
        return Reading(reply, distribution)
    written = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
    payload, start = _as_object(written, reply)
    distribution, error = _parsed(payload, wire)
    if payload is not written and (error or distribution.repairs or distribution.dropped):
        # Where brackets are missing or too many, one pair more can mislead.
        bare, other = _parsed(written, wire)
        if len(bare) > len(distribution):
            distribution, error, start = bare, other, max(reply.find(written), 0)
    if error:
        declined = looks_like_refusal(reply)
        return Reading(reply, Distribution(), f"{_DECLINED}. {error}" if declined else str(error), declined=declined)
    dropped = [_placed(dropped, start, reply) for dropped in distribution.dropped]
    kept: dict[Hashable, Candidate[Any]] = {}
    for candidate in sorted(distribution, key=lambda each: each.index):
        value = wire.fields.bare(wire.fields.complete(dict(candidate.value)))
        whole = replace(candidate, value=value, text=wire.fields.text(value), typed=wire.fields.typed)
        if kept.setdefault(answer_key(whole), whole) is not whole:  # as a record it was another one
            dropped.append(Dropped(whole.text, 0, Repair.DUPLICATE))
    again = len(kept) < len(distribution) and Repair.DUPLICATE not in distribution.repairs
    repairs = (*distribution.repairs, Repair.DUPLICATE) if again else distribution.repairs
    candidates = tuple(kept.values())
    if len(candidates) < len(distribution):
        candidates = _weighed(candidates, wire.parser)
    return Reading(reply, replace(distribution, candidates=candidates, dropped=tuple(dropped), repairs=repairs))


def _weighed(candidates: tuple[Candidate[Any], ...], parser: DistributionParser[Any]) -> tuple[Candidate[Any], ...]:
    """The candidates with the weights that they have without those that were dropped."""
    verbalized, stated = [c.verbalized for c in candidates], [c.stated for c in candidates]
    weights, _ = weigh(verbalized, stated, definition=parser.definition, weighting=parser.weighting)
    return tuple(replace(c, probability=weight) for c, weight in zip(candidates, weights, strict=True))


def _parsed(text: str, wire: Wire) -> tuple[Distribution[Any], DistributionParseError | None]:
    try:
        return wire.parser.parse(text), None
    except DistributionParseError as error:
        return Distribution(), error


def _as_object(written: str, reply: str) -> tuple[str, int]:
    """A bare list as the core's object, left open if the list is; and what leads from its positions to the reply's."""
    start = max(reply.find(written), 0)
    if not written.lstrip().startswith("["):
        return written, start
    return _OPENING + written + ("}" if written.rstrip().endswith("]") else ""), start - len(_OPENING)


def _placed(dropped: Dropped, start: int, reply: str) -> Dropped:
    return replace(dropped, position=min(max(dropped.position + start, 0), len(reply)))
