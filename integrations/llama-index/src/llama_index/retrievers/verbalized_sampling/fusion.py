"""Fusing the results of several queries and retrievers, each with its weight, into one list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from llama_index.core.schema import NodeWithScore

from verbalized_sampling import reciprocal_rank_fusion

__all__ = ["FusionMode", "Weighted", "fuse"]

FusionMode = Literal["rrf", "relative_score", "dist_based"]
"""Weighted reciprocal ranks; scores scaled to 0 … 1 in each list; scores scaled by their mean ± 3 deviations."""

Weighted = tuple[float, Sequence[NodeWithScore]]
"""The weight of a list, and the list as a retriever returned it."""


def fuse(lists: Sequence[Weighted], mode: FusionMode, *, rrf_k: float = 60) -> list[NodeWithScore]:
    """One list of new :class:`NodeWithScore`, the highest score first; ties in order of first appearance.

    Nodes are the same if their ``node_id`` is, or else their content and metadata (``node.hash``). One that stands
    twice in a list counts once there. A score that is missing or not finite counts as the lowest of its list; if none
    of a list has a score, its order is kept and, where scores count, all of it counts in full.

    Args:
        lists: Weights are finite and not negative; a list that weighs 0 adds nothing.
        mode: How a place in a list becomes a number.
        rrf_k: For ``rrf``: what is added to each rank (from 1), above -1.
    """
    ranked = [(weight, _ranked(nodes)) for weight, nodes in lists]
    names = _Names()
    if mode == "rrf":
        fused = reciprocal_rank_fusion(ranked, key=names, c=rrf_k)
        return [node.model_copy(update={"score": score}) for node, score in fused]
    nodes: dict[str, NodeWithScore] = {}
    scores: dict[str, float] = {}
    for weight, items in ranked:
        if not weight:
            continue
        firsts: dict[str, NodeWithScore] = {}
        for item in items:
            firsts.setdefault(names(item), item)
        scaled = _scaled([item.score for item in firsts.values()], dist_based=mode == "dist_based")
        for (key, item), score in zip(firsts.items(), scaled, strict=True):
            nodes.setdefault(key, item)
            scores[key] = scores.get(key, 0.0) + weight * score
    order = sorted(scores, key=lambda key: -scores[key])
    return [nodes[key].model_copy(update={"score": scores[key]}) for key in order]


class _Names:
    """One name for each node, however it comes back.

    Indexes built apart give the same passage two ids; and a node that was stored as JSON, as BM25 does, can come back
    as another class, with another hash.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, str] = {}
        self._by_hash: dict[str, str] = {}

    def __call__(self, node: NodeWithScore) -> str:
        name = self._by_id.get(node.node_id) or self._by_hash.get(node.node.hash) or node.node_id
        self._by_hash.setdefault(node.node.hash, name)
        return self._by_id.setdefault(node.node_id, name)


def _ranked(nodes: Sequence[NodeWithScore]) -> list[NodeWithScore]:
    """Best first; what has no score comes last, in the order in which it came."""
    return sorted(nodes, key=lambda node: math.inf if (score := _score(node.score)) is None else -score)


def _scaled(scores: Sequence[float | None], *, dist_based: bool) -> list[float]:
    known = [score for value in scores if (score := _score(value)) is not None]
    if not known:
        return [1.0] * len(scores)
    low, high = min(known), max(known)
    filled = [low if (score := _score(value)) is None else score for value in scores]
    if dist_based:
        mean = math.fsum(filled) / len(filled)
        deviation = math.sqrt(math.fsum((score - mean) ** 2 for score in filled) / len(filled))
        low, high = mean - 3 * deviation, mean + 3 * deviation
    if not high > low:  # nothing tells them apart
        return [1.0 if score > 0 else 0.0 for score in filled]
    return [(score - low) / (high - low) for score in filled]


def _score(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
