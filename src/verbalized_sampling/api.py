"""Verbalized Sampling in one call."""

from __future__ import annotations

from typing import Any, Unpack

from .distribution import Distribution
from .drive import Plan, adrive, drive
from .elicitation import Elicitation, ElicitationSettings
from .models import Caller, ModelLike, Options, resolve
from .protocol import Message
from .wording import Query

__all__ = ["averbalize", "conversation", "verbalize"]


def verbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    elicitation: Elicitation | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[str]:
    """Asks a model for a distribution of answers.

    Args:
        query: What to answer, or a conversation that ends with it.
        model: A function from messages to a text or a Reply, or the path of a GGUF file. Default: the variable
            ``VERBALIZED_SAMPLING_MODEL``, else the small embedded model.
        temperature: The model's sampling temperature, 0 or more; by default the model's own choice.
        seed: Makes the model repeatable, where it takes a seed. (Drawing takes its own: ``sample(seed=…)``.)
        max_tokens: Limit of a reply, in tokens; by default enough for ``k`` candidates of ``words`` words.
        system: A system prompt of your own, to stand before the instructions.
        elicitation: Settings made before; the ones below replace its fields.
        **settings: Fields of :class:`Elicitation`: ``k=5``, ``tau=0.10``, ``variant="cot"`` …

    Returns:
        The candidates with their weights, the most probable first.

    Raises:
        SettingsError: A setting or the query is unusable.
        ModelError: There is no model, or it failed.
        RefusalError: The model declined.
        DistributionParseError: Nothing in its replies could be read as a candidate.
    """
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens)
    plan, caller = _prepare(query, model, options, system, elicitation, settings)
    return drive(plan, caller.call)


async def averbalize(
    query: Query,
    *,
    model: ModelLike | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    elicitation: Elicitation | None = None,
    **settings: Unpack[ElicitationSettings],
) -> Distribution[str]:
    """:func:`verbalize` without blocking the event loop; ``model`` may be an async function too."""
    options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens)
    plan, caller = _prepare(query, model, options, system, elicitation, settings)
    return await adrive(plan, caller.acall)


def _prepare(
    query: Query,
    model: ModelLike | None,
    options: Options,
    system: str | None,
    elicitation: Elicitation | None,
    settings: Any,
) -> tuple[Plan[Distribution[str]], Caller]:
    # The plan comes first: a wrong setting must not load a model.
    plan = Elicitation.of(elicitation, **settings).plan(conversation(query, system))
    return plan, resolve(model, options)


def conversation(query: Query, system: str | None) -> list[Message]:
    """``query`` as messages, after a system prompt if there is one."""
    messages = [Message(role="user", content=query)] if isinstance(query, str) else list(query)
    return [Message(role="system", content=system), *messages] if system else messages
