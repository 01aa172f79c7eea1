"""A signature that is sent in place of another, and is found wherever the other is looked up."""

from __future__ import annotations

from typing import Any

import dspy

__all__ = ["stand_in"]


class _StandIn(type(dspy.Signature)):  # type: ignore[misc]
    """The class of such signatures: they equal the one that they stand in for.

    ``dspy.Refine`` wraps the adapter, and finds the advice for a predictor by the signature that the adapter is given.
    """

    of: Any = None

    def __eq__(cls, other: object) -> bool:
        return cls is other or (other is not None and cls.of is other)

    def __hash__(cls) -> int:
        return type.__hash__(cls if cls.of is None else cls.of)


def stand_in(signature: Any, of: Any) -> Any:
    """A copy of ``signature`` that equals ``of``; what is derived from it in turn equals nothing but itself."""
    made = _StandIn(signature.__name__, (signature,), {"__doc__": signature.instructions})
    made.of = of
    return made
