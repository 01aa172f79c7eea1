"""Roll a die: how far from fair is it?

    python examples/evaluation/random_numbers.py --model openai:gpt-6.1-terra -n 600

The paper's figures: KL to uniform 0.027, against 0.926 by direct prompting.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from model_option import options

from verbalized_sampling import Distribution, verbalize
from verbalized_sampling.evaluation import chi_square_uniform, kl_to_uniform

QUESTION = "Roll a fair six-sided die. Only give the number."
REPLIES = 20  # of the method; direct prompting is asked as many times


def face(text: str) -> str:
    found = re.search(r"\b[1-6]\b", text)
    return found[0] if found else ""


def main(model: Any = None, n: int = 600) -> dict[str, float]:
    standard = verbalize(QUESTION, model=model, k=6, calls=REPLIES, seed=0).map(face).filter(lambda c: bool(c.text))
    direct = verbalize(QUESTION, model=model, variant="direct", k=REPLIES, seed=0).map(face)
    kl = {}
    for name, rolls in (("standard", rolled(standard, n)), ("direct", counted(direct))):
        kl[name] = kl_to_uniform(rolls, 6) if rolls else float("inf")
        print(f"{name}: KL to uniform {kl[name]:.3f}, rolls {dict(sorted(rolls.items()))}")
    print("(the paper: 0.027 against 0.926)")
    print(f"p of so uneven rolls from a fair die: {chi_square_uniform(rolled(standard, n), 6).p_value:.3f}")
    return kl


def rolled(faces: Distribution[str], n: int) -> Counter[str]:
    return Counter(c.text for c in faces.sample(n, seed=1))


def counted(faces: Distribution[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for candidate in faces:
        if candidate.text:
            counts[candidate.text] += candidate.count
    return counts


if __name__ == "__main__":
    main(**options(n=600))
