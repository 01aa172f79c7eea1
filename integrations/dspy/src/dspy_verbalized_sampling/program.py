"""Existing programs, verbalized."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import dspy

from verbalized_sampling import SettingsError

from .fields import has_choice
from .predict import VerbalizedPredict
from .settings import Settings

__all__ = ["verbalize"]

M = TypeVar("M", bound=dspy.Module)


def verbalize(program: M, *, only: str | Collection[str] | None = None, **settings: Any) -> M:
    """A copy of a program whose predictors ask for a distribution; the program itself stays as it is.

    Instructions, demos, models and callbacks come along. What is verbalized already takes the settings that are given,
    and keeps the others. Predictors that are more than a plain ``dspy.Predict``, or whose outputs leave nothing to
    choose, stay as they are.

    Args:
        program: Any module: a ``dspy.ChainOfThought``, a ``dspy.ReAct``, one of your own.
        only: Names of the predictors to verbalize, as ``program.named_predictors()`` lists them; None takes all.
        **settings: Those of :class:`VerbalizedPredict`.

    Raises:
        SettingsError: There is no such predictor, or one that was named cannot be verbalized.
    """
    wanted, config = Settings.split(settings)
    chosen = None if only is None else {only} if isinstance(only, str) else set(only)
    copied: M = program.deepcopy()
    copied.callbacks = program.callbacks  # a copy of DSPy's leaves them behind
    predictors = dict(copied.named_predictors())
    if chosen is not None and (unknown := chosen - set(predictors)):
        raise SettingsError(f"no predictor is called {', '.join(sorted(unknown))}; there are {', '.join(predictors)}")
    originals = dict(program.named_predictors())
    taken = []
    for name, predict in predictors.items():
        if chosen is not None and name not in chosen:
            continue
        if isinstance(predict, VerbalizedPredict):
            predict.update_config(**settings)
            taken.append(name)
        elif type(predict) is dspy.Predict and has_choice(predict.signature):
            VerbalizedPredict.take_over(predict, wanted, config)
            predict.callbacks = originals[name].callbacks
            taken.append(name)
        elif chosen is not None:
            raise SettingsError(f"{name} is no plain dspy.Predict with outputs to choose from")
    if not taken:
        raise SettingsError(
            "the program has no predictor to verbalize: a plain dspy.Predict with outputs to choose from"
        )
    return copied
