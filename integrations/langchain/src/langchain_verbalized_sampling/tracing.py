"""What a trace says about a run: its settings when it starts, its outcome when it ends."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks.manager import BaseRunManager
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config

from verbalized_sampling import Distribution

from .settings import ElicitationFields

__all__ = ["record", "with_settings"]

_SHOWN = ("k", "tau", "variant", "format", "definition", "weighting", "total")
_PREFIX = "verbalized_sampling_"


def with_settings(config: RunnableConfig | None, elicitation: ElicitationFields) -> RunnableConfig:
    """``config`` with the settings in its metadata; children inherit them."""
    config = ensure_config(config)
    settings = {name: getattr(elicitation, name) for name in _SHOWN}
    shown = {_PREFIX + name: value for name, value in settings.items() if value is not None}
    config["metadata"] = {**config.get("metadata", {}), **shown}
    return config


def record(run: BaseRunManager, distribution: Distribution[Any]) -> None:
    """Adds the outcome to the metadata of a run that is about to end."""
    usage = distribution.usage
    repairs = dict.fromkeys((*distribution.repairs, *(r for c in distribution for r in c.repairs)))
    # LangChain has no call for this: tracers keep this dict and read it again when the run ends.
    run.metadata.update(
        {
            _PREFIX + "candidates": len(distribution),
            _PREFIX + "repairs": [repair.value for repair in repairs],
            _PREFIX + "truncated": distribution.truncated,
            _PREFIX + "calls": usage.calls if usage else 0,
            _PREFIX + "input_tokens": usage.input_tokens if usage else 0,
            _PREFIX + "output_tokens": usage.output_tokens if usage else 0,
        }
    )
