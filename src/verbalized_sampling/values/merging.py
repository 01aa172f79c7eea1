"""Candidates that are the same answer, as one."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from .candidate import Candidate
from .repairs import Repair, unique
from .sameness import answer_key

__all__ = ["averaged", "merged"]

T = TypeVar("T")
_INDEX = attrgetter("index")


def merged(
    candidates: Iterable[Candidate[T]],
    key: Callable[[Candidate[T]], Hashable],
    similar: Callable[[str, str], bool] | None,
) -> list[Candidate[T]]:
    """One candidate of each group with the same key or similar texts, the first; weights and counts add up."""
    groups: dict[Hashable, list[Candidate[T]]] = {}
    for candidate in candidates:
        groups.setdefault(key(candidate), []).append(candidate)
    kept: list[list[Candidate[T]]] = []
    for group in groups.values():
        same = next((k for k in kept if similar(k[0].text, group[0].text)), None) if similar else None
        if same is None:
            kept.append(group)
        else:
            same += group
    return [_one_of(group) for group in kept]


def averaged(parts: Sequence[Sequence[Candidate[T]]]) -> tuple[Candidate[T], ...]:
    """The candidates of several distributions, each counting the same; indices run on from one to the next."""
    share = 1.0 / max(1, sum(1 for part in parts if part))
    same: dict[Hashable, list[Candidate[T]]] = {}
    for part in parts:
        for candidate in sorted(part, key=_INDEX):
            same.setdefault(answer_key(candidate), []).append(candidate)
    return tuple(
        replace(
            group[0],
            probability=math.fsum(c.probability for c in group) * share,
            index=index,
            repairs=unique(repair for c in group for repair in c.repairs),
            count=sum(c.count for c in group),
        )
        for index, group in enumerate(same.values())
    )


def _one_of(group: list[Candidate[T]]) -> Candidate[T]:
    best = group[0]
    if len(group) == 1:
        return best
    return replace(
        best,
        probability=math.fsum(c.probability for c in group),
        repairs=unique((*best.repairs, Repair.MERGED)),
        count=sum(c.count for c in group),
    )
