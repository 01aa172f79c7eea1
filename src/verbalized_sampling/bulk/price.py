"""What tokens cost, by a price list that works offline."""

from __future__ import annotations

from functools import lru_cache

from ..values.usage import Usage

__all__ = ["price"]


def price(model: str, usage: Usage) -> float | None:
    """US dollars for ``usage`` of ``model``, by the list of the package genai-prices.

    Args:
        model: ``provider:model``, or a model's bare name.
        usage: Tokens; those of prompts and of replies cost differently.

    Returns:
        None if the package is not installed, or does not know the model.
    """
    prices = _per_token(model)
    if prices is None:
        return None
    return usage.input_tokens * prices[0] + usage.output_tokens * prices[1]


@lru_cache(maxsize=256)
def _per_token(model: str) -> tuple[float, float] | None:
    try:
        import genai_prices
    except ModuleNotFoundError:
        return None
    provider, colon, name = model.partition(":")
    # A million of each: lists price by the million, and some have another price for very long prompts.
    one = 1_000
    try:
        found = [
            genai_prices.calc_price(
                genai_prices.Usage(input_tokens=spent, output_tokens=made),
                model_ref=name if colon else model,
                provider_id=provider if colon else None,
            ).total_price
            for spent, made in ((one, 0), (0, one))
        ]
    except LookupError:
        return None
    return float(found[0]) / one, float(found[1]) / one
