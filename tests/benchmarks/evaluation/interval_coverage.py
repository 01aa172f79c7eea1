"""How often a 95 % interval holds the truth: on a planted model, whose diversity is known exactly.

Run it as ``python tests/benchmarks/evaluation/interval_coverage.py [experiments]``; RESULTS.md has the last figures.

Each prompt has modes of its own with known probabilities. ``direct`` draws one mode a call. ``list`` draws five a call
that depend on each other: within a call none comes twice. Two texts are alike if they are of one mode, so the
diversity of independent draws is 1 − Σ p²; that of the lists follows from pairs within and between calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from verbalized_sampling.evaluation.chance import Chance, of_calls
from verbalized_sampling.evaluation.estimate import Estimate
from verbalized_sampling.evaluation.intervals import PromptValues, estimates

MODES, K = 12, 5
POOL, LISTS = 2000, 2000  # prompts that the model knows, and lists that show how often each mode is in one
BOUNDS = (0.0, 1.0)
ROWS = ((1, 30), (3, 30), (3, 100), (5, 30), (7, 30), (10, 30), (20, 30), (30, 30))


def ranked(rng: np.random.Generator) -> np.ndarray:
    """A prompt as models answer it: a favourite and a tail (Zipf), anywhere from flat to collapsed onto the first."""
    weights = np.arange(1.0, MODES + 1) ** -rng.uniform(0.0, 2.5)
    return weights / weights.sum()


def skewed(rng: np.random.Generator) -> np.ndarray:
    """A prompt of a harder kind: most are nearly flat, and a few are far from it (Dirichlet)."""
    return rng.dirichlet(np.full(MODES, rng.uniform(0.5, 3.0)))


def collapsed(rng: np.random.Generator) -> np.ndarray:
    """A prompt with a favourite of 70 to 100 %: many a sample shows no spread at all."""
    favourite = rng.uniform(0.7, 1.0)
    return np.array([favourite, *[(1 - favourite) / (MODES - 1)] * (MODES - 1)])


def flatter(p: np.ndarray) -> np.ndarray:
    return np.sqrt(p) / np.sqrt(p).sum(axis=-1, keepdims=True)


def lists(p: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Of each prompt so many lists of different modes, drawn one after another by weight (the Gumbel top-k trick)."""
    noise = np.log(p)[..., None, :] + rng.gumbel(size=(*p.shape[:-1], count, MODES))
    return np.argpartition(-noise, K - 1, axis=-1)[..., :K]


def draws(p: np.ndarray, n: int, method: str, rng: np.random.Generator) -> np.ndarray:
    """Of each prompt ``n`` modes, call after call."""
    if method == "list":
        return lists(flatter(p), n // K, rng).reshape(*p.shape[:-1], n)
    return (rng.random((*p.shape[:-1], n, 1)) > p.cumsum(axis=-1)[..., None, :-1]).sum(axis=-1)


def diversity(modes: np.ndarray) -> np.ndarray:
    """Of each row, the share of pairs that are unlike."""
    n = modes.shape[-1]
    counts = (modes[..., None] == np.arange(MODES)).sum(axis=-2)
    return 1.0 - (counts * (counts - 1)).sum(axis=-1) / (n * (n - 1))


def truths(pool: np.ndarray, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Of each prompt the diversity of direct draws, and that of lists.

    Pairs within a list are never alike; for those between lists, it is the chance that a place of a list holds a mode.
    """
    between = np.empty(len(pool))
    for i, p in enumerate(pool):
        marginal = np.bincount(lists(flatter(p), LISTS, rng).ravel(), minlength=MODES) / (LISTS * K)
        between[i] = 1.0 - (marginal**2).sum()
    within, pairs = n // K * K * (K - 1) / 2, n * (n - 1) / 2
    return 1.0 - (pool**2).sum(axis=1), (within + (pairs - within) * between) / pairs


def of_methods(modes: dict[str, np.ndarray]) -> dict[str, PromptValues]:
    """The diversity of each method, prompt by prompt."""
    found = {}
    for method, rows in modes.items():
        values = diversity(rows).tolist()
        calls = [i // (K if method == "list" else 1) for i in range(rows.shape[1])]

        def chance(i: int, rows=rows, values=values, calls=calls) -> Chance:
            return of_calls(values[i], partial(_of_kept, rows[i]), calls, BOUNDS)

        found[method] = PromptValues(values, chance)
    return found


def _of_kept(modes: np.ndarray, kept) -> float:
    counts, n = np.bincount(modes[kept]), len(kept)
    return 1.0 - float(counts @ counts - n) / (n * (n - 1))


def coverage(
    n_prompts: int,
    n: int,
    experiments: int,
    planted: Callable[[np.random.Generator], np.ndarray] = ranked,
    seed: int = 0,
) -> Iterator[tuple[str, float]]:
    """The share of intervals that hold the truth, for each number that is estimated."""
    rng = np.random.default_rng([seed, n_prompts, n])
    pool = np.array([planted(rng) for _ in range(POOL)])
    known = dict(zip(("direct", "list"), truths(pool, n, rng), strict=True))
    baselines = {"direct": "direct", "list": "direct"}
    hits = {"direct": 0, "list": 0, "difference": 0}
    for _ in range(experiments):
        chosen = rng.integers(0, POOL, n_prompts)
        # Few prompts: the numbers are about these; many: about all that are like them.
        truth = {method: (of[chosen] if n_prompts < 5 else of).mean() for method, of in known.items()}
        values = of_methods({method: draws(pool[chosen], n, method, rng) for method in known})
        found = estimates(values, baselines, [n] * n_prompts, bounds=BOUNDS)
        for method, estimate in found.items():
            hits[method] += holds(estimate, truth[method])
        hits["difference"] += holds(found["list"].difference, truth["list"] - truth["direct"])
    for name, count in hits.items():
        yield name, count / experiments


def holds(interval: Estimate, truth: float) -> bool:
    return interval.low <= truth <= interval.high


if __name__ == "__main__":
    experiments = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("| population | prompts | answers | direct | list | difference |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for planted in (ranked, skewed, collapsed):
        for n_prompts, n in ROWS:
            shares = " | ".join(f"{100 * share:.1f} %" for _, share in coverage(n_prompts, n, experiments, planted))
            print(f"| {planted.__name__} | {n_prompts} | {n} | {shares} |", flush=True)
