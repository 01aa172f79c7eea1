"""Examples for training and evaluation: what a program can answer, in its breadth, with weights."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Candidate, Definition, Distribution, SettingsError
from verbalized_sampling.adapters import answer_key, pool

from .access import verbalized
from .copies import copied
from .fields import free_name
from .plan import given_already
from .predict import VerbalizedPredict
from .prediction import VerbalizedPrediction
from .program import verbalize

__all__ = ["diversify"]

_IDLE_ROUNDS = 2  # in a row, as with the turns of VS-Multi


def diversify(
    program: Any,
    inputs: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    *,
    total: int,
    num_threads: int | None = None,
    **settings: Any,
) -> list[dspy.Example]:
    """Asks in rounds for ever other outputs, until there are ``total`` or two rounds have brought nothing new.

    Each round is told what was given already, and asks for ``k`` more for each of the inputs.

    Args:
        program: A signature, or a program: it is verbalized unless it is already.
        inputs: The inputs of one call, or of several; ``dspy.Example`` too.
        total: Examples wanted, of all inputs together.
        num_threads: Calls at the same time; by default DSPy's own setting.
        **settings: Those of :class:`VerbalizedPredict`, such as ``k`` and ``tau``.

    Returns:
        At most ``total`` examples, those of an input together, each output once (texts that differ in case and white
        space only are the same). They have the inputs, marked as such, the output fields, and ``weight``: among the
        examples of the same inputs, these sum to 1. A field of yours called so keeps its name, and ours is ``weight_``.

    Raises:
        SettingsError: ``total`` is less than 1, there are no inputs, or a setting is wrong.
        AdapterParseError: No reply at all could be read.
    """
    if not isinstance(total, int) or isinstance(total, bool) or total < 1:
        raise SettingsError(f"total must be a whole number of at least 1, not {total!r}")
    asked = [_Asked(each) for each in _inputs_of(inputs)]
    if not asked:
        raise SettingsError("there are no inputs: give those of one call as a dict, or of several as a list of dicts")
    ready = _ready(program, settings)
    threads = num_threads or dspy.settings.num_threads or 1
    number, failed = 0, None
    while (active := [each for each in asked if each.idle < _IDLE_ROUNDS]) and sum(map(len, asked)) < total:
        round_ = ready if number == 0 else _asking_anew(ready, number)
        with ThreadPoolExecutor(threads) as pool_of_threads:
            runs = [pool_of_threads.submit(copy_context().run, each.ask, round_) for each in active]
            for each, run in zip(active, runs, strict=True):
                failed = each.take(run.result(), total - sum(map(len, asked))) or failed
        number += 1
    if failed is not None and not any(asked):
        raise failed
    return [example for each in asked for example in each.examples()]


def _inputs_of(inputs: Any) -> Iterator[dict[str, Any]]:
    for each in [inputs] if isinstance(inputs, Mapping | dspy.Example | str) else inputs:
        if not isinstance(each, Mapping | dspy.Example):
            raise SettingsError(f"inputs are those of a call by name, such as {{'question': …}}, not {each!r}")
        try:
            known = each.inputs() if isinstance(each, dspy.Example) else each
        except ValueError:  # none of its fields is marked as an input, so all are
            known = each
        yield dict(known.items())


def _ready(program: Any, settings: dict[str, Any]) -> dspy.Module:
    if not isinstance(program, dspy.Module):
        return VerbalizedPredict(program, **settings)
    if not settings and any(isinstance(each, VerbalizedPredict) for each in program.predictors()):
        return program
    return verbalize(program, **settings)


def _asking_anew(program: dspy.Module, number: int) -> dspy.Module:
    """A copy whose models answer anew what they have answered already, as ``dspy.BestOfN`` asks them."""
    copy: dspy.Module = copied(program, {})
    for predict in copy.predictors():
        lm = predict.lm or dspy.settings.lm
        if lm is not None and lm.kwargs.get("temperature") != 0:  # which would give the same again
            predict.lm = lm.copy(rollout_id=number)
    return copy


@dataclass
class _Asked:
    """The inputs of a call, and what it has given so far."""

    inputs: dict[str, Any]
    parts: list[Distribution[Any]] = field(default_factory=list)
    outputs: dict[Hashable, dict[str, Any]] = field(default_factory=dict)
    idle: int = 0

    def __len__(self) -> int:
        return len(self.outputs)

    def ask(self, program: dspy.Module) -> dspy.Prediction | AdapterParseError:
        """Asks for others than were given."""
        try:
            with given_already(list(self.outputs.values())):
                return program(**self.inputs)
        except AdapterParseError as error:  # one reply is no reason to lose the others
            return error

    def take(self, given: dspy.Prediction | AdapterParseError, wanted: int) -> AdapterParseError | None:
        """Keeps what is new, up to as many as are wanted; returns what went wrong."""
        before = len(self)
        part, values = _candidates_of(given)
        for candidate in sorted(part, key=lambda each: each.index):
            if len(self) - before < wanted:
                self.outputs.setdefault(answer_key(candidate), values[candidate.index])
        self.parts += [part] if part else []
        self.idle = 0 if len(self) > before else self.idle + 1
        return given if isinstance(given, AdapterParseError) else None

    def examples(self) -> list[dspy.Example]:
        """The examples, the likeliest first."""
        if not self.parts:
            return []
        stated = all(candidate.verbalized is not None for part in self.parts for candidate in part)
        whole = pool(self.parts, definition=Definition.EXPLICIT) if stated else Distribution.mixture(self.parts)
        kept = whole.filter(lambda each: answer_key(each) in self.outputs)
        weight = free_name("weight", {**self.inputs, **next(iter(self.outputs.values()))})
        return [
            dspy.Example({**self.inputs, **self.outputs[answer_key(each)], weight: each.probability}).with_inputs(
                *self.inputs
            )
            for each in kept
        ]


def _candidates_of(given: Any) -> tuple[Distribution[Any], dict[int, dict[str, Any]]]:
    """The outputs of a prediction as a distribution, and each one's fields by the index of its candidate."""
    if isinstance(given, AdapterParseError):
        return Distribution(), {}
    if isinstance(given, VerbalizedPrediction):
        behind = verbalized(given)
        rows = [
            {name: values[place] for name, values in given.completions.items()} for place in range(len(behind.order))
        ]
        return behind.distribution, dict(zip(behind.order, rows, strict=True))
    fields = dict(given.items())
    only = next(iter(fields.values())) if len(fields) == 1 else fields
    return Distribution((Candidate(str(only), 1.0, None, None, only, 0),)), {0: fields}
