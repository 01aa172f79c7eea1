"""Which runs a question takes, and what their results make together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from ..errors import DistributionParseError
from ..models import Caller, Options
from ..plans.drive import Plan
from ..plans.elicitation import Elicitation
from ..plans.independent import averaged
from ..plans.wording import Query
from ..values.distribution import Distribution
from ..values.repairs import Repair, unique
from .several import Result, Run

__all__ = ["Planned", "Resolve", "begun", "plan_calls"]


Resolve = Callable[[Options], Caller]
"""Finds the model, to be called with these options."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A run before its first prompt is written and its model is looked for.

    Attributes:
        begin: Starts the plan, which writes the prompt.
        options: What the model is to be called with.
        has_validators: See :class:`~.several.Run`.
    """

    begin: Callable[[], Plan[Distribution[Any]]]
    options: Options
    has_validators: bool


def begun(planned: Sequence[Planned], resolve: Resolve) -> list[Run]:
    """The runs, ready to go. It takes a while: prompts are written, a file may be loaded, a server probed."""
    plans = [one.begin() for one in planned]  # first: a wrong setting must not load a model
    return [Run(plan, resolve(one.options), one.has_validators) for plan, one in zip(plans, planned, strict=True)]


def plan_calls(
    query: Query, elicitation: Elicitation[Any], calls: int, options: Options
) -> Generator[list[Planned], list[Result], Distribution[Any]]:
    """Asks ``calls`` times, and averages; each request of each call has a seed of its own.

    Yields:
        Runs that may go out at the same time; their results are awaited in this order.
    """
    if elicitation.asks_independently:
        return (yield from _plan_single_answers(query, elicitation, calls, options))
    apart = elicitation.requests
    begin, typed = partial(elicitation.plan, query), elicitation.candidate is not None
    results = yield [Planned(begin, _later(options, i * apart), typed) for i in range(calls)]
    return results[0] if calls == 1 and isinstance(results[0], Distribution) else averaged(results)


def _plan_single_answers(
    query: Query, elicitation: Elicitation[Any], calls: int, options: Options
) -> Generator[list[Planned], list[Result], Distribution[Any]]:
    """A baseline that asks one question again and again: nothing is gained by waiting for one answer after another."""
    single = replace(elicitation, k=1, total=None, max_calls=None, max_extra_calls=0, on_empty="return")
    wanted = elicitation.wanted * calls
    numbers = count()

    def planned(runs: int) -> list[Planned]:
        return [Planned(partial(single.plan, query), _later(options, next(numbers)), False) for _ in range(runs)]

    results = yield planned(elicitation.requests * calls)
    missing = sum(isinstance(result, Distribution) and not result for result in results)
    if extra := min(missing, elicitation.extra_requests * calls):
        results += yield planned(extra)
    whole = averaged([result if isinstance(result, Exception) else _full(result) for result in results])
    if not whole and elicitation.on_empty == "raise":
        raise DistributionParseError("every reply was empty", "")
    answers = sum(bool(result) for result in results if isinstance(result, Distribution))
    return replace(whole, repairs=unique((*whole.repairs, Repair.TOO_FEW))) if answers < wanted else whole


def _full(answer: Distribution[Any]) -> Distribution[Any]:
    """One answer of many: whether they are too few is for the whole to say."""
    return replace(answer, repairs=tuple(r for r in answer.repairs if r is not Repair.TOO_FEW))


def _later(options: Options, requests: int) -> Options:
    return options if options.seed is None else replace(options, seed=options.seed + requests)
