"""The straight way from a list of candidates to its distribution, for a list that is exactly what was asked for.

It reads what the core's parser reads in such a list (a test compares them), only several times faster.
"""

from __future__ import annotations

from typing import Any

from verbalized_sampling import Definition, Distribution, DistributionParser, Repair
from verbalized_sampling.adapters import answer_key, are_distinct, candidates_of, may_swallow, weigh

from .fields import Fields

__all__ = ["straight"]

_ABOVE = (Repair.ABOVE_TAU,)
_FRACTIONS = frozenset(Definition) - {Definition.PERCENTAGE, Definition.PERPLEXITY, Definition.NLL}


def straight(
    listing: str | bytes | None, reply: str, fields: Fields, parser: DistributionParser[Any]
) -> Distribution[Any] | None:
    """The distribution of a list; None if there is anything to repair, to drop or to doubt.

    Args:
        listing: The list as JSON; None if there is none.
        reply: The text that it was read from.
        fields: What was asked for.
        parser: How numbers become weights.
    """
    if listing is None or parser.definition not in _FRACTIONS or may_swallow(reply):
        return None
    try:
        values = fields.exact.validate_json(listing)
    except (ValueError, RecursionError):
        return None
    if not values:
        return None
    numbers = [value.pop(fields.probability) for value in values]
    # A key that is repeated in an object would hide an answer.
    if any(reply.count(f'"{name}"') != len(values) for name in (*fields.own, fields.probability)):
        return None
    verbalized = [number or 0.0 for number in numbers]  # -0.0 is 0
    weights, weighed = weigh(verbalized, numbers, weighting=parser.weighting)
    notes = None if parser.tau is None else [_ABOVE if number >= parser.tau else () for number in numbers]
    bare: list[Any] = values if fields.only is None else [value[fields.only] for value in values]
    texts = [fields.text(value) for value in bare] if fields.typed else bare
    candidates = candidates_of(texts, weights, verbalized, numbers, bare, notes, typed=fields.typed)
    # An answer that comes again is dropped.
    if not (len(set(map(answer_key, candidates))) == len(candidates) if fields.typed else are_distinct(texts)):
        return None
    repairs = (weighed,) if weighed else ()
    too_few = parser.k is not None and len(candidates) < parser.k
    return Distribution(tuple(candidates), repairs=(*repairs, Repair.TOO_FEW) if too_few else repairs)
