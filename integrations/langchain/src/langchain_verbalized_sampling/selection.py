"""The last step of a chain: from a distribution to the values of candidates."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar, cast, get_args, overload

from langchain_core.runnables import RunnableConfig, RunnableSerializable

from verbalized_sampling import Candidate, Distribution, SettingsError
from verbalized_sampling.adapters import mixed_seed, text_key

from .keywords import KnownKeywords

__all__ = [
    "DistributionArgmax",
    "DistributionMajority",
    "DistributionSampler",
    "DistributionTop",
    "Selection",
    "Selector",
    "achosen",
    "check_selector",
    "chosen",
    "mixed",
]


Many = TypeVar("Many", int, None)
"""How many values a sampler gives: None is one, bare."""


class Selection(KnownKeywords, RunnableSerializable[Distribution[Any], Any]):
    """From a distribution to what is taken of it."""

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    @property
    def InputType(self) -> Any:  # noqa: N802 - LangChain's name
        return Distribution[Any]

    @property
    def OutputType(self) -> Any:  # noqa: N802
        return Any

    def invoke(self, input: Distribution[Any], config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002
        return self._call_with_config(cast("Any", self._checked), input, config)

    async def ainvoke(self, input: Distribution[Any], config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002
        return await self._acall_with_config(cast("Any", self._achecked), input, config)

    def _checked(self, distribution: Any, config: RunnableConfig) -> Any:
        _require_distribution(distribution, self.get_name())
        return self._taken(self.choose(distribution, config))

    async def _achecked(self, distribution: Any, config: RunnableConfig) -> Any:
        _require_distribution(distribution, self.get_name())
        return self._taken(await self.achoose(distribution, config))

    def _taken(self, chosen: Candidate[Any] | list[Candidate[Any]]) -> Any:
        return [candidate.value for candidate in chosen] if isinstance(chosen, list) else chosen.value

    @abstractmethod
    def choose(
        self, distribution: Distribution[Any], config: RunnableConfig | None = None
    ) -> Candidate[Any] | list[Candidate[Any]]:
        """What to take."""

    async def achoose(
        self, distribution: Distribution[Any], config: RunnableConfig | None = None
    ) -> Candidate[Any] | list[Candidate[Any]]:
        """The same, for those that have to wait for it."""
        return self.choose(distribution, config)


def _require_distribution(distribution: Any, name: str) -> None:
    if not isinstance(distribution, Distribution):
        raise SettingsError(
            f"{name} takes a Distribution, not {type(distribution).__name__}; "
            "a step before it with diff=True gives new candidates only, which have no weights"
        )


class DistributionSampler(Selection, Generic[Many]):
    """Draws by probability: one value, or with ``n`` a list of them.

    Args:
        n: How many; None gives the value itself.
        seed: Makes draws repeatable. It is mixed with the distribution, so that a batch does not draw the same rank
            from each; without one, each call is fresh.
        replace: Whether a candidate may be drawn more than once.
    """

    n: int | None = None
    seed: int | str | None = None
    replace: bool = True

    @overload
    def __init__(
        self: DistributionSampler[None],
        n: None = None,
        seed: int | str | None = None,
        *,
        replace: bool = True,
        **options: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: DistributionSampler[int], n: int, seed: int | str | None = None, *, replace: bool = True, **options: Any
    ) -> None: ...
    def __init__(
        self, n: int | None = None, seed: int | str | None = None, *, replace: bool = True, **options: Any
    ) -> None:
        super().__init__(**{"n": n, "seed": seed, "replace": replace, **options})

    def choose(
        self,
        distribution: Distribution[Any],
        config: RunnableConfig | None = None,  # noqa: ARG002
    ) -> Candidate[Any] | list[Candidate[Any]]:
        seed = mixed(self.seed, distribution)
        if self.n is None:
            return distribution.sample(seed=seed)
        return distribution.sample(self.n, seed=seed, replace=self.replace)


class DistributionArgmax(Selection):
    """Takes the value of the most probable candidate."""

    def choose(self, distribution: Distribution[Any], config: RunnableConfig | None = None) -> Candidate[Any]:  # noqa: ARG002
        return distribution.argmax()


class DistributionTop(Selection):
    """Takes the values of the ``n`` most probable candidates, the most probable first."""

    n: int

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**{"n": n, **options})

    def choose(self, distribution: Distribution[Any], config: RunnableConfig | None = None) -> list[Candidate[Any]]:  # noqa: ARG002
        return list(distribution.top(self.n))


class DistributionMajority(Selection):
    """Takes the value of the answer that most of several independent calls gave: self-consistency.

    ``VerbalizedSampling(model, calls=10) | DistributionMajority()``. Where as many gave another, the more probable one
    counts; of a single call, that is the most probable.
    """

    def choose(self, distribution: Distribution[Any], config: RunnableConfig | None = None) -> Candidate[Any]:  # noqa: ARG002
        return _majority(distribution)


def _majority(distribution: Distribution[Any]) -> Candidate[Any]:
    votes = Counter[str]()
    for candidate in distribution:
        votes[text_key(candidate.text)] += candidate.count
    merged = distribution.dedupe()
    merged.argmax()  # says what is wrong with an empty one
    return max(merged, key=lambda candidate: (votes[text_key(candidate.text)], candidate.probability))


Selector = Literal["sample", "argmax", "all", "first", "majority"] | Callable[[Distribution[Any]], Any] | Selection
"""What to take of a distribution: a word, a function that returns one of its candidates, or a step such as a judge.

``majority`` is the answer that most of several independent calls gave (of one call: the most probable).
"""
_WORDS = get_args(get_args(Selector)[0])


def check_selector(how: Any) -> None:
    """Refuses what selects nothing.

    Raises:
        SettingsError: It is no word of ours, no function, and no step.
    """
    if (
        isinstance(how, Selection)
        or how in _WORDS
        or (callable(how) and not isinstance(how, type | RunnableSerializable))
    ):
        return
    raise SettingsError(f"select must be {', '.join(_WORDS)}, a function or a DistributionJudge, not {how!r}")


def chosen(
    how: Selector, distribution: Distribution[Any], seed: int | str | None, config: RunnableConfig | None = None
) -> Any:
    """The candidate, or the list of them, that ``how`` takes.

    Raises:
        SettingsError: A function returned something else than a candidate.
    """
    if isinstance(how, Selection):
        return how.choose(distribution, config)
    if how == "majority":
        return _majority(distribution)
    if not callable(how):
        return distribution.select(how, seed=mixed(seed, distribution))
    taken = how(distribution)
    if not isinstance(taken, Candidate) and not (
        isinstance(taken, list) and all(isinstance(candidate, Candidate) for candidate in taken)
    ):
        raise SettingsError(f"the function for select has to return a candidate, not {type(taken).__name__}")
    return taken


async def achosen(
    how: Selector, distribution: Distribution[Any], seed: int | str | None, config: RunnableConfig | None = None
) -> Any:
    """The same, where a judge may have to be waited for."""
    if isinstance(how, Selection):
        return await how.achoose(distribution, config)
    return chosen(how, distribution, seed, config)


def mixed(seed: int | str | None, distribution: Distribution[Any]) -> str | None:
    """A seed of its own for each distribution; None stays None."""
    return mixed_seed(seed, [(candidate.text, candidate.probability) for candidate in distribution])
