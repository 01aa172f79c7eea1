"""All runs of a comparison, before any is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..bulk import Journal, Outcome, Task
from ..bulk.engine.replay import NOBODY, replayed
from ..errors import SettingsError
from ..models import Caller, ModelLike, Options, model_name, resolve
from ..plans.elicitation import Elicitation
from ..values.distribution import Distribution
from ..values.usage import Usage
from .contestants import Contestant, contestants
from .left import Left

__all__ = ["METHODS", "Plans", "plans"]

METHODS = ("direct", "sequence", "standard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """All runs of a comparison, before any is made.

    Attributes:
        prompts: What is asked.
        contestants: By what.
        models: The models by name.
        n: Answers a prompt and contestant.
        options: How the models are to generate.
        seed: Of the first run.
        take: See :func:`compare`.
    """

    prompts: tuple[str, ...]
    contestants: tuple[Contestant, ...]
    models: Mapping[str, ModelLike | None]
    n: int
    options: Options
    seed: int | None
    take: str

    def cells(self) -> Iterator[tuple[str, Contestant]]:
        return ((prompt, contestant) for prompt in self.prompts for contestant in self.contestants)

    def runs(self, contestant: Contestant) -> int:
        return self.n if self.take == "sample" else contestant.runs(self.n)

    @property
    def total(self) -> int:
        """How many runs."""
        return len(self.prompts) * sum(self.runs(c) for c in self.contestants)

    def left(self, journal: Journal | None = None) -> Left:
        """What is to be asked, but for the replies that a journal has."""
        there, spent = 0, dict.fromkeys(self.models, Usage())
        for prompt, contestant in self.cells():
            request = next(contestant.elicitation.plan(prompt))
            read, turns = sum(len(str(m["content"])) for m in request.messages) // 4, contestant.elicitation.turns()
            for call in range(self.runs(contestant)):
                found = replayed(self._task(prompt, contestant, call, NOBODY), journal) if journal else None
                answers = len(found.answers) if found else 0
                there += answers
                if not isinstance(found, Outcome):
                    missing = turns[answers:] or turns[-1:]  # or one more than was planned
                    spent[contestant.model] += Usage(len(missing), read * len(missing), 60 * sum(missing))
        return Left(there, spent)

    def tasks(self) -> Iterator[Task[Distribution[Any]]]:
        """One task a run; seeds count on from run to run."""
        callers: dict[tuple[str, Options], Caller] = {}  # looking for a model may take a request of its own
        for prompt, contestant in self.cells():
            for call in range(self.runs(contestant)):
                key = contestant.model, self._options(call)
                if key not in callers:
                    callers[key] = resolve(self.models[contestant.model], key[1])
                yield self._task(prompt, contestant, call, callers[key])

    def _options(self, call: int) -> Options:
        return replace(self.options, seed=None if self.seed is None else self.seed + call, retries=0)

    def _task(self, prompt: str, contestant: Contestant, call: int, caller: Caller) -> Task[Distribution[Any]]:
        return Task(
            row=f"{contestant.method} {call}",
            plan=lambda: contestant.elicitation.plan(prompt),
            model=contestant.model,
            caller=caller,
            options=self._options(call),
            context=(prompt, contestant, call),
        )


def plans(
    prompts: Sequence[str] | str,
    model: ModelLike | Sequence[ModelLike] | None,
    *,
    methods: Sequence[str] | Mapping[str, Elicitation[Any]] = METHODS,
    n: int = 30,
    k: int = 5,
    tau: float | Sequence[float | None] | None = None,
    take: str = "all",
    options: Options | None = None,
    seed: int | None = 0,
) -> Plans:
    """The runs that a comparison takes.

    Raises:
        SettingsError: A setting is unusable.
    """
    asked = (prompts,) if isinstance(prompts, str) else tuple(prompts)
    if not asked or any(not isinstance(p, str) or not p.strip() for p in asked):
        raise SettingsError("give at least one prompt, and no empty one")
    if len(set(asked)) < len(asked):
        raise SettingsError("a prompt is given twice: its answers would be the same")
    for name, value, least in (("n", n, 2), ("k", k, 1)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise SettingsError(f"{name} must be a whole number of at least {least}, not {value!r}")
    if take not in ("all", "sample"):
        raise SettingsError(f"take must be 'all' or 'sample', not {take!r}")
    several = list(model) if isinstance(model, list | tuple) else [model]
    models = {model_name(m): m for m in several}
    if len(models) < len(several):
        raise SettingsError(f"two models have one name: {', '.join(map(model_name, several))}")
    return Plans(
        prompts=asked,
        contestants=tuple(contestants(methods, list(models), k, tau)),
        models=models,
        n=n,
        options=options or Options(),
        seed=seed,
        take=take,
    )
