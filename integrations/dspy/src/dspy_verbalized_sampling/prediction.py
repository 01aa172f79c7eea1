"""A prediction with the distribution that it was taken from."""

from __future__ import annotations

from typing import Any, Self, overload

import dspy
from dspy.primitives.prediction import Completions

from verbalized_sampling import Candidate, Distribution

from .candidates import Candidates

__all__ = ["VerbalizedPrediction"]


class VerbalizedPrediction(dspy.Prediction):  # type: ignore[misc]
    """A DSPy prediction whose fields hold the selected candidate, and whose ``completions`` hold all, that one first.

    An output field that is called like one of these attributes is reached as ``prediction["weights"]``.
    """

    # What starts with an underscore is an attribute; everything else would be a field, and go into demos.
    _distribution: Distribution[Any] = Distribution()
    _order: tuple[int, ...] = ()

    @classmethod
    def of(cls, candidates: Candidates, signature: Any) -> Self:
        """The prediction that the candidates make; its fields are those of the signature alone."""
        prediction: Self = cls.from_completions(list(candidates), signature=signature)
        prediction._distribution, prediction._order = candidates.distribution, tuple(candidates.order)
        return prediction

    @property
    def distribution(self) -> Distribution[Any]:
        """Over the candidates: a value is the output field, or a dict of them if there are several."""
        return self._distribution

    @property
    def weights(self) -> list[float]:
        """The weight of each completion, in their order; verbalized by the model, so not calibrated."""
        weights = {candidate.index: candidate.probability for candidate in self._distribution}
        return [weights[index] for index in self._order]

    @overload
    def sample(self, n: None = None, *, seed: int | str | None = None) -> Self: ...
    @overload
    def sample(self, n: int, *, seed: int | str | None = None) -> list[Self]: ...
    def sample(self, n: int | None = None, *, seed: int | str | None = None) -> Self | list[Self]:
        """The prediction with other candidates selected, drawn by weight; the model is not asked.

        Args:
            n: How many; None draws one and returns it bare, every number returns a list.
            seed: The same seed draws the same.
        """
        if n is None:
            return self.selecting(self._distribution.sample(seed=seed))
        return [self.selecting(candidate) for candidate in self._distribution.sample(n, seed=seed)]

    def argmax(self) -> Self:
        """The prediction with its most probable candidate selected."""
        return self.selecting(self._distribution.argmax())

    def selecting(self, candidate: Candidate[Any]) -> Self:
        """The prediction with this candidate of its distribution selected."""
        return self._with(self._distribution, [candidate.index, *(i for i in self._order if i != candidate.index)])

    def within(self, distribution: Distribution[Any]) -> Self:
        """The prediction over some of its candidates, maybe with other weights, the most probable one selected."""
        return self._with(distribution, [candidate.index for candidate in distribution])

    @property
    def order(self) -> tuple[int, ...]:
        """For each completion the ``index`` of its candidate."""
        return self._order

    def copy(self, **kwargs: Any) -> Self:
        """A copy with some fields replaced; completions, distribution and usage stay (DSPy's own copy drops them)."""
        copied: Self = super().copy(**kwargs)
        copied._completions, copied._lm_usage = self._completions, self._lm_usage
        copied._distribution, copied._order = self._distribution, self._order
        return copied

    def _with(self, distribution: Distribution[Any], order: list[int]) -> Self:
        places = [self._order.index(index) for index in order]
        completions = {name: [values[place] for place in places] for name, values in self._completions.items()}
        changed = self.copy(**{name: values[0] for name, values in completions.items()})
        changed._completions = Completions(completions, signature=self._completions.signature)  # noqa: SLF001
        changed._distribution, changed._order = distribution, tuple(order)  # noqa: SLF001
        return changed
