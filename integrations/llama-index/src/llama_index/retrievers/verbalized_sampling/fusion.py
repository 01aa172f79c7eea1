"""Fusing LlamaIndex's nodes: the core's fusion, with one name for each node."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llama_index.core.schema import NodeWithScore

from verbalized_sampling.adapters import FusionMode, RankedList, fuse

__all__ = ["FusionMode", "Names", "Weighted", "fused"]

Weighted = tuple[float, Sequence[NodeWithScore]]
"""The weight of a list, and the list as a retriever returned it."""


class Names:
    """One name for each node, however it comes back.

    Indexes built apart give the same passage two ids; and a node that was stored as JSON, as BM25 does, can come back
    as another class, with another hash.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, str] = {}
        self._by_hash: dict[str, str] = {}

    def __call__(self, node: NodeWithScore) -> str:
        identity = node.node_id
        if (name := self._by_id.get(identity)) is not None:
            return name
        name = self._by_hash.setdefault(node.node.hash, identity)
        self._by_id[identity] = name
        return name


def fused(
    lists: Iterable[Weighted],
    mode: FusionMode = "relative_score",
    *,
    c: float | None = None,
    names: Names | None = None,
) -> list[NodeWithScore]:
    """One list of new :class:`NodeWithScore`, the highest score first, each from 0 to 1."""
    ranked = [RankedList(weight, nodes, [node.score for node in nodes]) for weight, nodes in lists]
    found = fuse(ranked, mode=mode, key=names or Names(), c=c)
    return [NodeWithScore(node=node.node, score=score) for node, score in found]
