"""A question as it was put: to whom, how often, and with which settings."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Self

from ..errors import SettingsError
from ..models import Caller, ModelLike, Options, resolve
from ..plans.elicitation import Elicitation, UntypedSettings, check_keywords
from ..plans.wording import Query, conversation_of
from ..replies.protocol import Message
from ..values.distribution import Distribution
from .calls import Planned, begun, plan_calls
from .dial import DiversityWord, tau_by
from .several import Result, Run

__all__ = ["CallSettings", "Question", "conversation"]

_MOST = 10_000  # calls at once: each has a prompt that is written before the first goes out


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
    diversity: DiversityWord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What :func:`verbalize` and its kin were called with, checked; their parameters say what each means."""

    query: Query
    model: ModelLike | None
    calls: int
    concurrency: int
    options: Options
    system: str | None
    elicitation: Elicitation[Any]

    @classmethod
    def of(
        cls,
        function: str,
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
        **settings: Any,
    ) -> Self:
        """The question that the arguments of ``function`` make.

        Raises:
            SettingsError: One of them is unusable.
            TypeError: One of them is not known.
        """
        check_keywords(function, settings, (*CallSettings.__annotations__, "elicitation"))
        if (diversity := settings.pop("diversity", None)) is not None:
            settings["tau"] = tau_by(diversity, settings.get("tau"))
        options = Options(temperature=temperature, seed=seed, max_tokens=max_tokens, timeout=timeout, api_key=api_key)
        for name, value in (("calls", calls), ("concurrency", concurrency)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise SettingsError(f"{name} must be a whole number of at least 1, not {value!r}")
        if calls > _MOST:
            raise SettingsError(f"calls must be at most {_MOST:,}, not {calls:,}: for more, make a bulk job")
        if not isinstance(system, str | None):
            raise SettingsError(f"system must be a text, not {type(system).__name__}")
        return cls(
            query=query,
            model=model,
            calls=calls,
            concurrency=concurrency,
            options=options,
            system=system,
            elicitation=Elicitation.of(elicitation, **settings),
        )

    def plan(self) -> Generator[list[Planned], list[Result], Distribution[Any]]:
        """The runs that it takes."""
        return plan_calls(conversation(self.query, self.system), self.elicitation, self.calls, self.options)

    def resolve(self, options: Options) -> Caller:
        """Its model, to be called with ``options``."""
        return resolve(self.model, options)

    def runs(self, planned: list[Planned]) -> list[Run]:
        """Planned runs, with the model to run them with."""
        return begun(planned, self.resolve)

    def sourced(self, distribution: Distribution[Any]) -> Distribution[Any]:
        """``distribution``, with what it comes from."""
        source = self.elicitation.source(self.query, model=name_of(self.model), seed=self.options.seed)
        return replace(distribution, source=source)


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
