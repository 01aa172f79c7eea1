"""Maths questions as training data: are they diverse, and does a classifier learn more from them?

    python examples/evaluation/synthetic_data.py --model openai:gpt-6.1-terra -n 25

For each kind of arithmetic, questions are asked for directly and by the method; a small classifier (nearest centroid
on hashed words) learns the kind from each set and is tested on questions that people wrote. The paper's figures are of
a larger thing: 37.5 % accuracy of a model tuned on data by VS-Multi, 30.6 % on the baseline's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from model_option import options

from verbalized_sampling import verbalize
from verbalized_sampling.evaluation import duplicate_rate, embedder_of, mean_distinct_n, mean_rouge_l

KINDS = ("addition", "subtraction", "multiplication", "division")
TEST = {
    "addition": [
        "Ann has 3 apples and buys 4 more. How many apples does she have altogether?",
        "A bus carries 12 people and 7 more get on. How many people are on it in total?",
        "One shelf holds 15 books, the other 9. What is the sum?",
    ],
    "subtraction": [
        "Tom had 10 marbles and lost 4. How many are left?",
        "A rope is 20 m long; 6 m are cut off. How much remains?",
        "What is the difference between 31 and 17?",
    ],
    "multiplication": [
        "There are 6 boxes with 8 pencils each. How many pencils are there?",
        "A car drives 60 km every hour. How far does it get in 3 hours?",
        "What is the product of 7 and 9?",
    ],
    "division": [
        "24 sweets are shared equally among 6 children. How many does each get?",
        "A ribbon of 45 cm is split into 5 equal pieces. How long is each piece?",
        "How many groups of 4 fit into 32?",
    ],
}


def main(model: Any = None, n: int = 25) -> dict[str, float]:
    accuracy = {}
    for variant in ("direct", "multi"):
        data = {kind: questions(model, kind, variant, n) for kind in KINDS}
        texts = [text for some in data.values() for text in some]
        accuracy[variant] = tested(data)
        overlap = sum(mean_rouge_l(some) for some in data.values() if len(some) > 1) / len(KINDS)
        print(
            f"{variant}: {len(texts)} questions, duplicates {duplicate_rate(texts):.2f}, distinct-n "
            f"{mean_distinct_n(texts):.3f}, ROUGE-L {overlap:.3f}, accuracy {accuracy[variant]:.1%}"
        )
    print("(the paper, tuning a language model: 37.5 % against 30.6 %)")
    return accuracy


def questions(model: Any, kind: str, variant: Any, n: int) -> list[str]:
    query = f"Write a short word problem that is solved by one {kind}. Only give the problem."
    k = n if variant == "direct" else 5
    found = verbalize(query, model=model, variant=variant, k=k, total=n, words=25, seed=0)
    return [c.text for c in found for _ in range(c.count)]


def tested(data: dict[str, list[str]]) -> float:
    embed = embedder_of("words")
    centroids = np.array([unit(embed(texts)).mean(axis=0) for texts in data.values()])
    right = 0
    for kind, texts in TEST.items():
        nearest = (unit(embed(texts)) @ unit(centroids).T).argmax(axis=1)
        right += sum(list(data)[i] == kind for i in nearest)
    return right / sum(map(len, TEST.values()))


def unit(vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


if __name__ == "__main__":
    main(**options(n=25))
