"""A prediction with the distribution that it was taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, overload

import dspy

from verbalized_sampling import Candidate, Distribution

from .candidates import Candidates
from .internals import Completions, Late, altered, completed

__all__ = ["Traced", "Verbalized", "VerbalizedPrediction", "WeightedCompletions", "made", "prediction_of"]


class VerbalizedPrediction(dspy.Prediction):  # type: ignore[misc]
    """A DSPy prediction whose fields hold the selected candidate, and whose ``completions`` hold all, that one first.

    A field is always the user's. What :class:`Verbalized` offers (``distribution``, ``weights``, ``sample`` …) can be
    written as an attribute of the prediction too, unless the signature has a field of that name;
    ``verbalized(prediction)`` reaches it in any case.
    """

    # What starts with an underscore is an attribute, and no field of a signature can be called so.
    _distribution: Distribution[Any] = Distribution()
    _order: tuple[int, ...] = ()

    if TYPE_CHECKING:
        distribution: Distribution[Any]
        order: tuple[int, ...]
        weight: float
        weights: list[float]

        @overload
        def sample(self, n: None = None, *, seed: int | str | None = None) -> Self: ...
        @overload
        def sample(self, n: int, *, seed: int | str | None = None) -> list[Self]: ...
        def sample(self, n: int | None = None, *, seed: int | str | None = None) -> Self | list[Self]: ...
        def argmax(self) -> Self: ...
        def selecting(self, candidate: Candidate[Any]) -> Self: ...
        def within(self, distribution: Distribution[Any]) -> Self: ...

    def __getattr__(self, name: str) -> Any:
        """A field, or what :class:`Verbalized` calls so; Python asks here only for what is no attribute of DSPy's."""
        if name in _OFFERED and name not in self._store:
            return getattr(Verbalized(self), name)
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_OFFERED, *self._store})

    def copy(self, **kwargs: Any) -> Self:
        """A copy with some fields replaced; completions, distribution and usage stay (DSPy's own copy drops them)."""
        return altered(self, kwargs)


class Traced(Late, VerbalizedPrediction):
    """A prediction as DSPy's trace holds it, from which demonstrations are made: with all candidates as a field too."""


class Verbalized:
    """What stands behind a prediction, beside its fields.

    Args:
        prediction: Of a verbalized predictor.
    """

    __slots__ = ("_prediction",)

    def __init__(self, prediction: VerbalizedPrediction) -> None:
        self._prediction = prediction

    @property
    def distribution(self) -> Distribution[Any]:
        """Over the candidates: a value is the output field, or a dict of them if there are several."""
        return self._prediction._distribution  # noqa: SLF001 - the two are one thing in two classes

    @property
    def order(self) -> tuple[int, ...]:
        """For each completion the ``index`` of its candidate."""
        return self._prediction._order  # noqa: SLF001

    @property
    def weights(self) -> list[float]:
        """The weight of each completion, in their order; verbalized by the model, so not calibrated."""
        weights = {candidate.index: candidate.probability for candidate in self.distribution}
        return [weights[index] for index in self.order]

    @property
    def weight(self) -> float:
        """The weight of the selected candidate."""
        return self.weights[0]

    @overload
    def sample(self, n: None = None, *, seed: int | str | None = None) -> VerbalizedPrediction: ...
    @overload
    def sample(self, n: int, *, seed: int | str | None = None) -> list[VerbalizedPrediction]: ...
    def sample(
        self, n: int | None = None, *, seed: int | str | None = None
    ) -> VerbalizedPrediction | list[VerbalizedPrediction]:
        """The prediction with other candidates selected, drawn by weight; the model is not asked.

        Args:
            n: How many; None draws one and returns it bare, every number returns a list.
            seed: The same seed draws the same.
        """
        if n is None:
            return self.selecting(self.distribution.sample(seed=seed))
        return [self.selecting(candidate) for candidate in self.distribution.sample(n, seed=seed)]

    def argmax(self) -> VerbalizedPrediction:
        """The prediction with its most probable candidate selected."""
        return self.selecting(self.distribution.argmax())

    def selecting(self, candidate: Candidate[Any]) -> VerbalizedPrediction:
        """The prediction with this candidate of its distribution selected."""
        return self._with(self.distribution, [candidate.index, *(i for i in self.order if i != candidate.index)])

    def within(self, distribution: Distribution[Any]) -> VerbalizedPrediction:
        """The prediction over some of its candidates, maybe with other weights, the most probable one selected."""
        return self._with(distribution, [candidate.index for candidate in distribution])

    def _with(self, distribution: Distribution[Any], order: list[int]) -> VerbalizedPrediction:
        places = {index: place for place, index in enumerate(self.order)}
        held = self._prediction.completions
        values = {name: [each[places[index]] for index in order] for name, each in held.items()}
        # What the program has added since stays: only the candidate's own fields change.
        return made(WeightedCompletions(values, held.signature), distribution, tuple(order), self._prediction)


class WeightedCompletions(Completions):  # type: ignore[misc]
    """All candidates, the selected one first: ``completions[i]`` is the prediction of the i-th, with its ``weight``."""

    _distribution: Distribution[Any] = Distribution()
    _order: tuple[int, ...] = ()

    def __getitem__(self, key: int | str) -> Any:
        """The i-th candidate as a prediction, or all values of a field."""
        if not isinstance(key, int):
            return super().__getitem__(key)
        if not 0 <= key < len(self._order):
            raise IndexError(f"there are {len(self._order)} completions, counted from 0, and none is {key}")
        order = (self._order[key], *self._order[:key], *self._order[key + 1 :])
        values = {name: [each[key], *each[:key], *each[key + 1 :]] for name, each in self.items()}
        return made(WeightedCompletions(values, self.signature), self._distribution, order)


def prediction_of(candidates: Candidates, signature: Any) -> VerbalizedPrediction:
    """The prediction that the candidates make; its fields are those of the signature alone."""
    completions = WeightedCompletions(candidates.columns, signature=signature)
    return made(completions, candidates.distribution, candidates.order)


def made(
    completions: WeightedCompletions,
    distribution: Distribution[Any],
    order: tuple[int, ...],
    like: VerbalizedPrediction | None = None,
) -> VerbalizedPrediction:
    """The prediction of completions; what else ``like`` has, it has too."""
    values = {name: held[0] for name, held in completions.items()}
    usage = None
    if like is not None:
        values, usage = {**dict(like.items(include_dspy=True)), **values}, like.get_lm_usage()
    completions._distribution, completions._order = distribution, order  # noqa: SLF001
    behind = {"_distribution": distribution, "_order": order}
    return completed(VerbalizedPrediction, values, completions, usage, behind)


_OFFERED = frozenset(name for name in vars(Verbalized) if not name.startswith("_"))
