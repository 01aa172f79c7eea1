"""The embeddings of a retrieval's queries: each text once for each model; what fails costs no more than it has to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from langchain_core.embeddings import Embeddings

from verbalized_sampling.adapters import Embedded

__all__ = ["aembedded", "embedded"]

_log = logging.getLogger(__name__)

Outcomes = list[list[float] | BaseException]


def embedded(texts: Sequence[str], models: Mapping[int, Embeddings], *, as_texts: bool) -> Embedded:
    """One text after another, in the caller's thread; the first failure of a model is its last call.

    Args:
        texts: What is to be embedded.
        models: By their identities.
        as_texts: Whether to embed all of them in one call, as documents are.
    """
    found = Embedded()
    for name, model in models.items():
        outcomes: Outcomes = []
        try:
            outcomes += model.embed_documents(list(texts)) if as_texts else []
            for text in texts[len(outcomes) :]:
                outcomes.append(model.embed_query(text))
        except Exception as error:  # noqa: BLE001 - every provider has exceptions of its own
            outcomes.append(error)
        _add(found, name, model, texts, outcomes)
    return found


async def aembedded(texts: Sequence[str], models: Mapping[int, Embeddings], *, as_texts: bool) -> Embedded:
    """The same without blocking the event loop, and all texts at once."""
    found = Embedded()

    async def outcomes(model: Embeddings) -> Outcomes:
        if not as_texts:
            return await asyncio.gather(*map(model.aembed_query, texts), return_exceptions=True)
        (batch,) = await asyncio.gather(model.aembed_documents(list(texts)), return_exceptions=True)
        return [batch] if isinstance(batch, BaseException) else [*batch]

    for (name, model), got in zip(models.items(), await asyncio.gather(*map(outcomes, models.values())), strict=True):
        _add(found, name, model, texts, got)
    return found


def _add(found: Embedded, name: int, model: Embeddings, texts: Sequence[str], outcomes: Outcomes) -> None:
    if error := found.add(name, texts, outcomes):
        _log.warning("%s failed, what it did not embed is not searched for: %s", type(model).__name__, error)
