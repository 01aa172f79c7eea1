"""What a trace says about a run: its settings when it starts, its outcome when it ends."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks.manager import BaseRunManager
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config

from verbalized_sampling import Distribution

__all__ = ["number_of", "numbered", "outcome_of", "record", "settings_of", "with_settings"]

_SHOWN = ("k", "tau", "variant", "format", "definition", "weighting", "total")
_PREFIX = "verbalized_sampling_"
_NUMBER = _PREFIX + "call"


def settings_of(elicitation: Any) -> dict[str, Any]:
    """The settings of an elicitation, or of what has its fields, as metadata."""
    settings = {name: getattr(elicitation, name) for name in _SHOWN}
    return {_PREFIX + name: value for name, value in settings.items() if value is not None}


def with_settings(config: RunnableConfig | None, elicitation: Any) -> RunnableConfig:
    """``config`` with the settings in its metadata; children inherit them."""
    config = ensure_config(config)
    config["metadata"] = {**config.get("metadata", {}), **settings_of(elicitation)}
    return config


def numbered(config: RunnableConfig, calls: int) -> list[RunnableConfig]:
    """The config of each of several independent calls, which says the number of the call from 0."""
    metadata = config.get("metadata") or {}
    return [{**config, "metadata": {**metadata, _NUMBER: number}} for number in range(calls)]


def number_of(config: RunnableConfig) -> int:
    """The number of an independent call; 0 where there is but one."""
    return int((config.get("metadata") or {}).get(_NUMBER, 0))


def record(run: BaseRunManager, distribution: Distribution[Any]) -> None:
    """Adds the outcome to the metadata of a run that is about to end."""
    # LangChain has no call for this: tracers keep this dict and read it again when the run ends.
    if run.handlers:
        run.metadata.update(outcome_of(distribution))


def outcome_of(distribution: Distribution[Any] | None, outcome: str | None = None) -> dict[str, Any]:
    """What came of a run, as metadata.

    Args:
        distribution: The distribution, if there is one.
        outcome: What an agent's turn became of it.
    """
    said = {_PREFIX + "outcome": outcome} if outcome else {}
    if distribution is None:
        return said
    usage = distribution.usage
    repairs = dict.fromkeys((*distribution.repairs, *(r for c in distribution for r in c.repairs)))
    return said | {
        _PREFIX + "candidates": len(distribution),
        _PREFIX + "repairs": [repair.value for repair in repairs],
        _PREFIX + "truncated": distribution.truncated,
        _PREFIX + "calls": usage.calls if usage else 0,
        _PREFIX + "input_tokens": usage.input_tokens if usage else 0,
        _PREFIX + "output_tokens": usage.output_tokens if usage else 0,
    }
