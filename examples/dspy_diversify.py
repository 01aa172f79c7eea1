"""Writes a data set for a DSPy program with a model, then trains the program on one part and evaluates it on the other.

Set OPENAI_API_KEY, and OPENAI_BASE_URL if it is not OpenAI's own.
"""

import os
import random

import dspy
from dspy_verbalized_sampling import diversify

KINDS = ["a complaint", "a question", "praise"]


def examples(total: int) -> list[dspy.Example]:
    """Messages of each kind: many ways to write one, in place of the most typical way many times."""
    write = dspy.Signature("kind -> message", "Write a short message of this kind from a customer of a tea shop.")
    written = diversify(write, [{"kind": kind} for kind in KINDS], total=total, k=5, tau=0.2)
    random.Random(7).shuffle(written)
    # What was written becomes the input, and what it was written for the label.
    return [example.without("weight").with_inputs("message") for example in written]


def same(example: dspy.Example, prediction: dspy.Prediction, *_: object) -> bool:
    return bool(example.kind == prediction.kind)


def main() -> None:
    data = examples(total=30)
    half = len(data) // 2
    evaluate = dspy.Evaluate(devset=data[half:], metric=same, num_threads=4)

    sort = dspy.Predict(dspy.Signature("message -> kind", f"Sort a message of a customer: {', '.join(KINDS)}."))
    optimizer = dspy.BootstrapFewShot(metric=same, max_bootstrapped_demos=3, max_labeled_demos=6)
    trained = optimizer.compile(sort, trainset=data[:half])

    print(f"{len(data)} examples, {len(trained.demos)} demos")
    print(f"before: {evaluate(sort).score:.0f} % right, after: {evaluate(trained).score:.0f} %")


if __name__ == "__main__":
    with dspy.context(lm=dspy.LM(f"openai/{os.environ.get('OPENAI_MODEL', 'gpt-6.1-terra')}")):
        main()
