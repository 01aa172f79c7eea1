"""Seeds that differ from call to call and are the same on any machine and in any thread."""

from __future__ import annotations

from typing import Any

from verbalized_sampling.adapters import mixed_seed

from .internals import serialize_for_json

__all__ = ["rollout_of", "seed_of"]

_PLAIN = (str, int, float, bool, type(None))  # JSON as they are; DSPy makes a serializer for each value


def seed_of(seed: int | str | None, inputs: dict[str, Any], rollout: Any) -> str | None:
    """The seed of one call: of the same inputs and rollout it draws the same, of others anew.

    Args:
        seed: The predictor's; None makes every call fresh.
        inputs: What the signature was called with.
        rollout: DSPy's ``rollout_id``; None if there is none.
    """
    if seed is None:
        return None
    plain = {name: value if type(value) in _PLAIN else serialize_for_json(value) for name, value in inputs.items()}
    return mixed_seed(seed, rollout, plain)


def rollout_of(lm: Any, lm_kwargs: dict[str, Any]) -> Any:
    """DSPy's ``rollout_id`` of a call, that of the model if the call has none of its own."""
    return lm_kwargs.get("rollout_id", getattr(lm, "kwargs", {}).get("rollout_id"))
