"""A query transform: one query becomes a weighted distribution of search queries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Literal, Unpack

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.indices.query.query_transform.base import BaseQueryTransform
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.llms import LLM
from llama_index.core.prompts import BasePromptTemplate
from llama_index.core.schema import QueryBundle, QueryType
from llama_index.core.settings import Settings

from verbalized_sampling import Distribution, Elicitation, ElicitationSettings, SettingsError, TemplateError
from verbalized_sampling.adapters import ExpandedQuery, QueryExpansion, Vectors, merged

from .bundle import WeightedQueryBundle, weighted_queries
from .elicitor import Elicitor
from .events import dispatcher

__all__ = ["VerbalizedQueryTransform", "not_expanded"]

_log = logging.getLogger(__name__)

SEARCH_QUERIES = "search_queries"  # the core's template: a generic one gives answers, not queries
_MISTAKES = (SettingsError, TemplateError)  # the caller's own, to be heard of


class VerbalizedQueryTransform(BaseQueryTransform):
    """Asks an LLM, once, for search queries with probabilities.

    LlamaIndex has no async transforms: ``TransformRetriever`` and ``TransformQueryEngine`` call :meth:`run` in the
    event loop and block it. In async code use :meth:`arun`, or :class:`VerbalizedFusionRetriever`.
    """

    def __init__(
        self,
        llm: LLM | None = None,
        *,
        elicitation: Elicitation[str] | None = None,
        include_original: bool = True,
        original_weight: float | None = None,
        min_weight: float = 0.0,
        dedupe: bool = True,
        n: int | None = None,
        aggregation: Literal["list", "weighted_mean"] = "list",
        embed_model: BaseEmbedding | None = None,
        on_model_error: Literal["original", "raise"] = "original",
        seed: int | None = None,
        vs_prompt: BasePromptTemplate | None = None,
        llm_kwargs: Mapping[str, Any] | None = None,
        **settings: Unpack[ElicitationSettings],
    ) -> None:
        """Settings are checked here, before any model is called.

        Args:
            llm: The model; default ``Settings.llm``.
            elicitation: Settings made before, taken as they are (``max_extra_calls`` is 1 in one of your own, and 0
                without it), except that ``template`` defaults to ``"search_queries"`` and that ``select`` is not
                looked at: a search wants all of them.
            include_original: Whether the original query stays among the queries.
            original_weight: Its share of the whole, in [0, 1]; default: two parts of five.
            min_weight: Queries that weigh less are left out, in [0, 1]; if all do, the original query is what remains.
            dedupe: Whether queries equal but for case and white space become one; the weights add up.
            n: How many queries to take; by default all of them, or one if ``select`` is another word.
            aggregation: ``list`` gives the queries as ``custom_embedding_strs``; ``weighted_mean`` adds the weighted
                mean of their embeddings as ``embedding``, since LlamaIndex's own mean knows no weights.
            embed_model: For ``weighted_mean``: the model of the index; default ``Settings.embed_model``.
            on_model_error: What to do when the model is down, refuses, or writes what cannot be read: search for the
                ``original`` query alone and log a warning, or ``raise``.
            seed: Makes ``select="sample"`` repeatable.
            vs_prompt: Another prompt, with ``{query_str}`` and, if wanted, ``{k}``, ``{tau}``.
            llm_kwargs: Keyword arguments of each call of the model: ``{"temperature": 1.0}`` …
            **settings: Fields of :class:`Elicitation`: ``k=5``, ``tau=0.10``, ``select="all"`` …

        Raises:
            SettingsError: A setting is out of its range.
            TemplateError: A variable of ``vs_prompt`` has no value.
        """
        super().__init__()
        if aggregation not in ("list", "weighted_mean"):
            raise SettingsError(f"aggregation must be list or weighted_mean, not {aggregation!r}")
        if on_model_error not in ("original", "raise"):
            raise SettingsError(f"on_model_error must be original or raise, not {on_model_error!r}")
        self._expansion = QueryExpansion(
            select=settings.get("select", "all"),
            n=n,
            include_original=include_original,
            original_weight=original_weight,
            min_weight=min_weight,
            dedupe=dedupe,
            seed=seed,
        )
        wanted = Elicitation.of(elicitation or Elicitation(max_extra_calls=0), **settings)
        if wanted.template is None:
            wanted = Elicitation.of(wanted, template=SEARCH_QUERIES)
        self._elicitor = Elicitor(llm or Settings.llm, wanted, vs_prompt, llm_kwargs)
        self._on_model_error = on_model_error
        self._embed_model = None if aggregation == "list" else embed_model or Settings.embed_model

    # What the model says

    @dispatcher.span
    def distribution(self, query: QueryType) -> Distribution[str]:
        """All that the model proposed for ``query``, before anything was selected or left out.

        Raises:
            DistributionParseError: No search query can be read in the reply.
            RefusalError: The model declined.
        """
        return self._elicitor.distribution(str(query))

    @dispatcher.span
    async def adistribution(self, query: QueryType) -> Distribution[str]:
        """:meth:`distribution` without blocking the event loop."""
        return await self._elicitor.adistribution(str(query))

    def expand(self, query: QueryType) -> ExpandedQuery:
        """What is searched for, and how much each of it counts: ``expand("…").queries``."""
        try:
            distribution = self._elicitor.distribution(str(query))
        except _MISTAKES:
            raise
        except Exception as error:  # noqa: BLE001 - every integration has exceptions of its own
            distribution = self._nothing(error)
        return self._expansion.of(str(query), distribution)

    async def aexpand(self, query: QueryType) -> ExpandedQuery:
        """:meth:`expand` without blocking the event loop."""
        try:
            distribution = await self._elicitor.adistribution(str(query))
        except _MISTAKES:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            distribution = self._nothing(error)
        return self._expansion.of(str(query), distribution)

    # The transform

    def _run(self, query_bundle: QueryBundle, metadata: dict[str, Any]) -> WeightedQueryBundle:  # noqa: ARG002
        bundle = self._bundle(query_bundle, self.expand(query_bundle))
        if not self._embed_model:
            return bundle
        try:
            # One after another, as LlamaIndex's own aggregate does.
            vectors = {text: self._embed_model.get_query_embedding(text) for text in bundle.embedding_strs}
        except Exception as error:  # noqa: BLE001 - every provider has exceptions of its own
            return self._not_embedded(query_bundle, error)
        return _averaged(bundle, vectors)

    @dispatcher.span
    async def arun(self, query_bundle_or_str: QueryType, metadata: dict[str, Any] | None = None) -> WeightedQueryBundle:
        """:meth:`run` without blocking the event loop."""
        del metadata  # as in run, there for transforms that need to know the index
        query_bundle = QueryBundle(query_bundle_or_str) if isinstance(query_bundle_or_str, str) else query_bundle_or_str
        bundle = self._bundle(query_bundle, await self.aexpand(query_bundle))
        if not self._embed_model:
            return bundle
        texts = bundle.embedding_strs
        try:
            vectors = await asyncio.gather(*map(self._embed_model.aget_query_embedding, texts))
        except Exception as error:  # noqa: BLE001 - as above
            return self._not_embedded(query_bundle, error)
        return _averaged(bundle, dict(zip(texts, vectors, strict=True)))

    def _not_embedded(self, asked: QueryBundle, error: Exception) -> WeightedQueryBundle:
        self._nothing(error)
        return self._bundle(asked, ExpandedQuery(asked.query_str))

    def _nothing(self, error: Exception) -> Distribution[str]:
        """Settles for no search queries at all, and says so; or raises."""
        if self._on_model_error == "raise":
            raise error
        not_expanded(error)
        return Distribution()

    @staticmethod
    def _bundle(asked: QueryBundle, expanded: ExpandedQuery) -> WeightedQueryBundle:
        queries = expanded.queries
        if expanded.original is not None and queries[0][0] == expanded.original:
            # What an earlier transform made of the query shares its weight.
            before = [(text, expanded.share * weight) for text, weight in weighted_queries(asked)]
            queries = merged([*before, *queries[1:]])
        return WeightedQueryBundle(
            query_str=asked.query_str,  # the question that a synthesizer will answer
            image_path=asked.image_path,
            custom_embedding_strs=[text for text, _ in queries],
            query_weights=[weight for _, weight in queries],
        )

    # Prompts

    def _get_prompts(self) -> dict[str, BasePromptTemplate]:
        return {"vs_prompt": self._elicitor.prompt}

    def _update_prompts(self, prompts: dict[str, BasePromptTemplate]) -> None:
        if "vs_prompt" in prompts:
            self._elicitor.prompt = prompts["vs_prompt"]


def not_expanded(error: Exception) -> None:
    """Says that the original query is searched for alone."""
    _log.warning("the query was not expanded, the original is searched for alone: %s", error)
    dispatcher.event(ExceptionEvent(exception=error))


def _averaged(bundle: WeightedQueryBundle, vectors: dict[str, list[float]]) -> WeightedQueryBundle:
    bundle.embedding = Vectors(vectors).weighted_mean(bundle.embedding_strs, bundle.query_weights or [])
    return bundle
