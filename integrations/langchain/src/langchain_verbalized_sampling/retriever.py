"""Query expansion for retrieval: a distribution over search queries, each of them counting by its weight."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable, Sequence
from typing import Any, Literal, Self

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseLanguageModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.prompts import BasePromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, ensure_config
from langchain_core.runnables.config import patch_config
from langchain_core.runnables.utils import ConfigurableFieldSpec, get_unique_config_specs
from pydantic import Field, field_validator

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParser,
    Elicitation,
    Select,
    SettingsError,
    TemplateError,
)
from verbalized_sampling.adapters import (
    DOUBTED,
    ExpandedQuery,
    QueryExpansion,
    RankedList,
    agree,
    fuse,
    list_weights,
    similarities,
    weighted_mean,
    weighted_text,
)

from .inputs import messages_of
from .output_parser import VerbalizedSamplingOutputParser
from .runnable import VerbalizedSampling
from .searches import Kind, deepened, embeddings_of, kind_of, searching_by
from .veil import veiled

__all__ = ["VerbalizedQueryRetriever"]

_log = logging.getLogger(__name__)

_AT_LEAST = 0.1  # what is left of the weight of an expansion that has nothing in common with the original
_MISTAKES = (SettingsError, TemplateError)  # the caller's own, to be heard of

_Search = tuple[Runnable[Any, Any], str, float]
"""What is searched, for which text, and how much that text counts (for the trace)."""


class VerbalizedQueryRetriever(BaseRetriever):
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
            ``VerbalizedSampling(model, template="search_queries")``; one that gives texts is taken as well.
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
        provenance: Whether documents say in ``metadata["verbalized_sampling"]`` what was searched for, and their rank
            and fused score.
        weights: One for each retriever, not negative; default: equal.
        kinds: How each retriever takes several queries, ``embedding``, ``terms`` or ``lists``; default: as its class
            says.
        c: For ranks: the larger, the less the top stands out; default: the length of the longest list.
        id_key: Metadata key that identifies a document; by default its ``id``, or else its content.
        max_concurrency: Searches at a time.
        on_query_error: ``skip`` goes on with the searches that worked; ``raise`` does not. If none did, the first
            error is raised in any case.
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
        if isinstance(sampler, str) or _is_model(sampler):
            asked = elicitation or Elicitation(template="search_queries", max_extra_calls=0)
            sampler = VerbalizedSampling(sampler, elicitation=asked, k=asked.k if num_queries is None else num_queries)
        elif elicitation is not None or num_queries is not None:
            raise SettingsError("elicitation and num_queries are for a model; a sampler has settings of its own")
        super().__init__(**{"retriever": retriever, "sampler": sampler, **options})
        for name, given in (("weights", self.weights), ("kinds", self.kinds)):
            if given is not None and len(given) != len(self._retrievers):
                raise SettingsError(f"{len(given)} {name} for {len(self._retrievers)} retrievers")

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
        """As ``MultiQueryRetriever.from_llm``; ``prompt`` has ``{question}``, and asks for probabilities too."""
        sampler = llm
        if prompt is not None:
            (variable,) = set(prompt.input_variables) or {"question"}
            sampler = RunnableLambda(lambda query: {variable: query}) | prompt | llm | VerbalizedSamplingOutputParser()
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
        expanded = expansion.of(_question(query), _distribution(said))
        _log.info("searching for %s", expanded.queries)
        return expanded

    def _without_queries(self, query: Any, error: Exception) -> ExpandedQuery:
        if self.on_model_error == "raise" or not self.include_original:
            raise error
        _log.warning("the query was not expanded, searching with the original query alone: %s", error)
        return ExpandedQuery(_question(query))

    # The search

    # A retriever does not see its config otherwise, and what it searches would not be the tenant's.

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        config = ensure_config(config)
        return super().invoke(_question(input), config, whole_input=input, whole_config=config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:  # noqa: A002
        config = ensure_config(config)
        return await super().ainvoke(_question(input), config, whole_input=input, whole_config=config, **kwargs)

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
        vectors = {
            id(model): dict(zip(texts, map(model.embed_query, texts), strict=True))
            for model, texts in self._to_embed(expanded)
        }
        expanded, searches = self._searches(expanded, vectors)
        configs = self._configs(searches, config)
        if self.max_concurrency is None:
            found = [_tried(search, config_, kwargs) for search, config_ in zip(searches, configs, strict=True)]
        else:
            run: Runnable[int, Any] = RunnableLambda(lambda at, config: _tried(searches[at], config, kwargs))
            found = run.batch(list(range(len(searches))), configs)
        return self._fused(expanded, searches, found, k)

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
        vectors = {
            id(model): dict(zip(texts, await asyncio.gather(*map(model.aembed_query, texts)), strict=True))
            for model, texts in self._to_embed(expanded)
        }
        expanded, searches = self._searches(expanded, vectors)
        gate = asyncio.Semaphore(self.max_concurrency or max(1, len(searches)))

        async def tried(search: _Search, config: RunnableConfig) -> Any:
            async with gate:
                try:
                    return await search[0].ainvoke(search[1], config, **kwargs)
                except Exception as error:  # noqa: BLE001 - read with the results
                    return error

        found = await asyncio.gather(*map(tried, searches, self._configs(searches, config)))
        return self._fused(expanded, searches, found, k)

    @property
    def _used(self) -> list[tuple[Any, Kind, float]]:
        retrievers = self._retrievers
        weights = self.weights or [1.0] * len(retrievers)
        kinds = self.kinds or [kind_of(retriever) for retriever in retrievers]
        return [used for used in zip(retrievers, kinds, weights, strict=True) if used[2]]

    def _to_embed(self, expanded: ExpandedQuery) -> list[tuple[Any, list[str]]]:
        """Each embedding model once, with the texts that it is asked for."""
        models = [embeddings_of(retriever) for retriever, kind, _ in self._used if kind == "embedding"]
        texts = _texts(expanded)
        return [(model, texts) for model in {id(model): model for model in models if model is not None}.values()]

    def _compares(self, expanded: ExpandedQuery) -> bool:
        return self.agreement and expanded.original is not None and bool(expanded.expansions)

    def _searches(
        self, expanded: ExpandedQuery, vectors: dict[int, dict[str, list[float]]]
    ) -> tuple[ExpandedQuery, list[_Search]]:
        first = expanded.original
        if self._compares(expanded) and vectors and first is not None:
            known = next(iter(vectors.values()))
            near = similarities([known[first], *(known[text] for text, _ in expanded.expansions)])
            expanded = expanded.reweighted([_AT_LEAST + factor for factor in near])
        searches: list[_Search] = []
        for retriever, kind, _ in self._used:
            if kind == "lists" or (kind == "embedding" and embeddings_of(retriever) is None):
                weights = dict(expanded.queries)
                searches += [(retriever, text, weights.get(text, 0.0)) for text in _texts(expanded)]
                continue
            known = vectors.get(id(embeddings_of(retriever)), {})
            searches.append(self._as_one(retriever, kind, expanded.queries, known))
            if self._compares(expanded) and first is not None:
                deeper = deepened(retriever)
                searches.append(self._as_one(deeper, kind, [(first, 1.0)], known))
                searches.append(self._as_one(deeper, kind, expanded.expansions, known))
        return expanded, searches

    @staticmethod
    def _as_one(
        retriever: Any, kind: Kind, queries: Sequence[tuple[str, float]], known: dict[str, list[float]]
    ) -> _Search:
        texts, weights = [text for text, _ in queries], [weight for _, weight in queries]
        if kind == "terms":
            return retriever, texts[0] if len(texts) == 1 else weighted_text(texts, weights), sum(weights)
        vector = known[texts[0]] if len(texts) == 1 else weighted_mean([known[text] for text in texts], weights)
        return searching_by(vector, retriever), texts[0], sum(weights)

    def _configs(self, searches: Sequence[_Search], config: RunnableConfig) -> list[RunnableConfig]:
        metadata, limit = config.get("metadata") or {}, self.max_concurrency or config.get("max_concurrency")
        return [
            {**config, "max_concurrency": limit, "metadata": {**metadata, "verbalized_sampling_query_weight": weight}}
            for _, _, weight in searches
        ]

    def _fused(
        self, expanded: ExpandedQuery, searches: Sequence[_Search], found: Sequence[Any], k: int | None
    ) -> list[Document]:
        errors = [result for result in found if isinstance(result, Exception)]
        for (_, query, _), result in zip(searches, found, strict=True):
            if isinstance(result, Exception):
                _log.warning("no results for the query %r: %s", query, result)
        if errors and (self.on_query_error == "raise" or len(errors) == len(found)):
            raise errors[0]
        rest = iter([[] if isinstance(result, Exception) else list(result) for result in found])
        compares = self._compares(expanded)
        together: list[RankedList[Document]] = []
        alone: list[RankedList[Document]] = []
        apart: list[RankedList[Document]] = []
        agreed, compared = not compares, False
        for retriever, kind, weight in self._used:
            if kind == "lists" or (kind == "embedding" and embeddings_of(retriever) is None):
                lists = [next(rest) for _ in _texts(expanded)]
                shares = self._shares(expanded, [list(map(self._identity, documents)) for documents in lists])
                apart += [RankedList(weight * s, documents) for s, documents in zip(shares, lists, strict=True)]
                continue
            together.append(RankedList(weight, next(rest)))
            if compares:
                original, expansions = next(rest), next(rest)
                compared = True
                agreed = agreed or agree(
                    *(list(map(self._identity, documents)) for documents in (original, expansions))
                )
                alone.append(RankedList(weight, original))
        if compared and not agreed:
            together = [RankedList(ranked.weight * (1.0 - DOUBTED), ranked.items) for ranked in together]
            together += [RankedList(ranked.weight * DOUBTED, ranked.items) for ranked in alone]
        fused = fuse([*together, *apart], key=self._identity, c=self.c)[: k if k is not None else self.k]
        if not self.provenance:
            return [document for document, _ in fused]
        return [
            document.model_copy(
                update={
                    "metadata": {
                        **document.metadata,
                        "verbalized_sampling": {"queries": expanded.queries, "rank": rank, "score": score},
                    }
                }
            )
            for rank, (document, score) in enumerate(fused, 1)
        ]

    def _shares(self, expanded: ExpandedQuery, found: Sequence[Sequence[Hashable]]) -> list[float]:
        weights = [weight for _, weight in expanded.expansions]
        if expanded.original is None:
            return weights
        compared = found if self.agreement else [[] for _ in found]
        return list_weights([expanded.share, *weights], compared, expanded.original_weight)

    def _identity(self, document: Document) -> Hashable:
        if self.id_key is not None and self.id_key in document.metadata:
            return ("key", document.metadata[self.id_key])
        return ("id", document.id) if document.id is not None else ("content", document.page_content)


def _tried(search: _Search, config: RunnableConfig, kwargs: dict[str, Any]) -> Any:
    try:
        return search[0].invoke(search[1], config, **kwargs)
    except Exception as error:  # noqa: BLE001 - read with the results
        return error


def _texts(expanded: ExpandedQuery) -> list[str]:
    first = [] if expanded.original is None else [expanded.original]
    return [*first, *(text for text, _ in expanded.expansions)]


def _question(asked: Any) -> str:
    """What is searched for: the last thing that a person said."""
    if isinstance(asked, str):
        return asked
    said = [message for message in messages_of(asked) if isinstance(message, HumanMessage)]
    if not said:
        raise SettingsError("there is no human message to search for")
    return str(said[-1].text)


def _distribution(said: Any) -> Distribution[Any]:
    """What a sampler gave, as a distribution: texts without numbers weigh alike."""
    if isinstance(said, Distribution):
        return said
    if isinstance(said, AIMessage):
        said = str(said.text)
    if isinstance(said, str):
        return DistributionParser().parse(said)
    if isinstance(said, Sequence) and all(isinstance(text, str) for text in said):
        texts = [text for text in said if text.strip()]
        return Distribution(tuple(Candidate(t, 1 / len(texts), None, None, t, at) for at, t in enumerate(texts)))
    raise SettingsError(f"a sampler gives a Distribution, texts or a text, not {type(said).__name__}")


def _is_model(runnable: Any) -> bool:
    """Whether a Runnable is a model, whatever is bound around it."""
    while not isinstance(runnable, BaseLanguageModel | VerbalizedSampling):
        for wrapper in ("bound", "runnable", "default"):
            if isinstance(inner := getattr(runnable, wrapper, None), Runnable):
                runnable = inner
                break
        else:
            return False
    return isinstance(runnable, BaseLanguageModel)
