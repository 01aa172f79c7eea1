"""Name a US state: is the distribution that a model states the one that it learned?

    python examples/evaluation/enumerative_qa.py --model openai:gpt-6.1-terra -n 10

The reference is how often each state's name comes in a corpus of pre-training (us_states.json, counts in thousands).
The paper's figure: KL(reference ‖ generated) = 0.12, over 10 trials.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from model_option import options

from verbalized_sampling import verbalize
from verbalized_sampling.evaluation import average_distribution, kl_divergence, kl_to_uniform

QUESTION = "Name a US state. Only give its name."
REFERENCE: dict[str, int] = json.loads(Path(__file__).with_name("us_states.json").read_text(encoding="utf-8"))[
    "thousands"
]


def state(text: str) -> str:
    """The name as the reference spells it; what is no state stays what it is."""
    return {name.casefold(): name for name in REFERENCE}.get(text.strip(" .").casefold(), text)


def main(model: Any = None, n: int = 10) -> dict[str, float]:
    trials = []
    for trial in range(n):
        found = verbalize(QUESTION, model=model, k=50, seed=trial, on_empty="return").map(state)
        right = [(c.text, c.probability) for c in found if c.text in REFERENCE]
        trials += [right] if right else []
    direct = verbalize(QUESTION, model=model, variant="direct", k=10 * n, seed=0).map(state)
    counts = Counter({c.text: c.count for c in direct if c.text in REFERENCE})
    kl = {"standard": kl_divergence(REFERENCE, average_distribution(trials)) if trials else float("inf")}
    kl["direct"] = kl_divergence(REFERENCE, counts) if counts else float("inf")
    print(f"KL(reference || generated), matched names, nats: {kl['standard']:.3f} (the paper: 0.12)")
    print(f"  the same of {10 * n} direct answers: {kl['direct']:.3f}, over {len(counts)} states")
    if counts:
        print(f"  their KL to a uniform distribution over 50: {kl_to_uniform(counts, 50):.3f}")
    return kl


if __name__ == "__main__":
    main(**options(n=10))
