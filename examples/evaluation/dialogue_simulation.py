"""Asking for a donation: do simulated people give as people do?

    python examples/evaluation/dialogue_simulation.py --model openai:gpt-6.1-terra -n 50

The paper compares simulated donations with those of PersuasionForGood, whose participants could give 0 to 2 dollars,
by the Kolmogorov-Smirnov statistic and L1, and finds the method on a par with a fine-tuned simulator for some models.
DONATIONS below is only a sketch of such a distribution (many give nothing, some half, some all): put yours in its
place.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from model_option import options

from verbalized_sampling import Elicitation, verbalize
from verbalized_sampling.evaluation import Speaker, ks_distance, l1_distance, simulate_dialogue

DONATIONS = [0.0] * 45 + [0.25] * 5 + [0.5] * 15 + [1.0] * 15 + [1.5] * 4 + [2.0] * 16
QUESTION = "How many dollars, from 0 to 2, do you give in the end? Only give the number."


def main(model: Any = None, n: int = 50) -> dict[str, tuple[float, float]]:
    found = {}
    for variant in ("standard", "direct"):
        elicitation: Elicitation[Any] = Elicitation(variant=variant, k=5 if variant == "standard" else 1)
        given = [donation(model, elicitation, seed) for seed in range(n)]
        known = [amount for amount in given if amount is not None]
        if not known:
            print(f"{variant}: no number was given")
            continue
        found[variant] = (ks_distance(known, DONATIONS), l1_distance(shares(known), shares(DONATIONS)))
        print(f"{variant}: KS {found[variant][0]:.3f}, L1 {found[variant][1]:.3f}, over {len(known)} dialogues")
    print("(0 is people's own distribution; the paper reports both)")
    return found


def donation(model: Any, elicitation: Elicitation[Any], seed: int) -> float | None:
    asker = Speaker(name="Ada", persona="You collect for a children's charity.", model=model, elicitation=elicitation)
    giver = Speaker(name="Bo", persona="You were paid 2 dollars for a survey.", model=model, elicitation=elicitation)
    dialogue = simulate_dialogue(asker, giver, turns=4, opening="Hi, how are you?", seed=10 * seed)
    answer = verbalize(dialogue.messages_for(giver, QUESTION), model=model, elicitation=elicitation, seed=seed)
    number = re.search(r"\d+(?:\.\d+)?", answer.sample(seed=seed).text)
    return min(float(number[0]), 2.0) if number else None


def shares(amounts: list[float]) -> Counter[str]:
    return Counter(f"{round(amount * 4) / 4:.2f}" for amount in amounts)


if __name__ == "__main__":
    main(**options(n=50))
