"""All runs of a comparison, before any is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..bulk import Task, price
from ..errors import SettingsError
from ..models import Caller, ModelLike, Options, model_name, resolve
from ..plans.elicitation import Elicitation
from ..values.distribution import Distribution
from ..values.usage import Usage
from .contestants import Contestant, contestants

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

    @property
    def calls(self) -> int:
        """How many calls, if none has to be made again."""
        each = (self.runs(c) * len(c.elicitation.turns()) for c in self.contestants)
        return len(self.prompts) * sum(each)

    def usage(self) -> dict[str, Usage]:
        """About how many tokens each model will read and write: four characters each, answers of 30 words."""
        spent: dict[str, Usage] = {}
        for prompt, contestant in self.cells():
            request = next(contestant.elicitation.plan(prompt))
            read = sum(len(str(m["content"])) for m in request.messages) // 4
            turns, runs = contestant.elicitation.turns(), self.runs(contestant)
            usage = Usage(len(turns) * runs, read * len(turns) * runs, 60 * sum(turns) * runs)
            spent[contestant.model] = spent.get(contestant.model, Usage()) + usage
        return spent

    def cost(self) -> float | None:
        """About what that costs in US dollars; None if a price is not known."""
        costs = [price(model, usage) for model, usage in self.usage().items()]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    def tasks(self) -> Iterator[Task[Distribution[Any]]]:
        """One task a run; seeds count on from run to run."""
        callers: dict[tuple[str, Options], Caller] = {}  # looking for a model may take a request of its own
        for prompt, contestant in self.cells():
            elicitation = contestant.elicitation
            for call in range(self.runs(contestant)):
                options = replace(self.options, seed=None if self.seed is None else self.seed + call, retries=0)
                if (contestant.model, options) not in callers:
                    callers[contestant.model, options] = resolve(self.models[contestant.model], options)
                yield Task(
                    row=f"{contestant.method} {call}",
                    plan=lambda elicitation=elicitation, prompt=prompt: elicitation.plan(prompt),  # type: ignore[misc]
                    model=contestant.model,
                    caller=callers[contestant.model, options],
                    options=options,
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
