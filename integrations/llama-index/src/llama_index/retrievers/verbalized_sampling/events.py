"""What this package adds to LlamaIndex's instrumentation."""

from __future__ import annotations

from typing import Any

from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
from llama_index.core.instrumentation.events import BaseEvent

__all__ = ["VerbalizedDistributionEvent", "dispatcher"]

dispatcher = get_dispatcher("llama_index.retrievers.verbalized_sampling")


class VerbalizedDistributionEvent(BaseEvent):
    """A model's reply was read as a distribution.

    Attributes:
        query: What was asked.
        distribution: The :class:`~verbalized_sampling.Distribution`, before anything was selected from it.
    """

    query: str
    distribution: Any  # a Distribution; pydantic would rebuild it from its fields

    @classmethod
    def class_name(cls) -> str:
        return "VerbalizedDistributionEvent"
