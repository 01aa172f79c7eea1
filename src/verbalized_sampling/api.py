"""Verbalized Sampling in one call."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar, Unpack, overload

from .models import ModelLike
from .plans.drive import adrive, drive
from .plans.elicitation import Elicitation, ElicitationSettings
from .plans.wording import Query
from .runs.calls import Planned
from .runs.dial import DiversityWord
from .runs.question import CallSettings, Question
from .runs.several import Result, arun_all, run_all
from .values.distribution import Distribution

__all__ = ["averbalize", "verbalize"]

T = TypeVar("T")


@overload
def verbalize(
    query: Query, *, candidate: type[T], elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> Distribution[T]: ...
@overload
def verbalize(query: Query, *, elicitation: Elicitation[T], **settings: Unpack[CallSettings]) -> Distribution[T]: ...
@overload
def verbalize(
    query: Query, *, candidate: None = None, elicitation: None = None, **settings: Unpack[CallSettings]
) -> Distribution[str]: ...
@overload  # what is no class: a union, a Literal
def verbalize(
    query: Query, *, candidate: Any, elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> Distribution[Any]: ...
def verbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    calls: int = 1,
    concurrency: int = 16,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    timeout: float | None = None,
    api_key: str | None = None,
    system: str | None = None,
    diversity: DiversityWord | None = None,
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """Asks a model for a distribution of answers.

    Args:
        query: What to answer, or a conversation that ends with it.
        model: A name (``openai:gpt-6.1-terra``, ``ollama:llama3.2``, a base URL, ``model@URL``, a GGUF file), a
            function from messages to a text or a Reply, or a model of LangChain, LlamaIndex or DSPy. Default: what the
            variable ``VERBALIZED_SAMPLING_MODEL`` names, a provider whose key is set, a local Ollama, the embedded one.
        calls: How many times to ask, concurrently, at most 10,000; the distributions are averaged. A call that fails
            is left out, unless all do. A failure that can't mend (a wrong key, a bug in a function) ends the others
            at once; what they gave is on the error as ``salvaged``, as it is on an interrupt.
        concurrency: How many requests may be under way at the same time.
        temperature: The model's sampling temperature, 0 or more; by default the model's own choice.
        seed: Makes the model repeatable, where it takes a seed: the first request carries it, further ones count on
            from it. (Drawing takes a seed of its own: ``sample(seed=…)``.)
        max_tokens: Limit of a reply, in tokens; by default enough for ``k`` candidates of ``words`` words.
        timeout: Limit of a request, in seconds, with all that is tried again for it; by default 600.
        api_key: The key of the model's address. By default a provider's variable for the provider's own address, and
            ``VERBALIZED_SAMPLING_API_KEY`` for any other.
        system: A system prompt of your own, to stand before the instructions.
        elicitation: Settings made before; the ones below replace its fields.
        diversity: ``"low"``, ``"medium"`` or ``"high"``: words for ``tau`` 0.5, 0.1 and 0.01.
        **settings: Fields of :class:`Elicitation`: ``k=5``, ``tau=0.10``, ``variant="cot"``, ``candidate=Joke`` …

    Returns:
        The candidates with their weights, the most probable first; ``Distribution[Joke]`` for ``candidate=Joke``.

    Raises:
        SettingsError: A setting or the query is unusable.
        ModelError: There is no model, or it failed.
        RefusalError: The model declined.
        DistributionParseError: Nothing in its replies could be read as a candidate.
    """
    question = Question.of(
        "verbalize", query, model=model, calls=calls, concurrency=concurrency, temperature=temperature, seed=seed,
        max_tokens=max_tokens, timeout=timeout, api_key=api_key, system=system, diversity=diversity,
        elicitation=elicitation, **settings,
    )  # fmt: skip
    return question.sourced(drive(question.plan(), lambda planned: run_all(question.runs(planned), concurrency)))


@overload
async def averbalize(
    query: Query, *, candidate: type[T], elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> Distribution[T]: ...
@overload
async def averbalize(
    query: Query, *, elicitation: Elicitation[T], **settings: Unpack[CallSettings]
) -> Distribution[T]: ...
@overload
async def averbalize(
    query: Query, *, candidate: None = None, elicitation: None = None, **settings: Unpack[CallSettings]
) -> Distribution[str]: ...
@overload
async def averbalize(
    query: Query, *, candidate: Any, elicitation: Elicitation[Any] | None = None, **settings: Unpack[CallSettings]
) -> Distribution[Any]: ...
async def averbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    calls: int = 1,
    concurrency: int = 16,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - of each request
    api_key: str | None = None,
    system: str | None = None,
    diversity: DiversityWord | None = None,
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """:func:`verbalize` without blocking the event loop; ``model`` may be an async function too."""
    question = Question.of(
        "averbalize", query, model=model, calls=calls, concurrency=concurrency, temperature=temperature, seed=seed,
        max_tokens=max_tokens, timeout=timeout, api_key=api_key, system=system, diversity=diversity,
        elicitation=elicitation, **settings,
    )  # fmt: skip

    async def run(planned: list[Planned]) -> list[Result]:
        return await arun_all(await asyncio.to_thread(question.runs, planned), concurrency)

    return question.sourced(await adrive(question.plan(), run))
