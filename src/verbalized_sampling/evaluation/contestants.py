"""What is compared: a method, on a model, at a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from ..errors import SettingsError
from ..plans.elicitation import Elicitation, Variant

__all__ = ["Contestant", "contestants"]

_SINGLE = ("direct", "direct_cot")  # one answer a run
_WITH_PROBABILITIES = ("standard", "cot", "multi")


@dataclass(frozen=True, slots=True)
class Contestant:
    """One column of the comparison.

    Attributes:
        label: Its name in the results: the method's, and what tells it apart where there are several.
        method: The method.
        model: The model's name.
        tau: The threshold, or None.
        elicitation: How it asks; for replies that exist already it says nothing.
        baseline: The label that it is compared with.
    """

    label: str
    method: str
    model: str
    tau: float | None
    elicitation: Elicitation[Any]
    baseline: str

    @property
    def a_run(self) -> int:
        """Answers that one run is to give."""
        return sum(self.elicitation.turns())

    def runs(self, n: int) -> int:
        """Runs that it takes for ``n`` answers."""
        return -(-n // self.a_run)


def contestants(
    methods: Sequence[str] | Mapping[str, Elicitation[Any]],
    models: Sequence[str],
    k: int,
    tau: float | Sequence[float | None] | None,
) -> list[Contestant]:
    """Every method on every model; those that ask for probabilities at every threshold.

    Raises:
        SettingsError: A method is unknown, or nothing is to be compared.
    """
    taus = [tau] if tau is None or isinstance(tau, int | float) else list(tau)
    named = methods if isinstance(methods, Mapping) else {name: _elicitation(name, k) for name in methods}
    if not named or not taus:
        raise SettingsError("there is nothing to compare: methods and tau must not be empty lists")
    found: list[Contestant] = []
    for model in models:
        baseline = ""
        for method, elicitation in named.items():
            for threshold, asked in _thresholds(elicitation, taus):
                label = method
                if len(taus) > 1 and threshold is not None:
                    label += f" τ={threshold:g}"
                if len(models) > 1:
                    label += f" · {model}"
                baseline = baseline or label
                if label not in (c.label for c in found):
                    found.append(Contestant(label, method, model, threshold, asked, baseline))
    return found


def _elicitation(name: str, k: int) -> Elicitation[Any]:
    if name not in get_args(Variant):
        raise SettingsError(f"no method is called {name!r}: choose of {', '.join(get_args(Variant))}")
    variant: Any = name
    if name in _SINGLE:
        return Elicitation(variant=variant, k=1)
    return Elicitation(variant=variant, k=k, total=k if name == "multi_turn" else None)


def _thresholds(
    elicitation: Elicitation[Any], taus: Sequence[float | None]
) -> Iterator[tuple[float | None, Elicitation[Any]]]:
    if elicitation.variant not in _WITH_PROBABILITIES:
        yield None, elicitation
        return
    for tau in taus:
        yield (elicitation.tau, elicitation) if tau is None else (tau, replace(elicitation, tau=tau))
