"""From draws to a comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from ..bulk import Progress
from . import notes
from .chance import Chance, of_calls
from .comparison import Comparison
from .contestants import Contestant
from .draws import Draw
from .estimate import Estimate
from .intervals import PromptValues, estimates
from .measures import MEASURES, Measure, Sample, reference_of, statements
from .metrics.calibration import ReliabilityBin, reliability_table
from .metrics.embedders import Embedder

__all__ = ["compared"]


def compared(
    draws: Iterable[Draw],
    contestants: Sequence[Contestant],
    *,
    prompts: Sequence[str],
    embedder: Embedder,
    references: Mapping[str, Mapping[str, float] | Collection[str]] | None = None,
    take: str = "all",
    progress: Progress | None = None,
) -> Comparison:
    """Measures draws: equal numbers of answers for all, prompt by prompt."""
    draws = list(draws)
    label_of = {(c.method, c.model, c.tau): c.label for c in contestants}
    labels = [c.label for c in contestants]
    by_label: dict[str, list[Draw]] = {label: [] for label in labels}
    answers: dict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in draws:
        label = label_of[draw.method, draw.model, draw.tau]
        by_label[label].append(draw)
        if draw.is_answer:
            answers[draw.prompt, label].append(draw)
    truth = {prompt: reference_of(reference) for prompt, reference in (references or {}).items()}
    least = {p: min(len(answers[p, label]) for label in labels) for p in prompts}
    used = [p for p in prompts if least[p] >= 2]
    # Embedded at once: an endpoint is asked in few requests, and equal texts but once.
    known = embedder.remembering(d.text for members in answers.values() for d in members)
    samples = {label: [Sample(answers[p, label][: least[p]], known, truth.get(p)) for p in used] for label in labels}
    metrics: dict[str, dict[str, Estimate]] = {label: {} for label in labels}
    for measure in MEASURES:
        found = estimates(
            {label: _values(measure, samples[label]) for label in labels},
            {c.label: c.baseline for c in contestants},
            [float(least[p]) for p in used],
            bounds=measure.bounds_of(max(least.values())),
            embedder=known.name if measure.by_meaning else None,
        )
        for label, estimate in found.items():
            metrics[label][measure.name] = estimate
    calls = progress.calls if progress else len({(d.prompt, d.method, d.model, d.tau, d.call) for d in draws})
    return Comparison(
        metrics={label: found for label, found in metrics.items() if found},
        draws=draws,
        prompts=list(prompts),
        labels=labels,
        baseline={c.label: c.baseline for c in contestants},
        notes=[
            *notes.of_prompts(least),
            *notes.of_numbers(e for found in metrics.values() for e in found.values()),
            *notes.of_models(contestants, draws, take),
            *notes.of_runs(by_label, progress),
        ],
        embedder=known.name,
        take=take,
        calls=calls,
        cost=progress.cost if progress and progress.usage.output_tokens else None,
        reliability={label: bins for label in labels if (bins := _reliability(samples[label]))},
        taus={c.label: c.tau for c in contestants},
        label_of=label_of,
    )


def _values(measure: Measure, samples: Sequence[Sample]) -> PromptValues:
    values = [measure.value(sample, range(len(sample.draws))) for sample in samples]

    def chance(i: int) -> Chance:
        sample = samples[i]
        calls = [draw.call for draw in sample.draws]
        return of_calls(values[i], partial(measure.value, sample), calls, measure.bounds_of(len(calls)))

    return PromptValues(values, chance)


def _reliability(samples: Sequence[Sample]) -> list[ReliabilityBin]:
    pairs = [pair for sample in samples for pair in zip(*statements(sample), strict=True)]
    return reliability_table([p for p, _ in pairs], [o for _, o in pairs]) if pairs else []
