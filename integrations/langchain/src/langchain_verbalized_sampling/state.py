"""Distributions in a graph's state: as plain dicts, which any checkpointer stores, or as they are."""

from __future__ import annotations

import json
from typing import Any, cast

from langchain_core.runnables import RunnableConfig, RunnableSerializable

from verbalized_sampling import Candidate, Distribution, Dropped, Repair, Source, Usage

from .keywords import KnownKeywords
from .pieces import GrowingDistribution

__all__ = ["CHECKPOINT_TYPES", "DistributionToState", "distribution_from_state", "distribution_to_state"]

CHECKPOINT_TYPES: tuple[type, ...] = (Candidate, Distribution, Dropped, GrowingDistribution, Repair, Source, Usage)
"""What a checkpointer has to know to give back distributions that nodes wrote as they are, without a warning:
``JsonPlusSerializer(allowed_msgpack_modules=CHECKPOINT_TYPES)``, with your own types added, since it then leaves out
all others. (LangGraph warns of each class that is not in its own fixed list, which is no other package's to change.)"""


class DistributionToState(KnownKeywords, RunnableSerializable[Distribution[Any], dict[str, Any]]):
    """Gives a distribution as a state's update: ``{key: …}`` with plain values, ready for any checkpointer.

    ``graph.add_node("ideas", itemgetter("messages") | sampling | DistributionToState("ideas"))``.
    :func:`distribution_from_state` reads it again, or :class:`DistributionChannel` does for all nodes.

    Args:
        key: The state's key.
    """

    key: str = "verbalized_distribution"

    def __init__(self, key: str = "verbalized_distribution", **options: Any) -> None:
        super().__init__(**{"key": key, **options})

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    def invoke(self, input: Distribution[Any], config: RunnableConfig | None = None, **_: Any) -> dict[str, Any]:  # noqa: A002
        return self._call_with_config(self._update, input, config)

    def _update(self, distribution: Distribution[Any]) -> dict[str, Any]:
        return {self.key: distribution_to_state(distribution)}


def distribution_to_state(distribution: Distribution[Any]) -> dict[str, Any]:
    """A distribution as a dict of plain values, ready for any checkpointer: what a node that is a function writes."""
    return cast("dict[str, Any]", json.loads(distribution.to_json()))


def distribution_from_state(state: dict[str, Any], candidate: type | None = None) -> Distribution[Any]:
    """The distribution that :func:`distribution_to_state`, the middleware or the tool wrote.

    Args:
        state: The plain dict: ``state["verbalized_distribution"]``, or a tool message's ``artifact``.
        candidate: The type of its values, if they are not plain.

    Raises:
        pydantic.ValidationError: It is no distribution. (A ValueError.)
    """
    return Distribution.from_json(json.dumps(state), candidate=candidate)
