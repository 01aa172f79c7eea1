"""Query expansion for retrieval: a distribution over search queries, each of them counting by its weight."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from typing import Any, Literal, Self

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import BasePromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, ensure_config
from langchain_core.runnables.config import patch_config
from langchain_core.runnables.utils import ConfigurableFieldSpec, get_unique_config_specs
from pydantic import Field, field_validator

from verbalized_sampling import Elicitation, Select, SettingsError, TemplateError
from verbalized_sampling.adapters import Embedded, ExpandedQuery, Kind, QueryExpansion, RankedList, Retrieval, Searcher

from .embedding import aembedded, embedded
from .keywords import KnownKeywords
from .kinds import configured, depth_of, embeddings_of, kind_of
from .runnable import VerbalizedSampling
from .search_query import distribution_of, is_model, question_of
from .searches import Outcome, Searching
from .veil import veiled

__all__ = ["VerbalizedQueryRetriever"]

_log = logging.getLogger(__name__)

_MISTAKES = (SettingsError, TemplateError)  # the caller's own, to be heard of


class VerbalizedQueryRetriever(KnownKeywords, BaseRetriever):
    """Searches for a query and its expansions, each counting by its weight.

    A model verbalizes a distribution over search queries. A vector store's retriever searches for the weighted mean of
    their embeddings, BM25 for all texts repeated by weight, any other retriever for each query by itself. Beside it,
    the original and the expansions are searched for apart: where these have nothing in common, the original counts
    for more.

    Sync searches run in the caller's thread unless ``max_concurrency`` says otherwise; async ones run at once. The
    whole config (tags, metadata, configurable fields) reaches the model and the retrievers. The input is a query, or
    messages (also ``{"input": …, "chat_history": …}``): the last one is searched for, and the model reads all.

    Args:
        retriever: Any retriever, also with a config bound to it; or several.
        sampler: A model, or a Runnable from a query to a distribution over search queries, such as
            ``VerbalizedSampling(model, template="search_queries")``; one that gives texts, or a query a
            line, is taken as well.
        elicitation: For a model: how to ask it for queries. Default: 5 of them, one call.
        num_queries: For a model: how many queries, in place of the elicitation's ``k``.
        k: Documents to return; None returns all that were found. ``invoke(query, k=3)`` replaces it.
        include_original: Whether to search with the user's own query too.
        original_weight: Its share of the whole, from 0 to 1; default: two parts of five.
        select: Which of the model's queries are searched for: ``all``, ``sample``, ``argmax``, ``first``.
        n: How many of them; by default all for ``all``, else one.
        min_weight: Queries that weigh less are left out, from 0 to 1.
        dedupe: Whether queries equal but for case and white space become one.
        seed: Makes ``sample`` repeatable.
        agreement: Whether expansions are compared with the original; without, there are fewer searches.
        provenance: Whether documents say in ``metadata["verbalized_sampling"]`` what was searched for, whether the
            expansions counted, and their rank and fused score.
        weights: One for each retriever, not negative; default: equal.
        kinds: How each retriever takes several queries, ``embedding``, ``terms`` or ``lists``; default: as its class
            says.
        c: For ranks: the larger, the less the top stands out; default: the length of the longest list.
        id_key: Metadata key that identifies a document; by default its ``id``, or else its content.
        batch_embeddings: Whether queries are embedded in one call, as documents are: a request instead of one a query,
            for models that embed both alike (OpenAI's), and wrong for those that don't.
        max_concurrency: Searches at a time.
        on_query_error: A search that fails, or a query that can't be embedded: ``skip`` goes on with the searches that
            worked; ``raise`` does not. If none did, the first error is raised in any case.
        on_model_error: When the model is down, refuses, or can't be read: ``original`` searches for the original query
            alone and warns; ``raise`` does not.

    Other keyword arguments of ``invoke`` go to the retrievers.
    """

    retriever: Runnable[Any, Any] | list[Runnable[Any, Any]]
    sampler: Runnable[Any, Any]
    k: int | None = Field(default=4, ge=1)
    include_original: bool = True
    original_weight: float | None = Field(default=None, ge=0.0, le=1.0)
    select: Select = "all"
    n: int | None = Field(default=None, ge=1)
    min_weight: float = Field(default=0.0, ge=0.0, le=1.0)
    dedupe: bool = True
    seed: int | None = None
    agreement: bool = True
    provenance: bool = False
    weights: list[float] | None = None
    kinds: list[Kind] | None = None
    c: float | None = Field(default=None, gt=-1.0)
    id_key: str | None = None
    batch_embeddings: bool = False
    max_concurrency: int | None = Field(default=None, ge=1)
    on_query_error: Literal["skip", "raise"] = "skip"
    on_model_error: Literal["original", "raise"] = "original"

    def __init__(
        self,
        retriever: Runnable[Any, Any] | Sequence[Runnable[Any, Any]],
        sampler: Runnable[Any, Any],
        *,
        elicitation: Elicitation[Any] | None = None,
        num_queries: int | None = None,
        **options: Any,
    ) -> None:
        if isinstance(sampler, str) or is_model(sampler):
            asked = elicitation or Elicitation(template="search_queries", max_extra_calls=0)
            sampler = VerbalizedSampling(sampler, elicitation=asked, k=asked.k if num_queries is None else num_queries)
        elif elicitation is not None or num_queries is not None:
            raise SettingsError("elicitation and num_queries are for a model; a sampler has settings of its own")
        super().__init__(**{"retriever": retriever, "sampler": sampler, **options})
        for name, given in (("weights", self.weights), ("kinds", self.kinds)):
            if given is not None and len(given) != len(self._retrievers):
                raise SettingsError(f"{len(given)} {name} for {len(self._retrievers)} retrievers")

    @field_validator("retriever")
    @classmethod
    def _not_none(cls, retriever: Any) -> Any:
        if retriever == []:
            raise ValueError("there is no retriever to search with")
        return retriever

    @field_validator("weights")
    @classmethod
    def _usable(cls, weights: list[float] | None) -> list[float] | None:
        if weights is not None and not (all(0 <= w < float("inf") for w in weights) and any(weights)):
            raise ValueError("weights must be finite and not negative, and not all 0")
        return weights

    @classmethod
    def from_llm(
        cls,
        retriever: Runnable[Any, Any] | Sequence[Runnable[Any, Any]],
        llm: Runnable[Any, Any],
        prompt: BasePromptTemplate[Any] | None = None,
        include_original: bool = True,  # noqa: FBT002 - as in MultiQueryRetriever
        **options: Any,
    ) -> Self:
        """As ``MultiQueryRetriever.from_llm``; ``prompt`` has ``{question}``; a reply may be a query a line."""
        sampler = llm
        if prompt is not None:
            (variable,) = set(prompt.input_variables) or {"question"}
            sampler = RunnableLambda(lambda query: {variable: query}) | prompt | llm
        return cls(retriever, sampler, include_original=include_original, **options)

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        return get_unique_config_specs(
            spec for runnable in (*self._retrievers, self.sampler) for spec in runnable.config_specs
        )

    @property
    def _retrievers(self) -> list[Runnable[Any, Any]]:
        return self.retriever if isinstance(self.retriever, list) else [self.retriever]

    # What is searched for

    def expand(self, query: Any, config: RunnableConfig | None = None) -> ExpandedQuery:
        """What is searched for, and how much each of it counts: ``expand("…").queries``. One call of the model."""
        try:
            return self._expanded(query, self.sampler.invoke(query, config))
        except _MISTAKES:
            raise
        except Exception as error:  # noqa: BLE001 - every provider has exceptions of its own
            return self._without_queries(query, error)

    async def aexpand(self, query: Any, config: RunnableConfig | None = None) -> ExpandedQuery:
        """:meth:`expand`, async."""
        try:
            return self._expanded(query, await self.sampler.ainvoke(query, config))
        except _MISTAKES:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return self._without_queries(query, error)

    def generate_queries(self, query: Any, config: RunnableConfig | None = None) -> list[str]:
        """The texts that are searched for, the original first."""
        return [text for text, _ in self.expand(query, config).queries]

    async def agenerate_queries(self, query: Any, config: RunnableConfig | None = None) -> list[str]:
        """:meth:`generate_queries`, async."""
        return [text for text, _ in (await self.aexpand(query, config)).queries]

    def _expanded(self, query: Any, said: Any) -> ExpandedQuery:
        expansion = QueryExpansion(
            select=self.select,
            n=self.n,
            include_original=self.include_original,
            original_weight=self.original_weight,
            min_weight=self.min_weight,
            dedupe=self.dedupe,
            seed=self.seed,
        )
        expanded = expansion.of(question_of(query), distribution_of(said))
        _log.info("searching for %s", expanded.queries)
        return expanded

    def _without_queries(self, query: Any, error: Exception) -> ExpandedQuery:
        if self.on_model_error == "raise":
            raise error
        _log.warning("the query was not expanded, searching with the original query alone: %s", error)
        return ExpandedQuery(question_of(query))

    # The search

    # A retriever does not see its config otherwise, and what it searches would not be the tenant's.

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        config = ensure_config(config)
        return super().invoke(question_of(input), config, whole_input=input, whole_config=config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        config = ensure_config(config)
        return await super().ainvoke(question_of(input), config, whole_input=input, whole_config=config, **kwargs)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        whole_input: Any = None,
        whole_config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        config = veiled(patch_config(whole_config, callbacks=run_manager.get_child()))
        expanded = self.expand(query if whole_input is None else whole_input, config)
        used = self._used(config)
        found = embedded(expanded.texts, _models(used), as_texts=self.batch_embeddings)
        retrieval = self._retrieval(expanded, used, found)
        return self._fused(retrieval, Searching(retrieval.searches, config, kwargs, self.max_concurrency).run(), k)

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        whole_input: Any = None,
        whole_config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        config = veiled(patch_config(whole_config, callbacks=run_manager.get_child()))
        expanded = await self.aexpand(query if whole_input is None else whole_input, config)
        used = self._used(config)
        found = await aembedded(expanded.texts, _models(used), as_texts=self.batch_embeddings)
        retrieval = self._retrieval(expanded, used, found)
        outcomes = await Searching(retrieval.searches, config, kwargs, self.max_concurrency).arun()
        return self._fused(retrieval, outcomes, k)

    def _used(self, config: RunnableConfig) -> list[tuple[Searcher[Runnable[Any, Any]], Embeddings | None]]:
        """What is searched under a config, each with the model that embeds its queries."""
        used = []
        weights = self.weights or [1.0] * len(self._retrievers)
        for at, (retriever, weight) in enumerate(zip(self._retrievers, weights, strict=True)):
            if not weight:
                continue
            chosen = configured(retriever, config)
            kind: Kind = self.kinds[at] if self.kinds else kind_of(chosen)
            model = embeddings_of(chosen) if kind == "embedding" else None
            kind = "lists" if kind == "embedding" and model is None else kind
            searcher = Searcher(chosen, kind, weight, None if model is None else id(model), depth_of(chosen))
            used.append((searcher, model))
        return used

    def _retrieval(
        self,
        expanded: ExpandedQuery,
        used: Sequence[tuple[Searcher[Runnable[Any, Any]], Embeddings | None]],
        found: Embedded,
    ) -> Retrieval[Runnable[Any, Any]]:
        if found.errors and self.on_query_error == "raise":
            raise found.errors[0]
        return Retrieval(expanded, [searcher for searcher, _ in used], found.vectors, agreement=self.agreement)

    def _fused(
        self, retrieval: Retrieval[Runnable[Any, Any]], outcomes: Sequence[Outcome], k: int | None
    ) -> list[Document]:
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        for search, outcome in zip(retrieval.searches, outcomes, strict=True):
            if isinstance(outcome, Exception):
                _log.warning("no results for the query %r: %s", search.text, outcome)
        if errors and (self.on_query_error == "raise" or len(errors) == len(outcomes)):
            raise errors[0]
        lists = [RankedList(1.0, [] if isinstance(outcome, Exception) else list(outcome)) for outcome in outcomes]
        fused = retrieval.fused(lists, key=self._identity, c=self.c)
        items = fused.items[: k if k is not None else self.k]
        if not self.provenance:
            return [document for document, _ in items]
        told = {"queries": retrieval.expanded.queries, "agreed": fused.agreed}
        return [
            document.model_copy(
                update={
                    "metadata": {**document.metadata, "verbalized_sampling": {**told, "rank": rank, "score": score}}
                }
            )
            for rank, (document, score) in enumerate(items, 1)
        ]

    def _identity(self, document: Document) -> Hashable:
        if self.id_key is not None and self.id_key in document.metadata:
            return ("key", document.metadata[self.id_key])
        return ("id", document.id) if document.id is not None else ("content", document.page_content)


def _models(used: Sequence[tuple[Any, Embeddings | None]]) -> dict[int, Embeddings]:
    return {id(model): model for _, model in used if model is not None}
