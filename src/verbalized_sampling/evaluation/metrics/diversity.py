"""The diversity of texts that somebody has already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ...errors import SettingsError
from .counting import duplicate_rate, effective_size
from .embedders import EmbedderLike, embedder_of
from .lexical import mean_distinct_n, mean_rouge_l
from .semantic import semantic_diversity, vendi_score

__all__ = ["Diversity", "diversity"]


@dataclass(frozen=True, slots=True)
class Diversity:
    """How varied a set of texts is; no single number says it all.

    Attributes:
        semantic_diversity: 0 to 1, see :func:`semantic_diversity`.
        vendi_score: 1 to n, see :func:`vendi_score`.
        rouge_l: 0 to 1, the lower the more varied, see :func:`mean_rouge_l`.
        distinct_n: 0 to 1, see :func:`mean_distinct_n`.
        effective_size: 1 to n, see :func:`effective_size`.
        duplicate_rate: 0 to 1, the lower the more varied, see :func:`duplicate_rate`.
        n: How many texts.
        embedder: What saw the meaning of the texts for the first two.
    """

    semantic_diversity: float
    vendi_score: float
    rouge_l: float
    distinct_n: float
    effective_size: float
    duplicate_rate: float
    n: int
    embedder: str

    def as_dict(self) -> dict[str, Any]:
        """The numbers by name."""
        return asdict(self)


def diversity(texts: Iterable[str], embedder: EmbedderLike | None = None) -> Diversity:
    """How varied texts are that answer one prompt.

    Args:
        texts: At least two. Candidates and whole distributions do as well: their texts count.
        embedder: See :func:`embedder_of`.

    Raises:
        SettingsError: There are fewer than two texts, or a library is missing.
    """
    texts = [str(text) for text in texts]
    if len(texts) < 2:
        raise SettingsError("diversity needs at least two texts")
    embed = embedder_of(embedder).remembering(texts)
    return Diversity(
        semantic_diversity=semantic_diversity(texts, embed),
        vendi_score=vendi_score(texts, embed),
        rouge_l=mean_rouge_l(texts),
        distinct_n=mean_distinct_n(texts),
        effective_size=effective_size(texts),
        duplicate_rate=duplicate_rate(texts),
        n=len(texts),
        embedder=embed.name,
    )
