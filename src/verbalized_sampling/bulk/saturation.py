"""Asking for the same again and again, until little is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from ..errors import DistributionParseError, RefusalError
from ..plans.drive import Plan
from ..plans.elicitation import Elicitation
from ..plans.wording import Query
from ..values.distribution import Distribution
from ..values.sameness import answer_key

__all__ = ["plan_until"]


def plan_until(elicitation: Elicitation[Any], query: Query, unseen: float, rounds: int) -> Plan[Distribution[Any]]:
    """Runs an elicitation in rounds that don't know of each other, and stops when the answers repeat themselves.

    The rounds are independent draws, so how many answers came once says how much is still unseen (Good, Biometrika
    1953). Within a round of VS-Multi no answer comes twice, so it takes a second round to tell anything.

    Args:
        elicitation: A round. Its ``total`` is how many different answers are enough.
        query: The query.
        unseen: The unseen mass, in [0, 1], at which to stop.
        rounds: The most rounds.

    Returns:
        The mixture of all rounds; ``Candidate.count`` says in how many of them an answer came.
    """
    one = replace(elicitation, total=None, on_empty="return")
    parts: list[Distribution[Any]] = []
    counts: Counter[Hashable] = Counter()
    number = 0
    for _ in range(rounds):
        try:
            part, number = yield from _counted_on(one.plan(query), number)
        except RefusalError:
            if not counts:
                raise
            break
        parts.append(part)
        for candidate in part:
            counts[answer_key(candidate)] += candidate.count
        once = sum(count == 1 for count in counts.values())
        if elicitation.total is not None and len(counts) >= elicitation.total:
            break
        if len(parts) > 1 and once <= unseen * counts.total():
            break
    if not counts and elicitation.on_empty == "raise":
        texts = [dropped.text for part in parts for dropped in part.dropped]
        raise DistributionParseError("no round gave a candidate", texts[-1] if texts else "")
    return Distribution.mixture(parts)


def _counted_on(plan: Plan[Distribution[Any]], number: int) -> Plan[tuple[Distribution[Any], int]]:
    """``plan`` with its requests numbered from ``number`` on, for each takes a seed of its own."""
    try:
        request = next(plan)
        while True:
            number += 1
            try:
                reply = yield replace(request, number=number - 1)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the plan decides
                request = plan.throw(error)
            else:
                request = plan.send(reply)
    except StopIteration as stop:
        return stop.value, number
    finally:
        plan.close()
