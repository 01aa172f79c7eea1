"""The report of a comparison: one HTML file, with nothing in it that runs and nothing that it loads."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from ...values.sameness import text_key
from ..draws import Draw
from ..findings import Findings
from .charts import colour, panel, reliability, tradeoff
from .rendering import render

__all__ = ["fragment", "html"]

_HEADLINE = ("diversity", "vendi", "duplicates", "quality", "kl", "tokens")
_SHOWN = 8  # answers of a method before the rest is folded away


@dataclass(frozen=True, slots=True)
class _Answer:
    """One text, however often it came."""

    text: str
    count: int
    share: float
    stated: float | None
    score: float | None
    tag: str | None


def html(comparison: Findings) -> str:
    """The whole page."""
    return render("report.html.jinja", **_variables(comparison))


def fragment(comparison: Findings) -> str:
    """The estimates alone, for notebooks."""
    return render("fragment.html.jinja", **_variables(comparison))


def _variables(comparison: Findings) -> dict[str, Any]:
    colours = {label: colour(comparison, label) for label in comparison.labels}
    return {
        "comparison": comparison,
        "colours": colours,
        "headlines": _headlines(comparison),
        "panels": [(measure, panel(comparison, measure)) for measure in comparison.measures()],
        "tradeoff": tradeoff(comparison),
        "reliability": reliability(comparison),
        "prompts": [
            (prompt, [(label, *_answers(comparison.answers(prompt, label))) for label in comparison.labels])
            for prompt in comparison.prompts
        ],
        "shown": _SHOWN,
        "version": version("verbalized-sampling-core"),
    }


def _headlines(comparison: Findings) -> list[dict[str, Any]]:
    """For each method but the baselines: the few differences that matter most."""
    found = []
    for label in comparison.labels:
        own = comparison.metrics.get(label, {})
        before = comparison.metrics.get(comparison.baseline[label], {})
        cards = [
            {"measure": m, "estimate": e, "difference": e.difference, "before": before[m.name]}
            for m in comparison.measures()
            if m.name in _HEADLINE and (e := own.get(m.name)) is not None and e.difference is not None
        ]
        if cards:
            found.append({"label": label, "baseline": comparison.baseline[label], "cards": cards})
    return found


def _answers(draws: list[Draw]) -> tuple[list[_Answer], int]:
    """The different answers, the most frequent first, and how many there are in all."""
    groups: dict[tuple[str, str | None], list[Draw]] = {}
    for draw in draws:
        tag = None if draw.is_answer else "refused" if draw.refused else "no answer"
        groups.setdefault((text_key(draw.text), tag), []).append(draw)
    total = sum(draw.is_answer for draw in draws)
    answers = []
    for (_, tag), members in groups.items():
        stated = [d.verbalized for d in members if d.verbalized is not None]
        first = members[0]
        answers.append(
            _Answer(
                text=first.text or first.error or "(nothing)",
                count=len(members),
                share=len(members) / total if total and tag is None else 0.0,
                stated=sum(stated) / len(stated) if stated else None,
                score=first.score,
                tag=tag,
            )
        )
    answers.sort(key=lambda a: (a.tag is not None, -a.count))
    return answers, total
