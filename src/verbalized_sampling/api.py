"""Verbalized Sampling in one call."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, TypeVar, Unpack, overload

from .calls import Planned, plan_calls
from .distribution import Distribution
from .drive import adrive, drive
from .elicitation import Elicitation, ElicitationSettings, UntypedSettings, check_keywords
from .errors import SettingsError
from .models import ModelLike, Options, is_named, resolve
from .protocol import Message
from .several import Result, Run, arun_all, run_all
from .wording import Query, conversation_of

__all__ = ["averbalize", "conversation", "verbalize"]

T = TypeVar("T")


class CallSettings(UntypedSettings, total=False):
    """What :func:`verbalize` takes beside the query, the candidate's type and an elicitation."""

    model: ModelLike | None
    calls: int
    concurrency: int
    temperature: float | None
    seed: int | None
    max_tokens: int | None
    timeout: float | None
    api_key: str | None
    system: str | None


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
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """Asks a model for a distribution of answers.

    Args:
        query: What to answer, or a conversation that ends with it.
        model: A name (``openai:gpt-5-mini``, ``ollama:llama3.2``, a base URL, ``model@URL``, a GGUF file), a function
            from messages to a text or a Reply, or a model of LangChain, LlamaIndex or DSPy. Default: what the variable
            ``VERBALIZED_SAMPLING_MODEL`` names, a provider whose key is set, a local Ollama, the embedded model.
        calls: How many times to ask, concurrently; the distributions are averaged. A call that fails is left out,
            unless all do. A failure that can't mend (a wrong key, a bug in a function) ends the others at once.
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
        **settings: Fields of :class:`Elicitation`: ``k=5``, ``tau=0.10``, ``variant="cot"``, ``candidate=Joke`` …

    Returns:
        The candidates with their weights, the most probable first; ``Distribution[Joke]`` for ``candidate=Joke``.

    Raises:
        SettingsError: A setting or the query is unusable.
        ModelError: There is no model, or it failed.
        RefusalError: The model declined.
        DistributionParseError: Nothing in its replies could be read as a candidate.
    """
    check_keywords("verbalize", settings, (*CallSettings.__annotations__, "elicitation"))
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens, timeout=timeout, api_key=api_key)
    _check(calls=calls, concurrency=concurrency)
    asked = Elicitation.of(elicitation, **settings)
    rounds = plan_calls(conversation(query, system), asked, calls, options)
    found = drive(rounds, lambda planned: run_all(_runs(planned, model), concurrency))
    return replace(found, source=asked.source(query, model=name_of(model), seed=seed))


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
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """:func:`verbalize` without blocking the event loop; ``model`` may be an async function too."""
    check_keywords("averbalize", settings, (*CallSettings.__annotations__, "elicitation"))
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens, timeout=timeout, api_key=api_key)
    _check(calls=calls, concurrency=concurrency)
    asked = Elicitation.of(elicitation, **settings)
    rounds = plan_calls(conversation(query, system), asked, calls, options)

    async def run(planned: list[Planned]) -> list[Result]:
        runs = await asyncio.to_thread(_runs, planned, model) if is_named(model) else _runs(planned, model)
        return await arun_all(runs, concurrency)

    found = await adrive(rounds, run)
    return replace(found, source=asked.source(query, model=name_of(model), seed=seed))


def conversation(query: Query, system: str | None) -> list[Message]:
    """``query`` as messages, after a system prompt if there is one."""
    messages = conversation_of(query)
    return [Message(role="system", content=system), *messages] if system else messages


def name_of(model: ModelLike | None) -> str | None:
    """What a model is called: its name, or that of the object or the function; None if it was left to the package."""
    if model is None or isinstance(model, str):
        return model
    named = (getattr(model, attribute, None) for attribute in ("model_name", "model", "__name__"))
    return next((name for name in named if isinstance(name, str) and name), type(model).__name__)


def _runs(planned: list[Planned], model: ModelLike | None) -> list[Run]:
    return [Run(one.plan, resolve(model, one.options)) for one in planned]


def _check(**counts: int) -> None:
    for name, value in counts.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(f"{name} must be a whole number of at least 1, not {value!r}")
