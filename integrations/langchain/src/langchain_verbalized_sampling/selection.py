"""The last step of a chain: from a distribution to the values of candidates."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import Any

from langchain_core.runnables import RunnableConfig, RunnableSerializable

from verbalized_sampling import Distribution, SettingsError

__all__ = ["DistributionArgmax", "DistributionSampler", "DistributionTop", "mixed"]


class _Selection(RunnableSerializable[Distribution[Any], Any]):
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
        return self._call_with_config(self._select_checked, input, config)

    async def ainvoke(self, input: Distribution[Any], config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002
        async def select(distribution: Distribution[Any]) -> Any:
            return self._select_checked(distribution)

        return await self._acall_with_config(select, input, config)

    def _select_checked(self, distribution: Any) -> Any:
        if not isinstance(distribution, Distribution):
            raise SettingsError(
                f"{self.get_name()} takes a Distribution, not {type(distribution).__name__}; "
                "a step before it with diff=True gives new candidates only, which have no weights"
            )
        return self._select(distribution)

    @abstractmethod
    def _select(self, distribution: Distribution[Any]) -> Any: ...


class DistributionSampler(_Selection):
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

    def __init__(
        self, n: int | None = None, seed: int | str | None = None, *, replace: bool = True, **options: Any
    ) -> None:
        super().__init__(**{"n": n, "seed": seed, "replace": replace, **options})

    def _select(self, distribution: Distribution[Any]) -> Any:
        seed = mixed(self.seed, distribution)
        if self.n is None:
            return distribution.sample(seed=seed).value
        return [candidate.value for candidate in distribution.sample(self.n, seed=seed, replace=self.replace)]


class DistributionArgmax(_Selection):
    """Takes the value of the most probable candidate."""

    def _select(self, distribution: Distribution[Any]) -> Any:
        return distribution.argmax().value


class DistributionTop(_Selection):
    """Takes the values of the ``n`` most probable candidates, the most probable first."""

    n: int

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**{"n": n, **options})

    def _select(self, distribution: Distribution[Any]) -> Any:
        return [candidate.value for candidate in distribution.top(self.n)]


def mixed(seed: int | str | None, distribution: Distribution[Any]) -> str | None:
    """A seed of its own for each distribution; None stays None."""
    if seed is None:
        return None
    digest = hashlib.sha256(repr(seed).encode())
    for candidate in distribution:
        digest.update(f"\0{candidate.probability!r}\0{candidate.text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
