"""The embeddings of a retrieval's queries: each text once for each model; what fails costs no more than it has to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.schema import QueryBundle

from verbalized_sampling.adapters import Embedded, ExpandedQuery

from .events import dispatcher

__all__ = ["aembedded", "embedded"]

_log = logging.getLogger(__name__)

Outcomes = list[list[float] | BaseException]


def embedded(
    asked: QueryBundle, expanded: ExpandedQuery, models: Mapping[int, BaseEmbedding], *, as_texts: bool
) -> Embedded:
    """One text after another, in the caller's thread; the first failure of a model is its last call.

    Args:
        asked: What the caller gave; an embedding in it is used, and one is put into it, as a vector retriever does.
        expanded: What is to be embedded.
        models: By their identities.
        as_texts: Whether to embed all of them in one call, as texts of documents are.
    """
    wanted, found = _wanted(asked, expanded), Embedded()
    for name, model in models.items():
        outcomes: Outcomes = []
        try:
            outcomes += model.get_text_embedding_batch(wanted) if as_texts else []
            for text in wanted[len(outcomes) :]:
                outcomes.append(model.get_query_embedding(text))
        except Exception as error:  # noqa: BLE001 - every provider has exceptions of its own
            outcomes.append(error)
        _add(found, name, model, wanted, outcomes)
    return _shared(asked, found)


async def aembedded(
    asked: QueryBundle, expanded: ExpandedQuery, models: Mapping[int, BaseEmbedding], *, as_texts: bool
) -> Embedded:
    """The same without blocking the event loop, and all texts at once."""
    wanted, found = _wanted(asked, expanded), Embedded()

    async def outcomes(model: BaseEmbedding) -> Outcomes:
        if not as_texts:
            return await asyncio.gather(*map(model.aget_query_embedding, wanted), return_exceptions=True)
        (batch,) = await asyncio.gather(model.aget_text_embedding_batch(wanted), return_exceptions=True)
        return [batch] if isinstance(batch, BaseException) else [*batch]

    for (name, model), got in zip(models.items(), await asyncio.gather(*map(outcomes, models.values())), strict=True):
        _add(found, name, model, wanted, got)
    return _shared(asked, found)


def _wanted(asked: QueryBundle, expanded: ExpandedQuery) -> list[str]:
    return [text for text in expanded.texts if asked.embedding is None or text != asked.query_str]


def _add(found: Embedded, name: int, model: BaseEmbedding, texts: Sequence[str], outcomes: Outcomes) -> None:
    if error := found.add(name, texts, outcomes):
        _log.warning("%s failed, what it did not embed is not searched for: %s", type(model).__name__, error)
        dispatcher.event(ExceptionEvent(exception=error))


def _shared(asked: QueryBundle, found: Embedded) -> Embedded:
    if asked.embedding is not None:
        for vectors in found.vectors.values():
            vectors[asked.query_str] = asked.embedding
        return found
    own = next((vectors[asked.query_str] for vectors in found.vectors.values() if asked.query_str in vectors), None)
    asked.embedding = None if own is None else list(own)
    return found
