"""How often a 95 % interval holds the truth: on a planted model, whose diversity is known exactly.

Run it as ``python tests/benchmarks/evaluation/interval_coverage.py [experiments]``; RESULTS.md has the last figures.

Each prompt has modes of its own with known probabilities. ``direct`` draws one mode a call. ``list`` draws five a call
that depend on each other: within a call none comes twice. Two texts are alike if they are of one mode, so the
diversity of independent draws is 1 − Σ p²; that of the lists follows from pairs within and between calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np

from verbalized_sampling.evaluation.intervals import Estimate, PromptValues, estimates
from verbalized_sampling.evaluation.jackknife import jackknife

MODES, K = 12, 5


def ranked(rng: np.random.Generator) -> np.ndarray:
    """A prompt as models answer it: a favourite and a tail (Zipf), anywhere from flat to collapsed onto the first."""
    weights = np.arange(1.0, MODES + 1) ** -rng.uniform(0.0, 2.5)
    return weights / weights.sum()


def skewed(rng: np.random.Generator) -> np.ndarray:
    """A prompt of a harder kind: most are nearly flat, and a few are far from it (Dirichlet)."""
    return rng.dirichlet(np.full(MODES, rng.uniform(0.5, 3.0)))


def flatter(p: np.ndarray) -> np.ndarray:
    return np.sqrt(p) / np.sqrt(p).sum()


def direct_truth(p: np.ndarray) -> float:
    return 1.0 - float((p**2).sum())


def list_truth(p: np.ndarray, n: int, rng: np.random.Generator) -> float:
    """Pairs within a call are never alike; for those between calls, the chance that a place of a list holds a mode."""
    calls = n // K
    within = calls * K * (K - 1) / 2
    marginal = np.bincount(lists(p, 20_000, rng).ravel(), minlength=MODES) / (20_000 * K)
    pairs = n * (n - 1) / 2
    return float(within + (pairs - within) * (1.0 - (marginal**2).sum())) / pairs


def draws(p: np.ndarray, n: int, method: str, rng: np.random.Generator) -> tuple[np.ndarray, list[int]]:
    if method == "direct":
        return rng.choice(MODES, n, p=p), list(range(n))
    return lists(p, n // K, rng).ravel(), [i // K for i in range(n)]


def lists(p: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """So many lists of different modes, each drawn one after another by weight (the Gumbel top-k trick)."""
    return np.argsort(-(np.log(p) + rng.gumbel(size=(count, MODES))), axis=1)[:, :K]


def measured(modes: np.ndarray, calls: list[int], *, inner: bool) -> tuple[float, float, float]:
    def value(kept) -> float:
        counts = np.bincount(modes[list(kept)])
        total = counts.sum()
        return 1.0 - float((counts * (counts - 1)).sum()) / (total * (total - 1))

    error, freedom = jackknife(value, calls) if inner else (np.nan, 0.0)
    return value(range(len(modes))), error, freedom


def experiment(prompts: list[np.ndarray], n: int, rng: np.random.Generator, seed: int) -> dict[str, Estimate]:
    methods = {}
    for method in ("direct", "list"):
        rows = []
        for p in prompts:
            modes, calls = draws(p if method == "direct" else flatter(p), n, method, rng)
            rows.append(measured(modes, calls, inner=len(prompts) < 5))
        methods[method] = PromptValues(*map(list, zip(*rows, strict=True)))
    baselines = {"direct": "direct", "list": "direct"}
    return estimates(methods, baselines, [n] * len(prompts), bounds=(0.0, 1.0), seed=seed)


def coverage(
    n_prompts: int,
    n: int,
    experiments: int,
    planted: Callable[[np.random.Generator], np.ndarray] = ranked,
    seed: int = 0,
) -> Iterator[tuple[str, float]]:
    """The share of intervals that hold the truth, for each number that is estimated."""
    rng = np.random.default_rng([seed, n_prompts, n])
    population = [planted(rng) for _ in range(400)]
    truths = np.array([(direct_truth(p), list_truth(flatter(p), n, rng)) for p in population])
    hits = {"direct": 0, "list": 0, "difference": 0}
    for i in range(experiments):
        chosen = rng.integers(0, len(population), n_prompts)
        # Few prompts: the numbers are about these; many: about all that are like them.
        truth = truths[chosen].mean(axis=0) if n_prompts < 5 else truths.mean(axis=0)
        found = experiment([population[c] for c in chosen], n, rng, i)
        difference = found["list"].difference
        for name, at, low, high in (
            ("direct", truth[0], found["direct"].low, found["direct"].high),
            ("list", truth[1], found["list"].low, found["list"].high),
            ("difference", truth[1] - truth[0], difference.low, difference.high),
        ):
            hits[name] += low <= at <= high
    for name, count in hits.items():
        yield name, count / experiments


if __name__ == "__main__":
    experiments = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("| population | prompts | answers | direct | list | difference |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for planted in (ranked, skewed):
        for n_prompts, n in ((1, 30), (3, 30), (3, 100), (5, 30), (10, 30), (30, 30)):
            shares = " | ".join(f"{100 * share:.1f} %" for _, share in coverage(n_prompts, n, experiments, planted))
            print(f"| {planted.__name__} | {n_prompts} | {n} | {shares} |", flush=True)
