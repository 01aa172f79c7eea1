"""How different texts are in meaning, as an embedder sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..extras import eval_extra
from .embedders import EmbedderLike, embedder_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["cosines", "pairwise_distances", "semantic_diversity", "vendi_of", "vendi_score"]


def semantic_diversity(texts: Sequence[str], embedder: EmbedderLike | None = None) -> float:
    """1 − the mean cosine similarity over all pairs of texts, each similarity cut to [0, 1].

    Range: 0 (all the same) to 1 (nothing in common). It depends on the embedder as much as on the texts: report both.
    Source: the paper's semantic diversity (section 5), there with ``text-embedding-3-small``.

    >>> semantic_diversity(["tea", "tea", "no"], lambda texts: [[1, 0] if t == "tea" else [0, 1] for t in texts])
    0.6666666666666666

    Args:
        texts: Answers to one prompt.
        embedder: See :func:`embedder_of`.

    Raises:
        ValueError: There are fewer than two texts.
    """
    if len(texts) < 2:
        raise ValueError("pairs need at least two texts")
    counts = Counter(sorted(texts))  # sorted, so that the order of the texts changes no digit
    distance = pairwise_distances(list(counts), embedder)
    weight = _counts(counts)
    n = len(texts)
    return float(weight @ distance @ weight) / (n * (n - 1))


def vendi_score(texts: Sequence[str], embedder: EmbedderLike | None = None) -> float:
    """How many texts, entirely different from each other, would be as varied.

    exp of the entropy of the eigenvalues of K/n, where K holds the cosine similarities of n texts.

    Range: 1 (all the same) to n (nothing in common). Source: Friedman and Dieng (TMLR 2023).

    >>> round(vendi_score(["tea", "no"], lambda texts: [[1, 0] if t == "tea" else [0, 1] for t in texts]), 9)
    2.0

    Args:
        texts: Answers to one prompt.
        embedder: See :func:`embedder_of`.

    Raises:
        ValueError: There are no texts.
    """
    if not texts:
        raise ValueError("there are no texts")
    with eval_extra():
        import numpy as np
    counts = Counter(sorted(texts))
    # Each different text once, weighted: the same eigenvalues from a smaller matrix, and copies are exactly copies.
    scaled = _unit(list(counts), embedder) * np.sqrt(_counts(counts) / len(texts))[:, None]
    gram = scaled @ scaled.T if scaled.shape[0] <= scaled.shape[1] else scaled.T @ scaled
    return vendi_of(gram)


def vendi_of(gram: np.ndarray[Any, Any]) -> float:
    """Exp of the entropy of the eigenvalues of K/n, which is given."""
    with eval_extra():
        import numpy as np
    eigenvalues = np.linalg.eigvalsh(gram)
    positive = eigenvalues[eigenvalues > 0]
    share = positive / positive.sum() if positive.size else np.ones(1)
    return float(np.exp(-np.sum(share * np.log(share))))


def pairwise_distances(texts: Sequence[str], embedder: EmbedderLike | None = None) -> np.ndarray[Any, Any]:
    """1 − cosine similarity, cut to [0, 1], of each text with each: n × n, 0 between equal texts."""
    with eval_extra():
        import numpy as np
    distance = 1.0 - np.clip(cosines(texts, embedder), 0.0, 1.0)
    names: dict[str, int] = {}
    same = np.array([names.setdefault(text, len(names)) for text in texts])
    distance[same[:, None] == same[None, :]] = 0.0  # rounding leaves 1e-16 there
    return np.asarray(distance)


def cosines(texts: Sequence[str], embedder: EmbedderLike | None = None) -> np.ndarray[Any, Any]:
    """The cosine similarity of each text with each, an n × n array; a text without an embedding is like none."""
    with eval_extra():
        import numpy as np
    unit = _unit(texts, embedder)
    return np.asarray(unit @ unit.T)


def _counts(counts: Counter[str]) -> np.ndarray[Any, Any]:
    with eval_extra():
        import numpy as np
    return np.array(list(counts.values()), dtype=float)


def _unit(texts: Sequence[str], embedder: EmbedderLike | None) -> np.ndarray[Any, Any]:
    with eval_extra():
        import numpy as np
    vectors = embedder_of(embedder)(texts)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1.0))
