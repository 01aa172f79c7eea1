"""Verbalized Sampling in one call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Unpack

from .distribution import Distribution, unique
from .drive import Plan, adrive, drive
from .elicitation import Elicitation, ElicitationSettings
from .errors import SettingsError
from .models import Caller, ModelLike, Options, resolve
from .protocol import Message
from .repairs import Repair
from .wording import Query

__all__ = ["averbalize", "conversation", "verbalize"]

_log = logging.getLogger("verbalized_sampling")

_AT_ONCE = 16  # calls; more would only wait for the endpoint's rate limit


def verbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    calls: int = 1,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """Asks a model for a distribution of answers.

    Args:
        query: What to answer, or a conversation that ends with it.
        model: A name (``openai:gpt-5-mini``, ``ollama:llama3.2``, a base URL, a GGUF file), a function from messages
            to a text or a Reply, or a model of LangChain, LlamaIndex or DSPy. Default: what the variable
            ``VERBALIZED_SAMPLING_MODEL`` names, a provider whose key is set, a local Ollama, the embedded model.
        calls: How many times to ask, concurrently; the distributions are averaged. What fails is left out, unless
            all of them do.
        temperature: The model's sampling temperature, 0 or more; by default the model's own choice.
        seed: Makes the model repeatable, where it takes a seed; further calls count on from it. (Drawing takes a
            seed of its own: ``sample(seed=…)``.)
        max_tokens: Limit of a reply, in tokens; by default enough for ``k`` candidates of ``words`` words.
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
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens)
    runs = _prepare(query, model, calls, options, system, Elicitation.of(elicitation, **settings))
    if calls == 1:
        return _run(*runs[0])
    with ThreadPoolExecutor(min(calls, _AT_ONCE)) as pool:
        futures = [pool.submit(_run, *run) for run in runs]
    return _mixed([future.exception() or future.result() for future in futures])


async def averbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    calls: int = 1,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    elicitation: Elicitation[Any] | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[Any]:
    """:func:`verbalize` without blocking the event loop; ``model`` may be an async function too."""
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens)
    runs = _prepare(query, model, calls, options, system, Elicitation.of(elicitation, **settings))
    if calls == 1:
        return await _arun(*runs[0])
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def limited(plan: Plan[Distribution[Any]], caller: Caller) -> Distribution[Any]:
        async with at_once:
            return await _arun(plan, caller)

    return _mixed(await asyncio.gather(*(limited(*run) for run in runs), return_exceptions=True))


def conversation(query: Query, system: str | None) -> list[Message]:
    """``query`` as messages, after a system prompt if there is one."""
    messages = [Message(role="user", content=query)] if isinstance(query, str) else list(query)
    return [Message(role="system", content=system), *messages] if system else messages


def _run(plan: Plan[Distribution[Any]], caller: Caller) -> Distribution[Any]:
    return drive(plan, caller.call)


async def _arun(plan: Plan[Distribution[Any]], caller: Caller) -> Distribution[Any]:
    return await adrive(plan, caller.acall)


def _prepare(
    query: Query,
    model: ModelLike | None,
    calls: int,
    options: Options,
    system: str | None,
    elicitation: Elicitation[Any],
) -> list[tuple[Plan[Distribution[Any]], Caller]]:
    if not isinstance(calls, int) or isinstance(calls, bool) or calls < 1:
        raise SettingsError(f"calls must be a whole number of at least 1, not {calls!r}")
    # The plans come first: a wrong setting must not load a model.
    plans = [elicitation.plan(conversation(query, system)) for _ in range(calls)]
    seeds = [None if options.seed is None else options.seed + i for i in range(calls)]
    return [(plan, resolve(model, replace(options, seed=seed))) for plan, seed in zip(plans, seeds, strict=True)]


def _mixed(results: Sequence[Distribution[Any] | BaseException]) -> Distribution[Any]:
    failed = [result for result in results if isinstance(result, BaseException)]
    answered = [result for result in results if not isinstance(result, BaseException)]
    fatal = next((error for error in failed if not isinstance(error, Exception)), None)  # an interrupt ends it
    if fatal or not answered:
        raise fatal or failed[0]
    for error in failed:
        _log.warning("one of %d calls failed and is left out: %s", len(results), error)
    mixture = Distribution.mixture(answered)
    return replace(mixture, repairs=unique((*mixture.repairs, Repair.FAILED_CALL))) if failed else mixture
