"""How often the embedded model gives five candidates, and how many of their texts are distinct.

Run it with ``uv run python tests/benchmarks/embedded_model.py``; it takes some minutes.
"""

from __future__ import annotations

import time

from verbalized_sampling import VerbalizedSamplingError, verbalize
from verbalized_sampling.adapters import text_key

QUERIES = [
    "Tell me a joke about coffee",
    "Tell me a joke",
    "Write a one-line poem about the sea",
    "Name a US state",
    "Suggest a name for a cat",
    "Give me a dinner idea",
    "What should I do on a rainy Sunday?",
    "Write a birthday wish for my sister",
    "Suggest a title for a mystery novel",
    "Give me a tip for sleeping better",
]
SEEDS = (1, 2, 3)


def main() -> None:
    complete = distinct = texts = 0
    seconds = []
    for query in QUERIES:
        for seed in SEEDS:
            start = time.perf_counter()
            try:
                # One call each: no top-up may hide a bad reply.
                d = verbalize(query, k=5, seed=seed, max_extra_calls=0)
            except VerbalizedSamplingError as error:
                print(f"{query} (seed {seed}): {error}")
                continue
            seconds.append(time.perf_counter() - start)
            in_range = all(c.verbalized is not None and 0 < c.verbalized < 1 for c in d)
            complete += len(d) == 5 and in_range and not d.truncated
            texts += len(d)
            distinct += len({text_key(c.text) for c in d})
    runs = len(QUERIES) * len(SEEDS)
    print(f"five candidates, all probabilities within (0, 1): {complete} of {runs} replies")
    print(f"distinct texts within their reply: {distinct} of {texts}")
    print(f"seconds a reply: median {sorted(seconds)[len(seconds) // 2]:.1f}, longest {max(seconds):.1f}")


if __name__ == "__main__":
    main()
