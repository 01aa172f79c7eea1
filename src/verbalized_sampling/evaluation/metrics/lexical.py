"""How much texts repeat each other's words, and their own.

The definitions are those of the published evaluation (arXiv 2510.01171, section 5): tokens are what ``str.split()``
gives, upper and lower case are told apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..extras import eval_extra

if TYPE_CHECKING:
    import numpy as np

__all__ = ["distinct_n", "mean_distinct_n", "mean_rouge_l", "pairwise_rouge_l", "rouge_l"]

_FIRST_CHARACTER = 0x10000  # of those that stand for a word: above the surrogates there are a million


def rouge_l(a: str, b: str) -> float:
    """ROUGE-L F1 of two texts: 2·LCS/(m + n), with LCS the longest common subsequence of their words.

    Range: 0 (no word in common, or a text without words) to 1 (the same words in the same order).
    Source: Lin, ROUGE (ACL 2004), with equal weight on precision and recall, as the paper's evaluation uses it.

    >>> rouge_l("the cat sat", "the cat ran")  # 2·2 / (3 + 3)
    0.6666666666666666
    """
    return float(pairwise_rouge_l([a, b])[0, 1])


def pairwise_rouge_l(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """ROUGE-L F1 of each text with each: a symmetric n × n array of floats in [0, 1]."""
    with eval_extra():
        import numpy as np
        from rapidfuzz.distance import LCSseq
        from rapidfuzz.process import cdist
    ids: dict[str, str] = {}
    # A text as a string of one character a word: comparing strings is what the library does fastest.
    words = ["".join(ids.setdefault(w, chr(_FIRST_CHARACTER + len(ids))) for w in text.split()) for text in texts]
    common = cdist(words, words, scorer=LCSseq.similarity, dtype=np.int32)
    lengths = np.array([len(w) for w in words])
    both = lengths[:, None] + lengths[None, :]
    return np.asarray(2.0 * common / np.maximum(both, 1))


def mean_rouge_l(texts: Sequence[str]) -> float:
    """Mean ROUGE-L F1 over all pairs of texts: how alike their wording is.

    Range: 0 (no words in common) to 1 (all the same). Pairs are to be of answers to one prompt.

    >>> round(mean_rouge_l(["the cat sat", "the cat ran", "a dog"]), 4)  # of 2/3, 0 and 0
    0.2222

    Raises:
        ValueError: There are fewer than two texts.
    """
    n = len(texts)
    if n < 2:
        raise ValueError("pairs need at least two texts")
    scores = pairwise_rouge_l(sorted(texts))  # sorted, so that the order of the texts changes no digit
    return float(scores.sum() - scores.trace()) / (n * (n - 1))


def distinct_n(text: str, n: int) -> float:
    """The share of n-grams of words in one text that are different: unique / all.

    Range: above 0 (all the same) to 1 (none comes again); 0 for a text of fewer than ``n`` words.
    Source: Li et al., A Diversity-Promoting Objective Function (NAACL 2016).

    >>> distinct_n("to be or not to be", 1)  # to, be, or, not
    0.6666666666666666

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    words = text.split()
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0


def mean_distinct_n(texts: Iterable[str]) -> float:
    """Mean of distinct-1, -2 and -3 in each text, then over texts: the published figure.

    Range: 0 to 1. It says how little a text repeats itself, and nothing of how different texts are from each other.

    >>> round(mean_distinct_n(["to be or not to be"]), 4)  # of 4/6, 4/5 and 4/4
    0.8222

    Raises:
        ValueError: There are no texts.
    """
    means = [math.fsum(distinct_n(text, n) for n in (1, 2, 3)) / 3 for text in texts]
    if not means:
        raise ValueError("there are no texts")
    return math.fsum(means) / len(means)
