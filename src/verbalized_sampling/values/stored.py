"""Distributions in the hands of serialisers that name the class of all that they meet: LangGraph's checkpoints do.

Those warn once for each class that was not announced to them or, where they are strict, give nothing of it back, also
when a state says that it holds a distribution. So this is the one class that they meet: what it holds is plain values,
but for typed ones, whose classes are the user's.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from .candidate import Candidate, Dropped
from .repairs import Repair
from .source import Source
from .usage import Usage

__all__ = ["plain_fields", "restored"]


def plain_fields(distribution: Any) -> dict[str, Any]:
    """The fields of a distribution as plain values; its class takes them as they are."""
    return {
        "candidates": [_record(candidate) for candidate in distribution.candidates],
        "reasoning": distribution.reasoning,
        "truncated": distribution.truncated,
        "repairs": [repair.value for repair in distribution.repairs],
        "dropped": [_record(piece) | {"reason": piece.reason.value} for piece in distribution.dropped],
        "usage": None if distribution.usage is None else asdict(distribution.usage),
        "source": None if distribution.source is None else asdict(distribution.source),
    }


def restored(name: str, held: Any) -> Any:
    """What a field holds, of what :func:`plain_fields` made of it, or serialisers that make tuples lists."""
    if name == "candidates":
        return tuple(Candidate(**{**c, "repairs": _repairs(c)}) if isinstance(c, dict) else c for c in held)
    if name == "dropped":
        return tuple(Dropped(**{**d, "reason": Repair(d["reason"])}) if isinstance(d, dict) else d for d in held)
    if name == "repairs":
        return tuple(map(Repair, held))
    if isinstance(held, dict):
        return Usage(**held) if name == "usage" else Source(**held)
    return held


def _record(piece: Candidate[Any] | Dropped) -> dict[str, Any]:
    record = {field.name: getattr(piece, field.name) for field in fields(piece)}
    if isinstance(piece, Candidate):
        record |= {"repairs": [repair.value for repair in piece.repairs], "fields": dict(piece.fields)}
    return record


def _repairs(record: dict[str, Any]) -> tuple[Repair, ...]:
    return tuple(map(Repair, record["repairs"]))
