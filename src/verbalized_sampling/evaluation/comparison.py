"""What a comparison found."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..bulk import Progress
from ..errors import SettingsError
from .contestants import Contestant
from .draws import Draw
from .intervals import ENOUGH_PROMPTS, Difference, Estimate, PromptValues, estimates
from .jackknife import jackknife
from .measures import MEASURES, Measure, Sample, reference_of, statements
from .metrics.calibration import ReliabilityBin, reliability_table
from .metrics.embedders import Embedder
from .naming import is_small

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Comparison", "compared"]

_MUCH = 0.2  # of the runs without an answer, from which on it is worth a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
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

    def answers(self, prompt: str, label: str) -> list[Draw]:
        """What a method gave for a prompt, failed runs included."""
        return [d for d in self.draws if d.prompt == prompt and self.label_of[d.method, d.model, d.tau] == label]

    def verdicts(self) -> list[str]:
        """In one sentence a metric and method: what differs from the baseline, and what can't be told."""
        said: list[str] = []
        for label in self.labels:
            baseline = self.baseline[label]
            if label == baseline:
                continue
            for measure in self.measures():
                estimate = self.metrics.get(label, {}).get(measure.name)
                if estimate is None or estimate.difference is None:
                    continue
                said.append(_verdict(measure, label, baseline, estimate.difference))
        return said

    def table(self, form: Literal["markdown", "json", "csv"] = "markdown") -> str:
        """The estimates as text.

        Args:
            form: ``markdown`` with intervals; ``json`` with everything but the draws; ``csv``, a row an estimate.

        Raises:
            SettingsError: The form is none of these.
        """
        if form == "json":
            return json.dumps(self.as_dict(), ensure_ascii=False, indent=2, allow_nan=False)
        rows = [(m, label, e) for m in self.measures() for label in self.labels if (e := self._at(label, m))]
        if form == "csv":
            out = io.StringIO()
            write = csv.writer(out).writerow
            write(["metric", "method", "value", "low", "high", "difference", "difference_low", "difference_high",
                   "n", "prompts", "embedder"])  # fmt: skip
            for measure, label, e in rows:
                d = e.difference
                write([measure.name, label, e.value, e.low, e.high, *((d.value, d.low, d.high) if d else ("", "", "")),
                       e.n, e.prompts, e.embedder or ""])  # fmt: skip
            return out.getvalue()
        if form != "markdown":
            raise SettingsError(f"a table is markdown, json or csv, not {form!r}")
        head = ["metric", *(f"{label} (baseline)" if self.baseline[label] == label else label for label in self.labels)]
        lines = [head, ["---"] * len(head)]
        for measure in self.measures():
            cells = [str(self._at(label, measure) or "–") for label in self.labels]
            lines.append([f"{measure.title} ({measure.better} is better)", *cells])
        escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
        return "\n".join("| " + " | ".join(line) + " |" for line in escaped) + "\n"

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

    def plot(self, kind: Literal["bars", "tradeoff", "reliability"] = "bars", path: str | Path | None = None) -> str:
        """A picture as SVG, written to ``path`` if one is given: the same that stands in the report.

        Raises:
            SettingsError: There is no such picture, or nothing to draw it of.
        """
        from .reporting.charts import chart

        svg = chart(self, kind)
        if path is not None:
            Path(path).write_text(svg, encoding="utf-8")
        return svg

    def report(self, path: str | Path) -> Path:
        """Writes the report: one HTML file that needs nothing else, and can be sent to anybody."""
        from .reporting.report import html

        path = Path(path)
        path.write_text(html(self), encoding="utf-8", errors="replace")
        return path

    def _at(self, label: str, measure: Measure) -> Estimate | None:
        return self.metrics.get(label, {}).get(measure.name)

    def __rich__(self) -> Table:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        grid.add_column("")
        for label in self.labels:
            grid.add_column(Text(label + (" (baseline)" if self.baseline[label] == label else "")), overflow="fold")
        for measure in self.measures():
            cells = []
            for label in self.labels:
                estimate = self._at(label, measure)
                text = Text(str(estimate or "–"))
                if estimate and estimate.difference and estimate.difference.is_clear and measure.better:
                    text.append(" ▲" if estimate.difference.value > 0 else " ▼", "bold")
                cells.append(text)
            grid.add_row(Text(measure.title), *cells)
        return grid

    def _repr_html_(self) -> str:
        from .reporting.report import fragment

        return fragment(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.labels)} on {len(self.prompts)} prompts, {len(self.draws)} draws>"


def compared(
    draws: Iterable[Draw],
    contestants: Sequence[Contestant],
    *,
    prompts: Sequence[str],
    embedder: Embedder,
    references: Mapping[str, Mapping[str, float] | Collection[str]] | None = None,
    take: str = "all",
    progress: Progress | None = None,
    seed: int = 0,
) -> Comparison:
    """Measures draws: equal numbers of answers for all, prompt by prompt."""
    draws = list(draws)
    label_of = {(c.method, c.model, c.tau): c.label for c in contestants}
    labels = [c.label for c in contestants]
    cells: dict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in draws:
        cells[draw.prompt, label_of[draw.method, draw.model, draw.tau]].append(draw)
    truth = {prompt: reference_of(reference) for prompt, reference in (references or {}).items()}
    answers = {cell: [d for d in members if d.is_answer] for cell, members in cells.items()}
    least = {p: min(len(answers.get((p, label), ())) for label in labels) for p in prompts}
    used = [p for p in prompts if least[p] >= 2]
    # Embedded at once: an endpoint is asked in few requests, and equal texts but once.
    known = embedder.remembering(d.text for members in answers.values() for d in members)
    samples = {(p, label): Sample(answers[p, label][: least[p]], known, truth.get(p)) for p in used for label in labels}
    baseline = {c.label: c.baseline for c in contestants}
    counts = [float(least[p]) for p in used]
    metrics: dict[str, dict[str, Estimate]] = {label: {} for label in labels}
    for measure in MEASURES:
        values = {label: _values(measure, [samples[p, label] for p in used]) for label in labels}
        found = estimates(
            values, baseline, counts, bounds=measure.bounds, seed=seed,
            embedder=known.name if measure.by_meaning else None,
        ) if used else {}  # fmt: skip
        for label, estimate in found.items():
            metrics[label][measure.name] = estimate
    reliability = {label: bins for label in labels if (bins := _reliability([samples[p, label] for p in used]))}
    calls = progress.calls if progress else len({(d.prompt, d.method, d.model, d.tau, d.call) for d in draws})
    return Comparison(
        metrics={label: found for label, found in metrics.items() if found},
        draws=draws,
        prompts=list(prompts),
        labels=labels,
        baseline=baseline,
        notes=list(_notes(draws, cells, contestants, prompts, least, take, progress)),
        embedder=known.name,
        take=take,
        calls=calls,
        cost=progress.cost if progress and progress.usage.output_tokens else None,
        reliability=reliability,
        taus={c.label: c.tau for c in contestants},
        label_of=label_of,
    )


def _values(measure: Measure, samples: Sequence[Sample]) -> PromptValues:
    values, errors, freedom = [], [], []
    inner = len(samples) < ENOUGH_PROMPTS
    for sample in samples:
        value = measure.value(sample, range(len(sample.draws)))
        error, degrees = math.nan, 0.0
        if inner and not math.isnan(value):
            calls = [draw.call for draw in sample.draws]
            error, degrees = jackknife(lambda kept, s=sample: measure.value(s, kept), calls)  # type: ignore[misc]
        values.append(value)
        errors.append(error)
        freedom.append(degrees)
    return PromptValues(values, errors, freedom)


def _reliability(samples: Sequence[Sample]) -> list[ReliabilityBin]:
    pairs = [pair for sample in samples for pair in zip(*statements(sample), strict=True)]
    return reliability_table([p for p, _ in pairs], [o for _, o in pairs]) if pairs else []


def _verdict(measure: Measure, label: str, baseline: str, difference: Difference) -> str:
    if difference.low is None:
        return f"{measure.title}: too few calls a prompt to tell whether {label} differs from {baseline}."
    interval = f"{difference.value:+.3g} [{difference.low:+.3g}, {difference.high:+.3g}]"
    if not difference.is_clear:
        return f"{measure.title}: whether {label} differs from {baseline} can't be told at this n ({interval})."
    word = "higher" if difference.value > 0 else "lower"
    good = "" if not measure.better else " (better)" if word == measure.better else " (worse)"
    return f"{measure.title}: {label} is {word}{good} than {baseline} by {interval}."


def _notes(
    draws: Sequence[Draw],
    cells: Mapping[tuple[str, str], Sequence[Draw]],
    contestants: Sequence[Contestant],
    prompts: Sequence[str],
    least: Mapping[str, int],
    take: str,
    progress: Progress | None,
) -> Iterable[str]:
    used = [least[p] for p in prompts if least[p] >= 2]
    if used:
        span = f"{min(used)}" if min(used) == max(used) else f"{min(used)} to {max(used)}"
        yield f"For each prompt the first {span} answers of each method count, as many as the one with the fewest gave."
    for prompt in prompts:
        if least[prompt] < 2:
            yield f"Left out, because a method gave fewer than two answers: {prompt}"
    if 0 < len(used) < ENOUGH_PROMPTS:
        yield (
            f"Intervals are about {'this prompt' if len(used) == 1 else 'just these prompts'}: with fewer than "
            f"{ENOUGH_PROMPTS} nothing can be told of others."
        )
    if take == "sample" or any(d.weight < 1 for d in draws if d.is_answer):
        how = "one answer of each reply counts, drawn by weight" if take == "sample" else "all answers of a reply count"
        yield f"Of methods that ask for several answers, {how}; weights are part of KL and calibration."
    for model in dict.fromkeys(c.model for c in contestants):
        if is_small(model):
            yield f"{model} is too small to judge the method by: larger models gain more (arXiv 2510.01171, section 5)."
    for contestant in contestants:
        mine = [d for (_, label), members in cells.items() if label == contestant.label for d in members]
        runs = len({(d.prompt, d.call) for d in mine})
        failed = Counter("refused" if d.refused else "could not be read" for d in mine if not d.is_answer)
        for what, count in failed.items():
            much = ", which is a lot" if count > _MUCH * runs else ""
            yield f"{contestant.label}: {count} of {runs} runs {what}{much}."
    if progress and progress.stopped:
        yield f"It ended before its end: {progress.stopped}."
