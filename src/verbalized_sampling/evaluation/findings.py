"""What a comparison found, before anybody looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .draws import Draw
from .estimate import Estimate
from .measures import MEASURES, Measure
from .metrics.calibration import ReliabilityBin
from .verdict import verdict

__all__ = ["Findings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The estimates, every draw behind them, and what has to be known to read them.

    Attributes:
        metrics: Estimates by label, then by metric: ``result.metrics["standard"]["diversity"]``.
        draws: Every answer, and every run that gave none.
        prompts: What was asked.
        labels: The columns, in order; the first of each model is its baseline.
        baseline: The baseline of each label.
        notes: What has to be known to read the numbers, a sentence each.
        embedder: What saw the meaning of the texts.
        take: Of each reply: ``all`` its candidates, or one drawn by weight (``sample``).
        calls: How many replies it took.
        cost: US dollars; None if a price is not known.
        reliability: By label, stated probabilities against the references, if there are any.
        taus: The threshold of each label.
        label_of: The label of each method, model and threshold.
    """

    metrics: Mapping[str, Mapping[str, Estimate]]
    draws: Sequence[Draw]
    prompts: Sequence[str]
    labels: Sequence[str]
    baseline: Mapping[str, str]
    notes: Sequence[str]
    embedder: str
    take: str
    calls: int
    cost: float | None
    reliability: Mapping[str, Sequence[ReliabilityBin]] = field(default_factory=dict)
    taus: Mapping[str, float | None] = field(default_factory=dict)
    label_of: Mapping[tuple[str, str, float | None], str] = field(default_factory=dict)

    def measures(self) -> list[Measure]:
        """The metrics that could be measured, in order."""
        there = {name for found in self.metrics.values() for name in found}
        return [measure for measure in MEASURES if measure.name in there]

    def estimate(self, label: str, measure: Measure) -> Estimate | None:
        """One number; None if it could not be measured."""
        return self.metrics.get(label, {}).get(measure.name)

    def answers(self, prompt: str, label: str) -> list[Draw]:
        """What a method gave for a prompt, failed runs included."""
        return [d for d in self.draws if d.prompt == prompt and self.label_of[d.method, d.model, d.tau] == label]

    def verdicts(self) -> list[str]:
        """In one sentence a metric and method: what differs from the baseline, and what can't be told."""
        return [
            verdict(measure, label, self.baseline[label], estimate.difference)
            for label in self.labels
            for measure in self.measures()
            if (estimate := self.estimate(label, measure)) is not None and estimate.difference is not None
        ]

    def as_dict(self) -> dict[str, Any]:
        """Everything but the draws, as JSON values."""
        return {
            "prompts": list(self.prompts),
            "methods": list(self.labels),
            "baseline": dict(self.baseline),
            "metrics": {label: {name: asdict(e) for name, e in found.items()} for label, found in self.metrics.items()},
            "notes": list(self.notes),
            "embedder": self.embedder,
            "take": self.take,
            "calls": self.calls,
            "cost": self.cost,
        }
