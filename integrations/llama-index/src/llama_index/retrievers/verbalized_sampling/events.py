"""What this package adds to LlamaIndex's instrumentation."""

from __future__ import annotations

import json
from typing import Any

from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
from llama_index.core.instrumentation.events import BaseEvent
from pydantic import field_serializer

__all__ = ["VerbalizedDistributionEvent", "VerbalizedExpansionEvent", "dispatcher"]

dispatcher = get_dispatcher("llama_index.retrievers.verbalized_sampling")


class VerbalizedDistributionEvent(BaseEvent):
    """A model's reply was read as a distribution.

    Attributes:
        query: What was asked.
        distribution: The :class:`~verbalized_sampling.Distribution`, before anything was selected from it.
    """

    query: str
    distribution: Any  # a Distribution; pydantic would rebuild it from its fields

    @field_serializer("distribution")
    def _as_json(self, distribution: Any) -> Any:
        return json.loads(distribution.to_json())

    @classmethod
    def class_name(cls) -> str:
        return "VerbalizedDistributionEvent"


class VerbalizedExpansionEvent(BaseEvent):
    """A query was expanded and searched for.

    Attributes:
        query: What was asked.
        queries: What was searched for, each with its weight; they sum to 1.
        agreed: Whether what the expansions found was near enough to what the original found; if not, the original's
            own results count twice as much as those of the whole.
    """

    query: str
    queries: list[tuple[str, float]]
    agreed: bool

    @classmethod
    def class_name(cls) -> str:
        return "VerbalizedExpansionEvent"
