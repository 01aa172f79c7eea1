"""Several replies to one query, as one distribution."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from .candidate import Candidate, Dropped
from .distribution import Distribution
from .repairs import Repair, unique
from .sameness import answer_key
from .usage import Usage
from .weights import Definition, Weighting, weigh

__all__ = ["pool"]

T = TypeVar("T")
_OF_A_PART = (Repair.MISSING_PROBABILITY, Repair.UNIFORM_WEIGHTS, Repair.TOO_FEW)  # maybe not true of the whole


def pool(
    parts: Sequence[Distribution[T]], *, definition: Definition, weighting: Weighting = "verbalized"
) -> Distribution[T]:
    """Weighs the stated numbers of all turns together, once.

    An answer that was given already is dropped and recorded; one reply by itself stays as it is.
    """
    if len(parts) == 1:
        return parts[0]
    kept: list[Candidate[T]] = []
    dropped: list[Dropped] = []
    seen: set[Hashable] = set()
    for part in parts:
        for candidate in sorted(part, key=lambda c: c.index):
            if (key := answer_key(candidate)) in seen:
                dropped.append(Dropped(candidate.text, 0, Repair.DUPLICATE))
            else:
                seen.add(key)
                kept.append(candidate)
        dropped += part.dropped
    weights, repair = weigh(
        [c.verbalized for c in kept], [c.stated for c in kept], definition=definition, weighting=weighting
    )
    repairs = [r for part in parts for r in part.repairs if r not in _OF_A_PART]
    repairs += [repair] if repair else []
    repairs += [Repair.DUPLICATE] if any(d.reason is Repair.DUPLICATE for d in dropped) else []
    usages = [part.usage for part in parts if part.usage]
    return Distribution(
        tuple(replace(c, probability=w, index=i) for i, (c, w) in enumerate(zip(kept, weights, strict=True))),
        reasoning="\n\n".join(part.reasoning for part in parts if part.reasoning) or None,
        truncated=any(part.truncated for part in parts),
        repairs=unique(repairs),
        dropped=tuple(dropped),
        usage=sum(usages, Usage()) if usages else None,
    )
