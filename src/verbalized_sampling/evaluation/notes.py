"""What has to be known to read the numbers of a comparison, a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..bulk import Progress
from .contestants import Contestant
from .draws import Draw
from .estimate import Estimate
from .intervals import ENOUGH_PROMPTS
from .naming import is_small

__all__ = ["of_models", "of_numbers", "of_prompts", "of_runs"]

_MUCH = 0.2  # of the runs without an answer, from which on it is worth a note


def of_prompts(least: Mapping[str, int]) -> Iterable[str]:
    """How many answers and prompts count; ``least`` has the answers of the method with the fewest, by prompt."""
    used = [count for count in least.values() if count >= 2]
    if used:
        span = f"{min(used)}" if min(used) == max(used) else f"{min(used)} to {max(used)}"
        yield f"For each prompt the first {span} answers of each method count, as many as the one with the fewest gave."
    for prompt, count in least.items():
        if count < 2:
            yield f"Left out, because a method gave fewer than two answers: {prompt}"
    if 0 < len(used) < ENOUGH_PROMPTS:
        yield (
            f"Intervals are about {'this prompt' if len(used) == 1 else 'just these prompts'}: with fewer than "
            f"{ENOUGH_PROMPTS} nothing can be told of others."
        )


def of_numbers(estimates: Iterable[Estimate]) -> Iterable[str]:
    """What the marks beside numbers mean, if there are any."""
    found = list(estimates)
    if any(e.low is not None and not e.spread_seen for e in found):
        yield (
            "* For a prompt, or from prompt to prompt, all came out alike and no spread was seen: the interval is what "
            "so many can miss (rule of three)."
        )
    if any(e.low is None for e in found):
        yield "[?] No interval can be told: there was one call, or all came out alike in a number without a bound."


def of_models(contestants: Sequence[Contestant], draws: Sequence[Draw], take: str) -> Iterable[str]:
    """How replies count, and which models are too small to judge by."""
    if take == "sample" or any(d.weight < 1 for d in draws if d.is_answer):
        how = "one answer of each reply counts, drawn by weight" if take == "sample" else "all answers of a reply count"
        yield f"Of methods that ask for several answers, {how}; weights are part of KL and calibration."
    for model in dict.fromkeys(c.model for c in contestants):
        if is_small(model):
            yield f"{model} is too small to judge the method by: larger models gain more (arXiv 2510.01171, section 5)."


def of_runs(draws: Mapping[str, Sequence[Draw]], progress: Progress | None) -> Iterable[str]:
    """Which runs, by label, gave no answer, and whether the job ended early."""
    for label, mine in draws.items():
        runs = len({(d.prompt, d.call) for d in mine})
        failed = Counter("refused" if d.refused else "could not be read" for d in mine if not d.is_answer)
        for what, count in failed.items():
            much = ", which is a lot" if count > _MUCH * runs else ""
            yield f"{label}: {count} of {runs} runs {what}{much}."
    if progress and progress.stopped:
        yield f"It ended before its end: {progress.stopped}."
