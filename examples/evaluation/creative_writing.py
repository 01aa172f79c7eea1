"""Jokes: how much more varied are they, and at the cost of what?

    python examples/evaluation/creative_writing.py --model openai:gpt-6.1-terra -n 30

The paper's figure: 1.6 to 2.1 times the semantic diversity of direct prompting, over poems, stories and jokes.
"""

from __future__ import annotations

from typing import Any

from model_option import options

from verbalized_sampling.evaluation import Comparison, compare

TOPICS = ("coffee", "cats", "the office", "rain", "mathematics", "trains")


def main(model: Any = None, n: int = 30) -> Comparison:
    result = compare([f"Tell me a joke about {topic}" for topic in TOPICS], model, methods=("direct", "standard"), n=n)
    direct, standard = result.metrics["direct"], result.metrics["standard"]
    for name in ("diversity", "rouge_l"):
        print(f"{name}: direct {direct[name]}, standard {standard[name]}")
    ratio = standard["diversity"].value / max(direct["diversity"].value, 1e-9)
    print(f"semantic diversity, standard to direct: {ratio:.2f} (the paper: 1.6 to 2.1)")
    for note in result.notes:
        print("-", note)
    return result


if __name__ == "__main__":
    main(**options(n=30))
