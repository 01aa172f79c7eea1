"""Existing programs, verbalized."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, TypeVar, cast

import dspy

from verbalized_sampling import SettingsError

from .copies import copied
from .fields import has_choice, why_left_alone
from .predict import VerbalizedPredict
from .settings import Settings
from .steering import steers

__all__ = ["verbalize"]

M = TypeVar("M", bound=dspy.Module)

_log = logging.getLogger(__package__)


def verbalize(program: M, *, only: str | Collection[str] | None = None, **settings: Any) -> M:
    """A copy of a program whose predictors ask for a distribution; the program itself stays as it is.

    Instructions, demos, models and callbacks come along. What is verbalized already takes the settings that are given,
    and keeps the others. A predictor with ``n=`` asks once for as many candidates instead, and a log line says so.

    Predictors stay as they are that are more than a plain ``dspy.Predict``, whose outputs leave nothing to choose, or
    hold a distribution of their own (``dspy.experimental.Choice``), and, unless they are named, those that steer the
    program: a drawn tool call or ``finish`` would make each run another one. A log line names them. A program of
    nothing but such predictors (``dspy.ReActV2``) comes back as it was.

    Args:
        program: Any module: a ``dspy.ChainOfThought``, a ``dspy.ReAct``, one of your own.
        only: Names of the predictors to verbalize, as ``program.named_predictors()`` lists them; None takes all that
            do not steer the program.
        **settings: Those of :class:`VerbalizedPredict`.

    Raises:
        SettingsError: It is no module, there is no such predictor, or one that was named, or is the whole program,
            cannot be verbalized.
    """
    Settings.split(settings)  # a misspelt one fails before anything else
    if not isinstance(program, dspy.Module):
        raise SettingsError(f'program must be a module, such as dspy.Predict("question -> answer"), not {program!r}')
    predictors = dict(program.named_predictors())
    chosen = None if only is None else {only} if isinstance(only, str) else set(only)
    if chosen is not None and (not chosen or chosen - set(predictors)):
        unknown = f"no predictor is called {', '.join(sorted(chosen - set(predictors)))}" if chosen else "only is empty"
        raise SettingsError(f"{unknown}; there are {', '.join(predictors)}")
    memo: dict[int, Any] = {}
    verbalized = []
    for name, predict in predictors.items():
        if chosen is not None and name not in chosen:
            continue
        named = chosen is not None or predict is program
        reason = _why_not(predict, named=named)
        if reason and named:
            raise SettingsError(f"{'the predictor' if predict is program else name} cannot be verbalized: {reason}")
        if reason:
            _log.warning("verbalize leaves %s as it is: %s", name, reason)
        else:
            memo[id(predict)] = _verbalized(name, predict, settings, memo)
            verbalized.append(name)
    if not verbalized:
        _log.warning("verbalize leaves %s as it is: it has no predictor to verbalize", type(program).__name__)
    return cast("M", copied(program, memo))


def _why_not(predict: dspy.Predict, *, named: bool) -> str:
    if isinstance(predict, VerbalizedPredict):
        return ""
    if type(predict) is not dspy.Predict:
        return f"it is a {type(predict).__name__}, no plain dspy.Predict"
    if not has_choice(predict.signature):
        return why_left_alone(predict.signature)
    if not named and steers(predict.signature):
        return "it steers the program; name it in only= to have its outputs drawn too"
    return ""


def _verbalized(name: str, predict: dspy.Predict, settings: dict[str, Any], memo: dict[int, Any]) -> VerbalizedPredict:
    if isinstance(predict, VerbalizedPredict):
        again: VerbalizedPredict = copied(predict, memo)
        again.update_config(**settings)
        return again
    n = predict.config.get("n")
    if not isinstance(n, int) or n < 2 or "n" in settings:
        return VerbalizedPredict.like(predict, memo, **settings)
    wanted = settings if settings.keys() & {"k", "elicitation", "total"} else {**settings, "k": n}
    one = VerbalizedPredict.like(predict, memo, **wanted)
    one.config = {key: value for key, value in one.config.items() if key != "n"}
    asked = one.settings.elicitation.k
    _log.warning("%s asked for n=%d replies: verbalized, one call asks for k=%d candidates", name, n, asked)
    return one
