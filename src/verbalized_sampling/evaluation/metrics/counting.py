"""What counts of answers say: how many, how evenly, how many right ones, how many still unseen.

Texts are the same if they are so but for case and white space, as everywhere in this library.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from ...values.sameness import text_key

__all__ = [
    "chao1",
    "coverage_n",
    "duplicate_rate",
    "effective_size",
    "entropy",
    "precision",
    "unique_recall",
]


def entropy(texts: Iterable[str]) -> float:
    """Shannon entropy of how often each answer came, in nats.

    Range: 0 (always the same) to ln n (n texts, no two the same). Source: Shannon (1948).

    >>> entropy(["Tea", "tea", "Coffee", "Coffee"])  # two, equally often: ln 2
    0.6931471805599453
    """
    counts = _counts(texts)
    total = counts.total()
    return math.fsum(-c / total * math.log(c / total) for c in sorted(counts.values())) if total else 0.0


def effective_size(texts: Iterable[str]) -> float:
    """exp(entropy): how many equally frequent answers would be as varied.

    Range: 1 (always the same) to n; 0 for no texts. Source: Hill (Ecology 1973), order 1.

    >>> effective_size(["Tea", "tea", "Coffee", "Coffee"])
    2.0
    """
    texts = list(texts)
    return math.exp(entropy(texts)) if texts else 0.0


def duplicate_rate(texts: Iterable[str]) -> float:
    """The share of texts that say again what another said: 1 − different / all.

    Range: 0 (no two the same) up to, not including, 1.

    >>> duplicate_rate(["Tea", "tea", "Coffee", "Mate"])
    0.25
    """
    counts = _counts(texts)
    return 1.0 - len(counts) / counts.total() if counts else 0.0


def precision(texts: Sequence[str], truth: Iterable[str]) -> float:
    """The share of texts that are right answers.

    Range: 0 to 1. Source: the paper's open-ended question answering.

    >>> precision(["Texas", "texas", "Ohio", "Moon"], ["Texas", "Ohio", "Utah"])
    0.75

    Raises:
        ValueError: There are no texts.
    """
    if not texts:
        raise ValueError("there are no texts")
    right = set(map(text_key, truth))
    return sum(text_key(text) in right for text in texts) / len(texts)


def coverage_n(texts: Sequence[str], truth: Iterable[str], n: int | None = None) -> float:
    """The share of all right answers that ``n`` of the texts are expected to hold.

    With ``n`` below the number of texts it is the mean over all choices of ``n`` of them (rarefaction, Hurlbert 1971),
    so that sets of different sizes can be compared and their order is of no account.

    Range: 0 to 1. Source: the paper's coverage-N.

    >>> coverage_n(["Texas", "Texas", "Ohio"], ["Texas", "Ohio", "Utah", "Iowa"])
    0.5
    >>> coverage_n(["Texas", "Texas", "Ohio"], ["Texas", "Ohio", "Utah", "Iowa"], n=1)  # one text, one state of four
    0.25

    Raises:
        ValueError: There are no right answers, or fewer than ``n`` texts.
    """
    right = set(map(text_key, truth))
    if not right:
        raise ValueError("there are no right answers to cover")
    total = len(texts)
    n = total if n is None else n
    if not 0 <= n <= total:
        raise ValueError(f"n must be between 0 and the {total} texts, not {n}")
    counts = _counts(texts)
    seen = (1.0 - math.comb(total - counts[name], n) / math.comb(total, n) for name in right & counts.keys())
    return math.fsum(sorted(seen)) / len(right)


def unique_recall(texts: Sequence[str], truth: Iterable[str]) -> float:
    """The share of all right answers that came at least once: coverage by all texts.

    Range: 0 to 1. Source: the paper's "unique recall rate".

    >>> unique_recall(["Texas", "texas", "Ohio", "Moon"], ["Texas", "Ohio", "Utah", "Iowa"])
    0.5
    """
    return coverage_n(texts, truth)


def chao1(texts: Iterable[str]) -> float:
    """Chao's lower bound for how many different answers there are, seen and unseen: S + f₁² / 2f₂.

    S answers were seen, f₁ of them once, f₂ twice; with f₂ = 0 it is S + f₁(f₁ − 1) / 2. Draws must be independent.

    Range: S upward. Source: Chao (Scandinavian Journal of Statistics 1984).

    >>> chao1(["a", "a", "b", "c"])  # 3 + 2² / 2·1
    5.0
    """
    counts = _counts(texts)
    frequency = Counter(counts.values())
    once, twice = frequency[1], frequency[2]
    return len(counts) + (once**2 / (2 * twice) if twice else once * (once - 1) / 2)


def _counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(map(text_key, texts))
