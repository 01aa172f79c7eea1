"""LlamaIndex's nodes in the core's fusion: their scores, and one name for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.schema import NodeWithScore

from verbalized_sampling.adapters import FusionMode, RankedList

__all__ = ["FusionMode", "Names", "ranked"]


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


def ranked(nodes: Sequence[NodeWithScore], weight: float = 1.0) -> RankedList[NodeWithScore]:
    """A list as a retriever returned it, for the core's fusion."""
    return RankedList(weight, nodes, [node.score for node in nodes])
